"""The lines of this project's own code that compute each part of Inside."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict, cast

import torch

from vae_core.data import digits
from vae_core.evaluation import evidence, forward_pass, importance
from vae_core.evaluation.elbo import Elbo, measure
from vae_core.files import PACKAGE
from vae_core.models import VAE, Autoencoder, Coder, Model
from vae_core.nets import ConvDecoder, ConvEncoder
from vae_core.nets import mlp as mlp_layers
from vae_core.probability import flow, latents, likelihoods, vamp
from vae_core.probability.likelihoods.pixelwise import PixelWise
from vae_core.training import objectives, slow_motion

Function = Callable[..., object]


class Lines(TypedDict):
    """Source of a function: where it stands, and which of its lines are meant.

    `file` is relative to the project, `first` the number of its first line there, `text` the whole
    function, `marked` the numbers of the lines that compute the part.
    """

    file: str
    name: str
    first: int
    text: str
    marked: list[int]


@dataclass(frozen=True)
class Place:
    """A function, and what the line of it that is meant holds; "" means its whole body."""

    function: Function
    holds: str = ""


def _forward(module: type[torch.nn.Module]) -> Function:
    return module.forward


def _getter(kind: type, name: str) -> Function:
    return cast(property, vars(kind)[name]).fget or kind


FIXED: dict[str, Place] = {
    "x": Place(digits.binarise, "return (noise < x)"),
    "encoder-conv": Place(_forward(ConvEncoder), "features = self.layers("),
    "encoder-mlp": Place(mlp_layers, "layers += "),
    "encode": Place(VAE.encode, "self.encoder(x)"),
    "code": Place(Autoencoder.encode, "self.encoder(x)"),
    "eps": Place(forward_pass.noise_of, "torch.randn"),
    "z": Place(latents.DiagonalGaussian.at, "return self.mean"),
    "base": Place(flow.FlowPrior.to_sliders, "self._forth("),
    "decoder-conv": Place(_forward(ConvDecoder), "self.layers("),
    "decoder-mlp": Place(mlp_layers, "layers += "),
    "decode": Place(Coder.decode, "self.decoder("),
    "kl": Place(latents.DiagonalGaussian.kl, "return 0.5"),
    "log-q": Place(latents.DiagonalGaussian.log_prob, "return -0.5"),
    "log-prior-normal": Place(latents.StandardNormal.log_prob, "return -0.5"),
    "log-prior-vamp": Place(vamp.VampPrior.log_prob, "standard = "),
    "log-prior-flow": Place(flow.FlowPrior.log_prob, "return self.base.log_prob"),
    "rate": Place(measure, '"rate": q.log_prob(z)'),
    "rate-exact": Place(measure, '"rate": kl.sum(-1)'),
    "distortion": Place(measure, '{"distortion": -model.decode('),
    "elbo": Place(_getter(Elbo, "elbo"), "return"),
    "loss-elbo": Place(objectives.elbo_terms, "return Terms(distortion, rate, distortion + beta"),
    "loss-iwae": Place(objectives.iwae_terms, "bound = torch.logsumexp"),
    "loss-quantised": Place(objectives.quantised_terms, "loss = distortion + rate"),
    "loss-reconstruction": Place(objectives.reconstruction_terms, "distortion = -model.decode"),
    "gradient": Place(slow_motion.one_step, "torch.autograd.backward("),
    "step": Place(slow_motion.move, ".step()"),
    "log-weights": Place(importance.log_weights, "return model.decode("),
    "log-mean": Place(evidence.log_mean, "torch.logsumexp"),
    "gap": Place(evidence.gap, "torch.logsumexp"),
    "naive": Place(evidence.naive, "model.decode("),
}
"""Parts that are computed by the same code for every model."""


@cache
def lines(function: Function, holds: str = "") -> Lines:
    """The source of a function, as it stood when it was first asked for.

    Raises:
        ValueError: no line of it holds the text: the function has changed.
    """
    function = inspect.unwrap(function)  # the tests wrap what names a shape
    text, first = inspect.getsourcelines(function)
    marked = [first + i for i, line in enumerate(text) if i >= _body(text) and holds in line]
    if not marked:
        raise ValueError(f"no line of {function.__qualname__} holds {holds!r}.")
    path = Path(inspect.getsourcefile(function) or "").resolve()
    return {
        "file": path.relative_to(PACKAGE.parent).as_posix(),
        "name": function.__qualname__,
        "first": first,
        "text": inspect.cleandoc("\n" + "".join(text)),
        "marked": marked,
    }


def _body(text: list[str]) -> int:
    """How many lines come before the first statement, signature and docstring."""
    [function] = ast.parse(inspect.cleandoc("\n" + "".join(text))).body
    assert isinstance(function, ast.FunctionDef)
    return function.body[1 if ast.get_docstring(function) else 0].lineno - 1


def fixed() -> dict[str, Lines]:
    """The parts of `FIXED`."""
    return {part: lines(place.function, place.holds) for part, place in FIXED.items()}


def of_likelihoods() -> dict[str, dict[str, Lines]]:
    """What each likelihood's own file computes: `head` the distribution, `pixel` its shares."""
    found: dict[str, dict[str, Lines]] = {}
    for name, known in likelihoods.LIKELIHOODS.items():
        head = likelihoods.build(name, scale=1.0, link="sigmoid")
        p = head(torch.zeros(1, head.channels, 28, 28))
        assert isinstance(known.head, type)
        found[name] = {
            "head": lines(getattr(known.head, "forward")),  # noqa: B009
            "pixel": lines(type(p).scorer() if isinstance(p, PixelWise) else type(p).log_probs),
        }
    return found


def parts(model: Model) -> dict[str, str]:
    """For each part of the page that depends on the kind of a model: which of `FIXED` it is."""
    config = model.config
    variational = config.is_variational
    net = "mlp" if config.net.kind == "mlp" else "conv"
    losses = {"iwae": "loss-iwae", "elbo": "loss-elbo"}
    priors = {"flow": "log-prior-flow", "vamp": "log-prior-vamp"}
    loss = "loss-quantised" if config.code.codebook else losses.get(config.objective)
    return {
        "encoder": f"encoder-{net}",
        "decoder": f"decoder-{net}",
        "mean": "encode" if variational else "code",
        "log-prior": priors.get(config.prior, "log-prior-normal"),
        "rate-total": "rate-exact" if model.prior.factorises else "rate",
        "loss": loss or "loss-reconstruction",
    }
