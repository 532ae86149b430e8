"""One training step on one picture, taken apart: loss, gradient, the weights' change, new loss."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from vae_core import runtime
from vae_core.models import VAE, Model
from vae_core.training.objectives import Batch, Terms, terms

Optimiser = Literal["sgd", "adam"]
OPTIMISERS: tuple[Optimiser, ...] = ("sgd", "adam")


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a step does to one layer: norms over all of its weights and biases."""

    name: str
    kind: str
    parameters: int
    weights: float
    gradient: float
    change: float


@dataclass(frozen=True, kw_only=True)
class Loss:
    """The terms of the objective in nats; the loss is what is descended."""

    distortion: float
    rate: float
    loss: float


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of `optimiser`.

    Attributes:
        before, after: of the same picture with the same noise.
        beta: the rate's weight in the loss.
        out: (channels, 28, 28), the gradient of the loss at the decoder's output, over all draws.
        mean, logvar: (d,), the gradient at both halves of the encoder's output; of a deterministic
            model at the code, and None.
        layers: in the order of the model.
        foretold: the change of the loss to first order, -rate * |gradient|^2 for plain descent.
        picture: (1, 28, 28), what the changed model makes of the picture at the same noise.
    """

    optimiser: Optimiser
    learning_rate: float
    beta: float
    before: Loss
    after: Loss
    out: Tensor
    mean: Tensor
    logvar: Tensor | None
    layers: list[Change]
    foretold: float
    picture: Tensor


def one_step(
    model: Model, batch: Batch, *, optimiser: Optimiser = "sgd", share: float = 0.01
) -> Step:
    """Take one step on a copy of the model; the model itself stays as it is.

    Args:
        model: any, in evaluation mode.
        batch: one picture; seen as it is.
        optimiser: "sgd", plain descent, or "adam" at its first step, at the recipe's rate.
        share: for plain descent, by which share of its size the loss would fall if it were
            straight; that sets the learning rate.
    """
    own = copy.deepcopy(model).requires_grad_(True)
    beta = own.config.train.beta.final
    codes = _Kept(own.encoder) if isinstance(own, VAE) else _Kept(own.decoder, output=False)
    outs = _Kept(own.decoder)
    before = terms(own, batch, beta)
    torch.autograd.backward(before.loss.sum())
    old = {name: value.detach().clone() for name, value in own.named_parameters()}
    learning_rate = move(own, optimiser, share * abs(before.loss.item()))
    with torch.no_grad():
        after = terms(own, batch, beta)
        picture = made_of(own, batch)
    halves = runtime.pieces(codes.gradient[0], own.latent_dim)
    return Step(
        optimiser=optimiser,
        learning_rate=learning_rate,
        beta=beta,
        before=_numbers(before),
        after=_numbers(after),
        out=outs.gradient.sum(0),
        mean=halves[0],
        logvar=halves[1] if isinstance(own, VAE) else None,
        layers=_changes(own, old),
        foretold=_foretold(own, old),
        picture=picture,
    )


def made_of(model: Model, batch: Batch) -> Tensor:
    """The mean of p(x|z), (1, 28, 28), of a batch of one at its first draw."""
    z = model.encode(batch.x, batch.y).at(batch.eps.flatten(0, -2)[:1])
    return model.decode(z, batch.y).mean[0]


def move(model: Model, kind: Optimiser, fall: float) -> float:
    """Change the weights by one step down their gradient; returns the learning rate.

    Args:
        model: with gradients.
        kind: of the step.
        fall: for plain descent, by how much the loss would fall if it were straight.
    """
    rate = model.config.train.learning_rate
    if kind == "sgd":
        squared = sum(_norm([w.grad]) ** 2 for w in model.parameters() if w.grad is not None)
        rate = fall / squared if squared else 0.0
    _optimiser(model, kind, rate).step()
    return rate


def _optimiser(model: Model, kind: Optimiser, rate: float) -> torch.optim.Optimizer:
    if kind == "adam":
        return torch.optim.Adam(model.parameters(), lr=rate)
    return torch.optim.SGD(model.parameters(), lr=rate)


class _Kept:
    """What a net gives, or is given, when it first runs: its gradient is kept."""

    def __init__(self, net: nn.Module, output: bool = True) -> None:
        self.first: Tensor | None = None
        if output:
            self.hook = net.register_forward_hook(self._keep_output)
        else:
            self.hook = net.register_forward_pre_hook(self._keep_input)

    def _keep_output(self, net: nn.Module, given: object, made: Tensor) -> None:
        self._keep(made)

    def _keep_input(self, net: nn.Module, given: tuple[Tensor, ...]) -> None:
        self._keep(given[0])

    def _keep(self, value: Tensor) -> None:
        self.hook.remove()
        value.retain_grad()
        self.first = value

    @property
    def gradient(self) -> Tensor:
        """Shaped as the value; zero where the loss does not depend on it."""
        assert self.first is not None, "the net has not run"
        grad = self.first.grad
        return torch.zeros_like(self.first) if grad is None else grad.float()


def _numbers(found: Terms) -> Loss:
    return Loss(distortion=found.distortion.item(), rate=found.rate.item(), loss=found.loss.item())


def _foretold(model: Model, old: dict[str, Tensor]) -> float:
    """The gradient times the change, over all weights."""
    return sum(
        float((value.grad * (value.detach() - old[name])).sum())
        for name, value in model.named_parameters()
        if value.grad is not None
    )


def _changes(model: Model, old: dict[str, Tensor]) -> list[Change]:
    """What became of each layer; the parts of a block count together."""
    groups: dict[str, list[str]] = {}
    for name in old:
        groups.setdefault(".".join(name.split(".")[:-1][:3]), []).append(name)
    weights = dict(model.named_parameters())
    return [
        _change(model, layer, {name: weights[name] for name in names}, old)
        for layer, names in groups.items()
    ]


def _change(
    model: Model, layer: str, weights: dict[str, nn.Parameter], old: dict[str, Tensor]
) -> Change:
    moved = [value.detach() - old[name] for name, value in weights.items()]
    return Change(
        name=layer,
        kind=type(model.get_submodule(layer)).__name__,
        parameters=sum(value.numel() for value in weights.values()),
        weights=_norm([old[name] for name in weights]),
        gradient=_norm([value.grad for value in weights.values() if value.grad is not None]),
        change=_norm(moved),
    )


def _norm(tensors: list[Tensor]) -> float:
    return sum(float(each.double().square().sum()) for each in tensors) ** 0.5
