"""The gradients of a dense VAE's ELBO, written out: what autograd would give, to the last bit.

A step of `vae-400` is small: half of it went into autograd's records, into casts of one layer at a
time and into memory asked for anew. Here every product lands in a place that is kept.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from vae_core import runtime
from vae_core.data.digits import to_floats
from vae_core.probability.latents import DiagonalGaussian
from vae_core.probability.likelihoods.bernoulli import Bernoulli
from vae_core.training import distributed
from vae_core.training.objectives import Batch
from vae_core.training.run_state import RunState


def is_supported(run: RunState) -> bool:
    """Whether the run's loss is the one below: dense nets with ReLU, a normal prior, Bernoulli."""
    config = run.config
    nets = config.net.kind == "mlp" and config.net.activation == "relu" and not config.net.tied
    plain = config.prior == "normal" and not config.conditional and not config.free_bits
    elbo = config.objective == "elbo" and config.total_correlation == 1
    single = all(weight.dtype == torch.float32 for weight in run.optimizer.weights)
    alone = run.device.type == "cpu" and distributed.size() == 1 and single
    return nets and plain and elbo and alone and config.likelihood == "bernoulli"


class Gradients:
    """Leaves the gradients of a batch's mean loss at the weights, and gives the means to report.

    Args:
        run: its weights, beta and precision are read at each call.
    """

    def __init__(self, run: RunState) -> None:
        self.run = run
        self.dtype = runtime.product_dtype(run.device, run.config.train.precision)
        self.encoder = _layers(run.model.encoder, self.dtype)
        self.decoder = _layers(run.model.decoder, self.dtype)

    @torch.no_grad()
    def __call__(self, batch: Batch) -> Tensor:
        """Mean distortion, rate and loss, (3,), of pixels that may still be bytes."""
        x = _pixels(batch.x)
        share, beta = 1 / len(x), self.run.beta
        code = _forward(self.encoder, x.to(self.dtype)).float()
        mean, logvar = code.chunk(2, -1)
        q = DiagonalGaussian(mean, logvar)
        logits = _forward(self.decoder, q.at(batch.eps).to(self.dtype)).float()
        score, on = cast("tuple[Tensor, Tensor]", Bernoulli.scorer()(logits, x))
        distortion, rate = -score.sum(-1), q.kl().sum(-1)
        loss = (distortion + beta * rate).mean()

        # d loss / d logits, and from there back to the code, layer by layer.
        of_z = _backward(self.decoder, (share * (on - x)).to(self.dtype)).float()
        deviation, variance, half = torch.exp(0.5 * logvar), torch.exp(logvar), 0.5 * share * beta
        of_mean = of_z + half * (2 * mean)
        of_logvar = (half * variance - half) + 0.5 * (of_z * batch.eps * deviation)
        _backward(self.encoder, torch.cat((of_mean, of_logvar), -1).to(self.dtype))
        return torch.stack((distortion.mean(), rate.mean(), loss))


def _pixels(x: Tensor) -> Tensor:
    """x (b, 784) in [0, 1]."""
    return (to_floats(x) if x.dtype == torch.uint8 else x).flatten(1)


class _Layer:
    """A linear layer with its products' places: (b, i) to (b, o), and back."""

    def __init__(self, layer: nn.Linear, dtype: torch.dtype, *, first: bool, last: bool) -> None:
        self.layer, self.first, self.last = layer, first, last
        self.weight = torch.empty_like(layer.weight, dtype=dtype)
        self.of_weight = torch.empty_like(self.weight)
        self.bias = torch.empty_like(layer.bias, dtype=dtype)
        for parameter in (layer.weight, layer.bias):
            parameter.grad = torch.zeros_like(parameter)
        self.given = self.result = self.of_given = self.weight[:0]

    def forward(self, given: Tensor) -> Tensor:
        if len(self.result) != len(given):
            self.result = given.new_empty(len(given), len(self.bias))
            self.of_given = torch.empty_like(given)
        self.given = given
        self.weight.copy_(self.layer.weight)
        self.bias.copy_(self.layer.bias)
        torch.addmm(self.bias, given, self.weight.t(), out=self.result)
        return self.result if self.last else self.result.relu_()

    def backward(self, of_result: Tensor) -> Tensor:
        """The loss's gradient by what was given, from that by the result; nothing if first."""
        if not self.last:
            of_result = of_result.mul_(self.result.sign())  # 0 where ReLU held it back, else 1
        torch.mm(of_result.t(), self.given, out=self.of_weight)
        _keep(self.layer.weight, self.of_weight)
        _keep(self.layer.bias, of_result.sum(0))
        return of_result if self.first else torch.mm(of_result, self.weight, out=self.of_given)


def _keep(parameter: Tensor, gradient: Tensor) -> None:
    if parameter.grad is not None:
        parameter.grad.copy_(gradient)


def _layers(net: nn.Module, dtype: torch.dtype) -> list[_Layer]:
    found = [module for module in net.modules() if isinstance(module, nn.Linear)]
    encodes = isinstance(net, nn.Sequential) and isinstance(net[0], nn.Flatten)
    return [
        _Layer(layer, dtype, first=encodes and layer is found[0], last=layer is found[-1])
        for layer in found
    ]


def _forward(layers: list[_Layer], x: Tensor) -> Tensor:
    for layer in layers:
        x = layer.forward(x)
    return x


def _backward(layers: list[_Layer], gradient: Tensor) -> Tensor:
    for layer in reversed(layers):
        gradient = layer.backward(gradient)
    return gradient
