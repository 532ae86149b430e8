"""How real a sampler's draws are: the model's own prior, or a sampler fitted after training.

Read by a classifier that trained neither model nor digitizer and chose nothing, and
measured in FID's frozen features; what real digits score stands beside each figure, so that nobody
takes a floor for a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.checkpoint.samplers import Sampler
from vae_core.checkpoint.samplers import draw as draw_codes
from vae_core.classifier.independent import IndependentClassifier
from vae_core.data.digits import Digits
from vae_core.evaluation import samples
from vae_core.models import Model

BATCH = 500
CLASSES = 10

Draw = Callable[[int, torch.Generator], tuple[Tensor, Tensor | None]]
"""n and a generator -> codes (n, d), and labels (n,) where the draws were asked for by label."""


@dataclass(frozen=True, kw_only=True)
class DrawFigures:
    """Draws beside as many test digits.

    `unsure` is the share read with less than 0.9 by the independent classifier, `as_asked` the
    share read as the label that was asked for, null without one; `fid` against the test digits in
    the frozen features, `fid_floor` what training digits score; `closer` the share that lie nearer
    to a training digit than 1 % of the test digits do, and `test_closer` the share of test digits
    that do once they went through the model: a decoder smooths, and what is smooth lies nearer to
    everything. `..._sem` are standard errors.
    """

    unsure: float
    unsure_sem: float
    test_unsure: float
    test_unsure_sem: float
    as_asked: float | None
    fid: float
    fid_floor: float
    median_distance: float
    test_median_distance: float
    closer: float
    test_closer: float


def from_prior(model: Model) -> Draw:
    """Draws from the prior under which the likelihood is reported."""

    def draw(n: int, generator: torch.Generator) -> tuple[Tensor, Tensor | None]:
        y = torch.randint(CLASSES, (n,), generator=generator) if model.config.takes_labels else None
        return model.draw(n, generator=generator, y=y)[0], y

    return draw


def from_sampler(model: Model, sampler: Sampler, guidance: float = 1.0) -> Draw:
    """Draws from a sampler; a diffusion model is given labels, each as likely."""

    def draw(n: int, generator: torch.Generator) -> tuple[Tensor, Tensor | None]:
        device = next(iter(sampler.state_dict().values())).device
        y = (
            torch.randint(CLASSES, (n,), generator=generator).to(device)
            if sampler.takes_labels
            else None
        )
        return draw_codes(sampler, n, generator, y, guidance), y

    return draw


def pictures(model: Model, draw: Draw, count: int, seed: int = 0) -> tuple[Tensor, Tensor | None]:
    """`count` mean pictures (count, 1, 28, 28) on the CPU, and the labels they were asked for."""
    generator = runtime.generator("cpu", seed, 7)
    parts = list(_decoded(model, draw, count, generator))
    labels = [y for _, y in parts if y is not None]
    return torch.cat([x for x, _ in parts]), torch.cat(labels) if labels else None


def _decoded(
    model: Model, draw: Draw, count: int, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor | None]]:
    with runtime.eval_mode(model):
        for start in range(0, count, BATCH):
            z, y = draw(min(BATCH, count - start), generator)
            mean = model.decode(z, y if model.config.conditional else None).mean
            yield mean.float().clamp(0, 1).cpu(), y


def measure(
    model: Model, draw: Draw, real: samples.Real, judge: IndependentClassifier, *, seed: int = 0
) -> DrawFigures:
    """The figures of as many draws as there are test digits.

    Args:
        model: in evaluation mode, on the CPU.
        draw: one of the two above.
        real: the digits to hold them against.
        judge: reads draws and test digits.
        seed: of the draws.
    """
    x, asked = pictures(model, draw, len(real.test), seed)
    read, known = judge.read(x), judge.read(real.test.floats())
    near = samples.nearest_train(x, real.test, real.train)
    through = _through(model, real.test, seed)
    as_asked = None if asked is None else float((read.digits == asked).double().mean())
    return DrawFigures(
        unsure=read.unsure,
        unsure_sem=_sem(read.unsure, len(x)),
        test_unsure=known.unsure,
        test_unsure_sem=_sem(known.unsure, len(real.test)),
        as_asked=as_asked,
        fid=samples.frechet_distance(
            real.gaussian, samples.Gaussian.of(samples.features(real.net, x))
        ),
        fid_floor=real.figures["fid_floor"],
        median_distance=near["median"],
        test_median_distance=near["test_median"],
        closer=near["closer"],
        test_closer=samples.nearest_train(through, real.test, real.train)["closer"],
    )


def _through(model: Model, digits: Digits, seed: int) -> Tensor:
    """What the model makes of as many test digits as are compared, (n, 1, 28, 28) on the CPU."""
    some = digits.every(min(samples.COMPARED, len(digits)))
    y = some.labels if model.config.conditional else None
    generator = runtime.generator("cpu", seed, 7)
    with runtime.eval_mode(model):
        z = model.encode(some.floats(), y).sample(generator)
        return model.decode(z, y).mean.float().clamp(0, 1)


def _sem(share: float, count: int) -> float:
    return (share * (1 - share) / count) ** 0.5
