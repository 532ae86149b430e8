"""The service behind the page and the API: pure, checked operations on the shipped models.

Every call carries all it needs and returns arrays and plain values (`replies`), so nothing of one
visitor is kept and visitors share nothing but the frozen models. A visitor's mistake is a
`ValueError` with one plain sentence. Each operation is a method that checks its arguments, so that
nothing reaches a model unchecked: `Models` holds what they share, `Codes` start from a code,
`Pictures` from a picture, `Family` go through several models, and these put them together.
"""

from __future__ import annotations

import numpy as np
import torch

from vae_core import explore
from vae_core.app import checks, wire
from vae_core.app.service import replies, steering
from vae_core.app.service.codes import MAX_STEPS, PATHS
from vae_core.app.service.family import Family
from vae_core.app.wire import Film, Grey
from vae_core.checkpoint import samplers
from vae_core.data.examples import examples
from vae_core.explore import sliders, traits
from vae_core.runtime import from_array, rows

FILM_STEPS, FILM_SPAN = 7, 3.0
"""Frames of a filmstrip, and how far to both sides of 0 they reach."""

FILM_LEVEL = 8
"""A filmstrip's grey levels are this far apart, which nobody sees in a picture of 20 pixels; it
then travels in three fifths of the bytes."""

GIF_FRAMES = 24
LIVE_DRAWS = 8
"""Draws of the posterior beside a drawing that is still growing."""


def coarse(grey: Grey) -> Grey:
    """Grey levels rounded to multiples of FILM_LEVEL; white stays white."""
    rounded = (grey.astype(np.int16) + FILM_LEVEL // 2) // FILM_LEVEL * FILM_LEVEL
    return rounded.clip(0, 255).astype(np.uint8)


class Studio(Family):
    """The checkpoints of a folder, ready to be played with by many visitors at once."""

    def films(
        self, checkpoint: object, z: object, label: object = None, shown: object = None
    ) -> replies.Films:
        """Filmstrips through z, and what its digit reads as.

        A slow model has no strips, and its digit is the one that the page shows already: `shown`.
        """
        if self.card(checkpoint)["slow"]:
            grey = None if shown is None else wire.digit_of("pixels", shown)
            readings = None if grey is None else self.read(checkpoint, grey[None])
            return {"pixels": wire.NO_DIGITS, "dims": [], "values": [], "readings": readings}
        films = self.traversals(checkpoint, z, FILM_STEPS, FILM_SPAN, label, wide=True)
        pixels = self.decode(checkpoint, z, label, wide=True)["pixels"]
        return {
            **films,
            "pixels": coarse(films["pixels"]),
            "readings": self.read(checkpoint, pixels),
        }

    def names(self, checkpoint: object) -> replies.Names:
        """Names for a model's sliders: those measured at release, else from the example digits."""
        name, known = self.registry.check(checkpoint), self.registry.names
        if self.registry.is_own(name):
            return self._names_of(name)
        if name not in known:
            known[name] = self._names_of(name)
        return known[name]

    def _names_of(self, checkpoint: str) -> replies.Names:
        about = self.registry.latents.get(checkpoint)
        if about is not None:
            named = [each.get("name") for each in about["latents"]]
            ways = steering.ways(sliders.directions(about))
            return {"names": named, "digits": about.get("digits"), "directions": ways}
        if self.about(checkpoint) is not None:  # whose traits nobody measures
            none: list[traits.Name | None] = [None] * self.card(checkpoint)["latent_dim"]
            return {"names": none, "digits": None, "directions": []}
        digits, known, _ = examples()
        model, labels = self.registry.get(checkpoint), np.array(known)
        given = from_array(labels).to(self.device) if model.config.labelled_prior else None
        with torch.inference_mode():
            x = from_array(digits).to(self.device).float().div(255)[:, None]
            u = model.to_sliders(model.encode(x).mean, given).double().cpu().numpy()
        named = traits.names(digits, u, labels)
        return {"names": named, "digits": len(digits), "directions": []}

    def reads(
        self,
        checkpoint: object,
        z: object = None,
        n: object = 16,
        seed: object = 0,
        spread: object = 0.5,
        temperature: object = 1.0,
        label: object = None,
        sampler: object = samplers.DEFAULT,
    ) -> replies.Readings:
        """What a classifier reads in the draws of `sample` or, with a z, of `around`."""
        if z is None:
            drawn = self.sample(checkpoint, n, seed, temperature, label, sampler)
        else:
            drawn = self.around(checkpoint, z, n, seed, spread, label)
        return {"readings": self.read(checkpoint, drawn["pixels"])}

    def interpolate(
        self,
        checkpoint: object,
        a: object,
        b: object,
        steps: object = 10,
        path: object = "linear",
    ) -> replies.Way:
        """Digits on the way from `a` to `b`, both ends included.

        Args:
            checkpoint: its name.
            a, b: `{"z": slider values, "label": 0 to 9 or null}` or `{"picture": ...}`, whose label
                is read where the model takes labels unless it is given; the way goes from label to
                label too.
            steps: 2 to 64.
            path: "linear" or "spherical".
        """
        steps = checks.whole("steps", steps, 2, MAX_STEPS)
        checks.choice("path", path, PATHS)
        ends = self._end(checkpoint, "a", a), self._end(checkpoint, "b", b)
        first, last, path = self._ends(checkpoint, ends[0][0], ends[1][0], path)
        model = self.registry.get(checkpoint)
        with self._heavy(), torch.inference_mode():
            u = explore.path(self._tensor(first), self._tensor(last), steps, path)
            t = torch.linspace(0, 1, steps)[:, None]
            way = self._timed(model, u, self._shares(model, [end[1] for end in ends], t))
            readings = self.read(checkpoint, way["pixels"])
        labels = [end[1] for end in ends] if model.config.takes_labels else None
        return {**way, "z": rows(u), "labels": labels, "readings": readings}

    def way(
        self,
        checkpoint: object,
        a: object,
        b: object,
        labels: object = None,
        steps: object = 10,
        path: object = "linear",
    ) -> replies.Way:
        """As `interpolate`, from codes `a` and `b` with the labels of both."""
        first, last = checks.labels("labels", labels, 2)
        ends = {"z": a, "label": first}, {"z": b, "label": last}
        return self.interpolate(checkpoint, *ends, steps, path)

    def film(
        self,
        checkpoint: object,
        a: object,
        b: object,
        labels: object = None,
        path: object = "linear",
    ) -> replies.Animation:
        """The way between two codes as a moving picture."""
        return {"gif": Film(self.way(checkpoint, a, b, labels, GIF_FRAMES, path)["pixels"])}

    def draw(self, checkpoint: object, seed: object = 0, label: object = None) -> replies.Drawn:
        """One draw, by the default sampler."""
        return self.sample(checkpoint, 1, seed, label=label)

    def end(
        self,
        checkpoint: object,
        picture: object,
        options: object = None,
        label: object = "read",
    ) -> replies.Followed:
        """The code of one end of a path; a model that takes labels gets what is read."""
        return self.follow_code(checkpoint, picture, options, label)

    def follow(
        self, checkpoint: object, picture: object, options: object = None
    ) -> replies.Reconstructed:
        """As `reconstruct` without the filmstrip, for a drawing that is still growing."""
        given = checks.mapping("options", options)
        return self.reconstruct(
            checkpoint, picture, {**given, "stages": False, "draws": LIVE_DRAWS}
        )

    def _end(self, checkpoint: object, which: str, end: object) -> tuple[object, int | None]:
        """The code of one end of a path, and its label."""
        given = checks.mapping(which, end)
        if "z" in given:
            return given["z"], checks.label(f"label of {which}", given.get("label"))
        label = given.get("label", "read")
        code = self.encode(checkpoint, given.get("picture"), given.get("options"), label)
        return code["z"], code["label"]
