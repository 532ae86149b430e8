"""What the decoder's metric says of a code and of the way between two."""

from __future__ import annotations

import time

import numpy as np
import torch

from vae_core import explore, pictures
from vae_core.app import checks, wire
from vae_core.app.service import curves
from vae_core.app.service.codes import MAX_STEPS
from vae_core.app.service.map_replies import Curve, Tangent
from vae_core.app.service.models import milliseconds
from vae_core.app.service.replies import Animation, Way
from vae_core.app.service.studio import GIF_FRAMES, Studio
from vae_core.app.wire import NO_DIGITS, Film, Grey
from vae_core.explore import geodesics, geometry
from vae_core.runtime import lengths, numbers, rows

LONGEST = 256
"""Numbers of a code that a geodesic is found for: longer ones take seconds a round."""
MOST_TANGENTS = 20
PLAIN = "ae"
"""The plain autoencoder whose path stands beside a model's own."""


class Geometry:
    """Operations in the metric of a studio's decoders.

    Args:
        studio: the shipped models; its queue for heavy work is shared.
    """

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def tangents(
        self, checkpoint: object, z: object, count: object = 10, label: object = None
    ) -> Tangent:
        """The leading singular directions of the decoder's Jacobian at slider values z.

        Args:
            checkpoint: its name; not of a model that paints pixel by pixel.
            z: slider values.
            count: at most 20; never more than the code has numbers.
            label: that the digit is painted under, for a model that takes labels.
        """
        self._check_smooth(checkpoint)
        limit, length = self.studio.reach(checkpoint), self.studio.card(checkpoint)["latent_dim"]
        values = checks.vector("z", z, length, limit)
        count, known = checks.whole("count", count, 1, MOST_TANGENTS), checks.label("label", label)
        decode = geometry.decoder(self.studio.registry.get(checkpoint), (known, known))
        with self.studio.at_work(), torch.no_grad():
            start = time.perf_counter()
            u = torch.tensor(values, device=self.studio.device)
            found = geometry.tangents(decode, u, count)
            spent = milliseconds(start)
        changes = found.pictures / found.pictures.abs().amax(1, keepdim=True).clamp_min(1e-12)
        signed = np.rint(changes.cpu().numpy() * 127).astype(np.int8)
        return {
            "directions": rows(found.directions),
            "pictures": signed.reshape(-1, wire.SIDE, wire.SIDE),
            "shares": numbers(found.shares),
            "milliseconds": spent,
        }

    def geodesic(
        self,
        checkpoint: object,
        a: object,
        b: object,
        labels: object = None,
        waves: object = None,
        rounds: object = 0,
    ) -> Curve:
        """One round towards the geodesic from code `a` to code `b`; see `explore.geodesics`.

        The page asks again with what it was given, until it is `done`: others get their turns
        between, and it can stop at any time.

        Args:
            checkpoint: its name.
            a, b: codes.
            labels: those of the two ends.
            waves, rounds: as the round before gave them; null and 0 begin with the straight line.
        """
        path, decode = self._path(checkpoint, a, b, labels, waves, rounds)
        with self.studio.at_work():
            path = geodesics.improved(decode, path)
            found = geodesics.spread(decode, path)
            arc = _arc(decode, path) if path.done else None
        return {
            "waves": rows(path.waves),
            "rounds": path.rounds,
            "done": path.done,
            "progress": 1.0 if path.done else path.rounds / geodesics.ROUNDS,
            "places": numbers(found.places),
            "length": found.length,
            "straight": found.straight,
            "spherical": arc,
            "reach": lengths(found.codes).max().item(),
        }

    def bent(
        self,
        checkpoint: object,
        a: object,
        b: object,
        waves: object,
        labels: object = None,
        steps: object = 10,
    ) -> Way:
        """Digits at equal distances along a geodesic, from `a` to `b`, as `way` gives them."""
        steps = checks.whole("steps", steps, 2, MAX_STEPS)
        path, decode = self._path(checkpoint, a, b, labels, waves, 0)
        with self.studio.at_work(), torch.no_grad():
            start = time.perf_counter()
            found = geodesics.spread(decode, path, steps)
            made = decode(found.codes, found.places).view(-1, 1, wire.SIDE, wire.SIDE)
            pixels = pictures.to_uint8(made.float().cpu())
            spent = milliseconds(start)
        readings = self.studio.read(checkpoint, pixels)
        takes = self.studio.card(checkpoint)["takes_labels"]
        return {
            "pixels": pixels,
            "z": rows(found.codes),
            "labels": checks.labels("labels", labels, 2) if takes else None,
            "readings": readings,
            "milliseconds": spent,
        }

    def bent_film(
        self, checkpoint: object, a: object, b: object, waves: object, labels: object = None
    ) -> Animation:
        """A geodesic as a moving picture."""
        return {"gif": Film(self.bent(checkpoint, a, b, waves, labels, GIF_FRAMES)["pixels"])}

    def plain(self, a: object, b: object, steps: object = 10) -> dict[str, Grey]:
        """The straight way between two digits through a plain autoencoder.

        Args:
            a, b: base64 of 784 grey bytes.
            steps: 2 to 64.

        Returns:
            `pixels`, (steps, 28, 28); none where no plain autoencoder is shipped.
        """
        steps = checks.whole("steps", steps, 2, MAX_STEPS)
        digits = np.stack([wire.digit_of("a", a), wire.digit_of("b", b)])
        if PLAIN not in self.studio.registry.cards:
            return {"pixels": NO_DIGITS}
        model = self.studio.registry.get(PLAIN)
        x = torch.cat([self.studio.picture(digit) for digit in digits])
        with self.studio.at_work(), torch.inference_mode():
            first, last = model.encode(x).mean
            way = model.decode(explore.path(first, last, steps)).mean
            return {"pixels": pictures.to_uint8(way.float().cpu())}

    def _path(
        self, checkpoint: object, a: object, b: object, labels: object, waves: object,
        rounds: object,
    ) -> tuple[geodesics.Path, geometry.Decoder]:  # fmt: skip
        self._check_smooth(checkpoint)
        length = self.studio.card(checkpoint)["latent_dim"]
        if length > LONGEST:
            raise ValueError(f"Geodesics are found for codes of up to {LONGEST} numbers.")
        ends = [
            checks.vector(name, z, length, curves.ENDS_LIMIT) for name, z in (("a", a), ("b", b))
        ]
        known = checks.labels("labels", labels, 2)
        done = checks.whole("rounds", rounds, 0, geodesics.ROUNDS)
        first, last = (torch.tensor(end, device=self.studio.device) for end in ends)
        bent = None if waves is None else curves.waves(waves, length)
        path = geodesics.straight(first, last)
        if bent is not None:
            path = curves.path(first, last, bent, done)
        return path, geometry.decoder(self.studio.registry.get(checkpoint), known)

    def _check_smooth(self, checkpoint: object) -> None:
        if self.studio.card(checkpoint)["slow"]:
            raise ValueError("This model paints pixel by pixel: its picture has no derivative.")


def _arc(decode: geometry.Decoder, path: geodesics.Path) -> float:
    """The length of the spherical way between the ends of a path."""
    with torch.no_grad():
        way = explore.path(path.first, path.last, geodesics.FINE + 1, "spherical")
        return geometry.curve_length(decode, way)
