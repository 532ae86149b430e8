"""Where the codes of digits lie and where draws do, as two clouds on one plane."""

from __future__ import annotations

import torch
from torch import Tensor

from vae_core import pictures
from vae_core.app import checks, wire
from vae_core.app.service import replies
from vae_core.app.service.recent import Recent
from vae_core.app.service.studio import Studio
from vae_core.checkpoint import samplers
from vae_core.checkpoint.samplers import Sampler
from vae_core.data.digits import Digits
from vae_core.evaluation import clouds
from vae_core.models import CLASSES, Model
from vae_core.probability.samplers import DiffusionSampler
from vae_core.runtime import rows, whole_numbers

DIGITS, DRAWS, SLOW_DRAWS = 2000, 2000, 600
"""Half of each chooses the plane; draws of a diffusion model take sixty passes each."""

SEED = 0
KEPT = 64
REACH = 2.0
"""How far out on an axis, in spreads of the codes, the digits stand that say what it is."""

PLACES = 3
"""Decimals of a place on the plane."""


class TwoClouds:
    """The clouds of a studio's models, each computed once when somebody asks.

    Args:
        studio: the shipped models; its queue for heavy work is shared.
    """

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self._found = Recent(self._find, KEPT)

    def clouds(self, checkpoint: object, sampler: object = "prior") -> replies.Clouds:
        """Codes of test digits and draws by `sampler`, on the plane that parts them most.

        Args:
            checkpoint: its name.
            sampler: "prior", "diffusion" or "mixture", as in `Studio.sample`.

        Raises:
            ValueError: there is no such checkpoint or sampler.
        """
        name = self.studio.registry.check(checkpoint)
        kind = checks.choice("sampler", sampler, (samplers.PRIOR, *samplers.KINDS))
        return self._found.get((name, kind))

    def _find(self, asked: tuple[str, str]) -> replies.Clouds:
        name, kind = asked
        model = self.studio.registry.get(name)
        fitted = None if kind == samplers.PRIOR else self.studio.registry.sampler(name, kind)
        known, noise = self.studio.test_pictures(name), torch.Generator().manual_seed(SEED)
        digits = known.every(min(DIGITS, len(known)))
        with self.studio.at_work():
            codes = _codes(model, digits, noise, self.studio.device)
            draws = _draws(model, fitted, noise, self.studio.device)
            found = clouds.measure(codes, digits.labels % CLASSES, draws, seed=SEED)
            slow = self.studio.card(name)["slow"]
            ends = None if slow else _ends(model, found, self.studio.device)
        return {
            "codes": _places(found.codes),
            "labels": whole_numbers(found.labels),
            "draws": _places(found.draws),
            "apart": list(found.apart),
            "by_chance": list(found.by_chance),
            "reach": REACH,
            "ends": ends,
        }


@torch.inference_mode()
def _codes(model: Model, digits: Digits, noise: torch.Generator, device: torch.device) -> Tensor:
    """One posterior draw of each digit (n, d), on the CPU."""
    y = digits.labels.to(device) if model.config.conditional else None
    q = model.encode(digits.floats().to(device), y)
    return q.at(torch.randn(q.mean.shape, generator=noise).to(device)).float().cpu()


@torch.inference_mode()
def _draws(
    model: Model, sampler: Sampler | None, noise: torch.Generator, device: torch.device
) -> Tensor:
    """Codes that are drawn (m, d), on the CPU: of labels that are each as likely."""
    count = SLOW_DRAWS if isinstance(sampler, DiffusionSampler) else DRAWS
    y = torch.randint(CLASSES, (count,), generator=noise).to(device)
    if sampler is not None:
        given = y if sampler.takes_labels else None
        return samplers.draw(sampler, count, noise, given).float().cpu()
    given = y if model.config.labelled_prior else None
    return model.draw(count, generator=noise, y=given)[0].float().cpu()


@torch.inference_mode()
def _ends(model: Model, found: clouds.Clouds, device: torch.device) -> wire.Grey:
    """The digits (4, 28, 28) at both ends of the axis across, then of the one up."""
    ends = ((-REACH, 0.0), (REACH, 0.0), (0.0, -REACH), (0.0, REACH))
    z = torch.stack([found.code_at(end) for end in ends]).to(device)
    return pictures.to_uint8(model.decode(z).mean.float())


def _places(points: Tensor) -> list[list[float]]:
    """Places (n, 2) on the plane, as far as a picture can tell them apart."""
    return [[round(value, PLACES) for value in each] for each in rows(points)]
