"""What can be asked of a model's codes: decode one, walk between two, draw, move each alone."""

from __future__ import annotations

import torch
from torch import Tensor

from vae_core import explore
from vae_core.app import checks
from vae_core.app.service import curves, draws, zero_gpu
from vae_core.app.service.batches import Decoding
from vae_core.app.service.draws import draw_asked
from vae_core.app.service.models import Models, labels_of
from vae_core.app.service.replies import Between, Decoded, Drawn, Filmstrips
from vae_core.checkpoint import samplers
from vae_core.models import CLASSES
from vae_core.runtime import from_array, numbers, rows, whole_numbers

PATHS = ("linear", "spherical")
MAX_STEPS = 64
LONG_CODE, MAX_FILMS = 64, 24
"""Of codes longer than the first, only so many latents get a filmstrip."""
ENDS_LIMIT = curves.ENDS_LIMIT
"""Ends of a path may be codes of pictures, which the sliders' +-10 need not hold."""


class Codes(Models):
    """Operations on slider values `z`, each checking every argument.

    Arguments come from visitors, as JSON gives them. `label` (0 to 9, or null for unknown) counts
    for a model that takes labels alone. Keyword-only arguments are the server's own.
    """

    def decode(
        self, checkpoint: object, z: object, label: object = None, *, wide: bool = False
    ) -> Decoded:
        """One digit from slider values `z`, latent_dim numbers within +-10, or `reach` if wide."""
        plan = self.plan_decode(checkpoint, z, label, wide=wide)
        with self._place(checkpoint):
            return self.now(plan)

    def plan_decode(
        self, checkpoint: object, z: object, label: object = None, *, wide: bool = False
    ) -> Decoding:
        """What `decode` decodes."""
        limit = self.reach(checkpoint) if wide else checks.Z_LIMIT
        u = self._code("z", z, self.card(checkpoint)["latent_dim"], limit)[None]
        known = checks.label("label", label)
        model = self.registry.get(checkpoint)
        return Decoding(model, u, labels_of(model, known, 1))

    def row(self, checkpoint: object, z: object) -> Decoded:
        """What the same slider values paint under each of the ten labels, by one batch."""
        plan = self.plan_row(checkpoint, z)
        with self._place(checkpoint):
            return self.now(plan)

    def plan_row(self, checkpoint: object, z: object) -> Decoding:
        """What `row` decodes."""
        u = self._code("z", z, self.card(checkpoint)["latent_dim"], self.reach(checkpoint))
        model = self.registry.get(checkpoint)
        if not model.config.takes_labels:
            raise ValueError("This model takes no labels: it has no row of digits.")
        return Decoding(model, u.expand(CLASSES, -1), torch.arange(CLASSES))

    def _code(self, name: str, z: object, length: int, limit: float) -> Tensor:
        """Slider values (d,) of a visitor, in main memory."""
        return from_array(checks.code(name, z, length, limit))

    def reach(self, checkpoint: object) -> float:
        """How far a slider may stand: a real code can lie far outside a fitted Gaussian."""
        return checks.Z_LIMIT if self.card(checkpoint)["variational"] else ENDS_LIMIT

    def between(
        self,
        checkpoint: object,
        a: object,
        b: object,
        path: object = "linear",
        t: object = 0.5,
        labels: object = None,
        waves: object = None,
    ) -> Between:
        """The digit at `t` in [0, 1] on the way from code `a` to code `b`.

        `labels` holds those of the two ends, which mix in shares; `waves` bend the straight path
        to a geodesic.
        """
        plan = self.plan_between(checkpoint, a, b, path, t, labels, waves)
        with self._place(checkpoint):
            return {**self.now(plan), "z": numbers(plan.u[0])}

    def plan_between(
        self,
        checkpoint: object,
        a: object,
        b: object,
        path: object = "linear",
        t: object = 0.5,
        labels: object = None,
        waves: object = None,
    ) -> Decoding:
        """What `between` decodes."""
        first, last, path = self._ends(checkpoint, a, b, path)
        t = checks.number("t", t, 0.0, 1.0)
        known = checks.labels("labels", labels, 2)
        bent = None if waves is None else curves.waves(waves, len(first))
        model = self.registry.get(checkpoint)
        ends = torch.tensor(first), torch.tensor(last)
        u = explore.point(*ends, t, path)
        if bent is not None:
            u = curves.path(*ends, bent).at(torch.tensor([t]))[0]
        y = explore.shares(known[0], known[1], t)[None] if model.config.takes_labels else None
        return Decoding(model, u[None], y, {"z": numbers(u)})

    def sample(
        self,
        checkpoint: object,
        n: object = 16,
        seed: object = 0,
        temperature: object = 1.0,
        label: object = None,
        sampler: object = samplers.DEFAULT,
    ) -> Drawn:
        """Draw `n` (1 to 256) digits, the same ones for the same seed.

        `temperature`, 0 to 3, scales the prior's noise. `sampler` is `prior`, the model's own, or
        one that was fitted to its codes after training, `diffusion` or `mixture`, where the
        checkpoint has it; those know no temperature. `default` is what the page opens with: the
        diffusion model where there is one, else the prior.
        """
        asked = draw_asked(n, seed, label)
        temperature = checks.number("temperature", temperature, 0.0, 3.0)
        kind = self._sampler_kind(checkpoint, sampler)
        model = self.registry.get(checkpoint)
        fitted = None if kind == samplers.PRIOR else self.registry.sampler(checkpoint, kind)
        self.count(model, asked.n)
        with self._heavy(), torch.inference_mode():
            if self._is_long(checkpoint, asked.n):
                folder = str(self.registry.folder(checkpoint))
                return draws.draw_elsewhere(folder, kind, asked, temperature)
            return draws.draw(model, fitted, asked, temperature)

    def _is_long(self, checkpoint: object, n: int) -> bool:
        """Whether draws are worth a GPU that is lent by the second, where this host has such."""
        return zero_gpu.HERE and n > 1 and self.card(checkpoint)["slow"]

    def _sampler_kind(self, checkpoint: object, sampler: object) -> str:
        kinds = (samplers.DEFAULT, samplers.PRIOR, *samplers.KINDS)
        kind = checks.choice("sampler", sampler, kinds)
        if kind != samplers.DEFAULT:
            return kind
        return samplers.default(self.card(checkpoint)["samplers"])

    def around(
        self,
        checkpoint: object,
        z: object,
        n: object = 16,
        seed: object = 0,
        spread: object = 0.5,
        label: object = None,
    ) -> Drawn:
        """Draw `n` digits near `z`: sqrt(1 - spread^2) z + spread eps, eps from the prior.

        That keeps the prior: where z is a draw from it, so is every result; spread is 0 to 1. The
        first digit is z itself.
        """
        asked = draw_asked(n, seed, label)
        spread = checks.number("spread", spread, 0.0, 1.0)
        length = self.card(checkpoint)["latent_dim"]
        centre = torch.tensor(checks.vector("z", z, length, ENDS_LIMIT))
        model = self.registry.get(checkpoint)
        noise = torch.Generator().manual_seed(asked.seed)
        u = (1 - spread**2) ** 0.5 * centre + spread * torch.randn(asked.n, length, generator=noise)
        u[0] = centre
        with self._heavy(), torch.inference_mode():
            y = self._labels(model, asked.label, asked.n)
            made = self._timed(model, u.to(self.device), y)
        labels = None if y is None else whole_numbers(y)
        return {**made, "z": rows(u), "seed": asked.seed, "labels": labels}

    def traversals(
        self,
        checkpoint: object,
        z: object,
        steps: object = 7,
        span: object = 3.0,
        label: object = None,
        *,
        wide: bool = False,
    ) -> Filmstrips:
        """A filmstrip a dimension: `z` with that one entry moved over `steps` values in +-span.

        All dimensions in their natural order or, of a long code, the first of the card's order.
        """
        steps = checks.whole("steps", steps, 2, 15)
        span = checks.number("span", span, 0.1, checks.Z_LIMIT)
        card, limit = self.card(checkpoint), self.reach(checkpoint) if wide else checks.Z_LIMIT
        base = checks.vector("z", z, card["latent_dim"], limit)
        known = checks.label("label", label)
        dims = list(range(len(base))) if len(base) <= LONG_CODE else card["order"][:MAX_FILMS]
        if card["slow"]:
            raise ValueError("This model paints pixel by pixel, too slowly for filmstrips.")
        values = torch.linspace(-span, span, steps)
        model = self.registry.get(checkpoint)
        with self._heavy(), torch.inference_mode():
            u = torch.tensor(base).repeat(len(dims), steps, 1)
            for place, dim in enumerate(dims):
                u[place, :, dim] = values
            y = self._labels(model, known, len(dims) * steps)
            film = self._timed(model, u.flatten(0, 1).to(self.device), y)
        return {**film, "dims": dims, "values": numbers(values)}

    def _ends(
        self, checkpoint: object, a: object, b: object, path: object
    ) -> tuple[list[float], list[float], str]:
        length = self.card(checkpoint)["latent_dim"]
        ends = [checks.vector(name, z, length, ENDS_LIMIT) for name, z in (("a", a), ("b", b))]
        return ends[0], ends[1], checks.choice("path", path, PATHS)
