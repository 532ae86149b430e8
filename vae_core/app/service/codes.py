"""What can be asked of a model's codes: decode one, walk between two, draw, move each alone."""

from __future__ import annotations

import time
from typing import Any

import torch

from vae_core import explore
from vae_core.app import checks, wire
from vae_core.app.service.models import Models, milliseconds

PATHS = ("linear", "spherical")
MAX_SAMPLES, MAX_STEPS = 256, 64
LONG_CODE, MAX_FILMS = 64, 24
"""Of codes longer than the first, only so many latents get a filmstrip."""
ENDS_LIMIT = 1e3
"""Ends of a path may be codes of pictures, which the sliders' +-10 need not hold."""


class Codes(Models):
    """Operations on slider values `z`, each checking every argument."""

    def decode(
        self, name: Any, z: Any, label: Any = None, limit: float = checks.Z_LIMIT
    ) -> dict[str, Any]:
        """One digit from slider values `z` (latent_dim numbers within +-`limit`).

        Here and below, `label` (0 to 9, or null for unknown) is told to a conditional model and
        means nothing to any other.

        Returns:
            pixels: base64 of 784 grey bytes; milliseconds: time in the decoder.
        """
        values = checks.vector("z", z, self.card(name)["latent_dim"], limit)
        told = checks.label("label", label)
        model = self.registry.get(name)
        with self._turn(name), torch.inference_mode():
            return self._timed(model, self._tensor([values]), told)

    def between(
        self, name: Any, a: Any, b: Any, path: Any = "linear", t: Any = 0.5, labels: Any = None
    ) -> dict[str, Any]:
        """The digit at `t` in [0, 1] on the way from code `a` to code `b`; as `decode`, with z.

        `labels` holds those of the two ends, which a conditional model is told in shares.
        """
        a, b, path = self._ends(name, a, b, path)
        t = checks.number("t", t, 0.0, 1.0)
        told = checks.labels("labels", labels, 2)
        model = self.registry.get(name)
        with self._turn(name), torch.inference_mode():
            u = explore.point(self._tensor(a), self._tensor(b), t, path)
            y = self._shares(model, told, t)
            return {**self._timed(model, u[None], None if y is None else y[None]), "z": u.tolist()}

    def sample(
        self,
        name: Any,
        n: Any = 16,
        seed: Any = 0,
        temperature: Any = 1.0,
        label: Any = None,
    ) -> dict[str, Any]:
        """Draw `n` (1 to 256) digits from the model's own prior, the same ones for the same seed.

        Returns:
            pixels: base64 of n digits; z: n slider vectors; seed; milliseconds.
        """
        n = checks.whole("n", n, 1, MAX_SAMPLES)
        seed = checks.whole("seed", seed, 0, checks.SEED_LIMIT)
        temperature = checks.number("temperature", temperature, 0.0, 3.0)
        told = checks.label("label", label)
        model = self.registry.get(name)
        noise = torch.Generator().manual_seed(seed)
        with self._heavy(), torch.inference_mode():
            start = time.perf_counter()
            y = self._labels(model, told, n)
            pixels, u = model.sample(n, generator=noise, temperature=temperature, y=y)
            packed = wire.pack(wire.to_bytes(pixels.float().cpu().numpy()))
            spent = milliseconds(start)
        return {"pixels": packed, "z": u.tolist(), "seed": seed, "milliseconds": spent}

    def around(
        self,
        name: Any,
        z: Any,
        n: Any = 16,
        seed: Any = 0,
        spread: Any = 0.5,
        label: Any = None,
    ) -> dict[str, Any]:
        """Draw `n` digits near `z`: sqrt(1 - spread^2) z + spread eps, eps from the prior.

        That keeps the prior: where z is a draw from it, so is every result; spread is 0 to 1.

        Returns:
            as `sample`; the first digit is z itself.
        """
        n = checks.whole("n", n, 1, MAX_SAMPLES)
        seed = checks.whole("seed", seed, 0, checks.SEED_LIMIT)
        spread = checks.number("spread", spread, 0.0, 1.0)
        told = checks.label("label", label)
        centre = torch.tensor(checks.vector("z", z, self.card(name)["latent_dim"], ENDS_LIMIT))
        model = self.registry.get(name)
        eps = torch.randn(n, len(centre), generator=torch.Generator().manual_seed(seed))
        u = (1 - spread**2) ** 0.5 * centre + spread * eps
        u[0] = centre
        with self._heavy(), torch.inference_mode():
            made = self._timed(model, u.to(self.device), told)
        return {**made, "z": u.tolist(), "seed": seed}

    def traversals(
        self,
        name: Any,
        z: Any,
        steps: Any = 7,
        span: Any = 3.0,
        label: Any = None,
        limit: float = checks.Z_LIMIT,
    ) -> dict[str, Any]:
        """A filmstrip a dimension: `z` with that one entry moved over `steps` values in +-span.

        Returns:
            pixels: base64 of as many times `steps` digits as there are dims; dims: which ones,
            all of them in their natural order or, of a long code, the first `MAX_FILMS` of the
            card's order; values; milliseconds.
        """
        steps = checks.whole("steps", steps, 2, 15)
        span = checks.number("span", span, 0.1, checks.Z_LIMIT)
        card = self.card(name)
        base = checks.vector("z", z, card["latent_dim"], limit)
        told = checks.label("label", label)
        dims = list(range(len(base))) if len(base) <= LONG_CODE else card["order"][:MAX_FILMS]
        if card["slow"]:
            raise ValueError("This model paints pixel by pixel, too slowly for filmstrips.")
        values = torch.linspace(-span, span, steps)
        model = self.registry.get(name)
        with self._heavy(), torch.inference_mode():
            u = torch.tensor(base).repeat(len(dims), steps, 1)
            for place, dim in enumerate(dims):
                u[place, :, dim] = values
            film = self._timed(model, u.flatten(0, 1).to(self.device), told)
        return {**film, "dims": dims, "values": values.tolist()}

    def _ends(self, name: Any, a: Any, b: Any, path: Any) -> tuple[list[float], list[float], str]:
        length = self.card(name)["latent_dim"]
        ends = [checks.vector(label, z, length, ENDS_LIMIT) for label, z in (("a", a), ("b", b))]
        return ends[0], ends[1], checks.choice("path", path, PATHS)
