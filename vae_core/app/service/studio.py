"""The service behind the page and the API: pure, checked operations on the shipped models.

Every call carries all it needs and returns plain values, so nothing of one visitor is kept and
visitors share nothing but the frozen models. Digits leave as base64 of raw grey bytes, k x 784
for k digits (`wire.unpack`). A visitor's mistake is a `ValueError` with one plain sentence.
`z` is always what the sliders move: the latent itself, or the base space of a flow prior.

Each operation is a method that checks its arguments, so that nothing reaches a model unchecked:
`Models` holds what they share, `Codes` start from a code, `Studio` from a picture.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch

from vae_core import explore
from vae_core.app import checks, wire
from vae_core.app.service import damage, posterior, prepare, repair
from vae_core.app.service.codes import MAX_STEPS, PATHS, Codes
from vae_core.app.service.models import milliseconds

MAX_DRAWS = 64


class Studio(Codes):
    """The checkpoints of a folder, ready to be played with by many visitors at once."""

    def encode(
        self,
        name: Any,
        picture: Any,
        options: Any = None,
        label: Any = None,
        *,
        film: bool = False,
    ) -> dict[str, Any]:
        """The code of a picture of a digit.

        Args:
            name: checkpoint.
            picture, options: see `prepare.digit`.
            label: "read" takes what the classifier reads, for a conditional model.
            film: whether to tell the picture's way to a digit too; see `prepare.describe`.

        Returns:
            z: slider values of the posterior mean; mean, logvar, sigma: q(z|x) in the latent
            space (null for a deterministic model: logvar, sigma); input: base64 of the 28x28
            digit that the model saw; label: the one it was told, or null; nearer: the share of the
            test digits, 0 to 1, whose codes lie nearer to 0 than this one, or null; milliseconds.
        """
        takes_labels = self.card(name)["takes_labels"]
        with self._heavy():
            digit = prepare.digit(picture, options)
            told = None
            if takes_labels:
                told = self._read(digit.pixels) if label == "read" else checks.label("label", label)
            model = self.registry.get(name)
            with torch.inference_mode():
                start = time.perf_counter()
                y = self._labels(model, told, 1)
                code = posterior.read(model, self._picture(digit.pixels), y)
                spent = milliseconds(start)
            # Inside the queue: the film decodes the visitor's picture once more.
            seen = prepare.describe(digit) if film else {"input": wire.pack(digit.pixels)}
        known = self.registry.reference(name)
        length = float(code.u[0].norm())
        # A mean lies nearer to 0 than draws do, so it is held against other means.
        nearer = None if known is None else known.share_below("length", length)
        return {**code.to_dict(), **seen, "label": told, "nearer": nearer, "milliseconds": spent}

    def reconstruct(self, name: Any, picture: Any, options: Any = None) -> dict[str, Any]:
        """Take a picture all the way: stages, digit, posterior, code, reconstruction, measures.

        Args:
            name: checkpoint.
            picture: see `codec.picture_bytes`.
            options: polarity, threshold, stroke, choose, odd (see `prepare.wanted`),
                damage (see `damage.damaged`), code "mean" or
                "draw" (which z is decoded), seed, draws (0 to 64, more pictures from q(z|x)),
                stages (False leaves out the filmstrip, for the live pad).

        Returns:
            what `encode` and `prepare` return, with reconstruction (base64), difference
            (base64 of 784 signed bytes, 127 x (reconstruction - input)), milliseconds
            what `posterior.measure` returns, standing and usual (see `_standing`), and
            readings of the input and the reconstruction (see `Reader.read`).
        """
        wishes = checks.mapping("options", options)
        shown = checks.choice("code", wishes.get("code", "mean"), ("mean", "draw"))
        seed = checks.whole("seed", wishes.get("seed", 0), 0, checks.SEED_LIMIT)
        count = checks.whole("draws", wishes.get("draws", 0), 0, MAX_DRAWS)
        self.registry.check(name)
        with self._heavy():
            start = time.perf_counter()
            digit = prepare.digit(picture, wishes)
            told = prepare.describe(digit, film=wishes.get("stages") is not False)
            told["prepare_milliseconds"] = milliseconds(start)
            model = self.registry.get(name)
            with torch.inference_mode():
                start = time.perf_counter()
                code = posterior.read(model, self._picture(digit.pixels))
                result = posterior.measure(model, code, shown == "draw", count, seed)
                result["milliseconds"] = milliseconds(start)
            pair = (told["input"], result["reconstruction"])
            told["readings"] = self.reader.read(np.concatenate([wire.unpack(p) for p in pair]))
        return {**told, **code.to_dict(), **result, **self._standing(name, result)}

    def fill(self, name: Any, picture: Any, options: Any = None) -> dict[str, Any]:
        """Several digits that could have stood where a picture was erased.

        Args:
            name: checkpoint.
            picture, options: as for `reconstruct`; damage must be of the kind "erase".

        Returns:
            answers: base64 of digits equal to the input outside the gap; readings of them;
            average: base64 of their mean; milliseconds.

        Raises:
            ValueError: nothing is erased, or the model is too slow for this.
        """
        wishes = checks.mapping("options", options)
        seed = checks.whole("seed", wishes.get("seed", 0), 0, checks.SEED_LIMIT)
        gap = damage.gap(wishes.get("damage"))
        if gap is None or not gap.any():
            raise ValueError("Nothing is erased: drag over the digit, or raise the amount.")
        self.registry.check(name)
        with self._heavy(), torch.inference_mode():
            digit = prepare.digit(picture, wishes)
            model = self.registry.get(name)
            start = time.perf_counter()
            made = repair.answers(model, self._picture(digit.pixels), gap, seed).cpu()
            spent = milliseconds(start)
        grey = wire.to_bytes(made.numpy())[:, 0]
        return {
            "answers": wire.pack(grey),
            "average": wire.pack(wire.to_bytes(made.mean(0).numpy())),
            "readings": self.reader.read(grey),
            "milliseconds": spent,
        }

    def family(self, picture: Any, options: Any = None, names: Any = None) -> dict[str, Any]:
        """The same digit through several models, one after the other.

        Args:
            picture, options: as for `reconstruct`.
            names: a list of checkpoints, each at most once, null for all. Between two of them
                others get their turn.

        Returns:
            models: name, reconstruction (base64, of the posterior mean), distortion, rate, mse.
        """
        told = []
        wanted = self._names(names)
        with self._heavy():
            x = self._picture(prepare.digit(picture, options).pixels)
        for name in wanted:
            model = self.registry.get(name)
            with self._heavy(), torch.inference_mode():
                made = posterior.measure(model, posterior.read(model, x), False, 0, 0)
            kept = ("reconstruction", "distortion", "rate", "mse")
            told.append({"name": name} | {key: made[key] for key in kept})
        return {"models": told}

    def _names(self, names: Any) -> list[str]:
        """Checkpoints to go through one by one: all of them, or some, each once."""
        if names is None:
            return list(self.registry.cards)
        if not isinstance(names, list):
            raise ValueError(f"names must be a list of checkpoints, not {checks.shown(names)}.")
        most = len(self.registry.cards)
        if len(names) > most:
            raise ValueError(f"names holds {len(names)}; there are {most} checkpoints.")
        wanted = [self.registry.check(name) for name in names]
        if len(set(wanted)) < len(wanted):
            raise ValueError("names must hold each checkpoint at most once.")
        return wanted

    def interpolate(
        self, name: Any, a: Any, b: Any, steps: Any = 10, path: Any = "linear"
    ) -> dict[str, Any]:
        """Digits on the way from `a` to `b`, both ends included.

        Args:
            name: checkpoint.
            a, b: `{"z": slider values, "label": 0 to 9 or null}` or `{"picture": ...}`, whose label
                is read where the model is conditional; the way goes from label to label too.
            steps: 2 to 64.
            path: "linear" or "spherical".

        Returns:
            pixels: base64 of `steps` digits; z: as many slider vectors; readings of them (see
            `Reader.read`); milliseconds.
        """
        steps = checks.whole("steps", steps, 2, MAX_STEPS)
        checks.choice("path", path, PATHS)
        ends = self._end(name, "a", a), self._end(name, "b", b)
        first, last, path = self._ends(name, ends[0][0], ends[1][0], path)
        model = self.registry.get(name)
        with self._heavy(), torch.inference_mode():
            u = explore.path(self._tensor(first), self._tensor(last), steps, path)
            t = torch.linspace(0, 1, steps)[:, None]
            way = self._timed(model, u, self._shares(model, [end[1] for end in ends], t))
            readings = self.reader.read(wire.unpack(way["pixels"]))
        return {**way, "z": u.tolist(), "readings": readings}

    def _standing(self, name: Any, result: dict[str, Any]) -> dict[str, Any]:
        """standing: the share of the test digits, 0 to 1, with less distortion, less rate and a
        lower cost (-ELBO), each above its own floor; usual: their medians in nats above the floor;
        both null where that is not known."""
        known = self.registry.reference(name)
        if known is None:
            return {"standing": None, "usual": None}
        least, elbo = result["floor"], result["elbo"]
        values = {"distortion": result["distortion"] - least, "rate": result["rate"]}
        values["cost"] = None if elbo is None else -elbo - least
        return {"standing": known.standing(values), "usual": known.usual}

    def _end(self, name: Any, which: str, end: Any) -> tuple[Any, int | None]:
        """The code of one end of a path, and its label."""
        end = checks.mapping(which, end)
        if "z" in end:
            return end["z"], checks.label(f"label of {which}", end.get("label"))
        code = self.encode(name, end.get("picture"), end.get("options"), "read")
        return code["z"], code["label"]

    def _read(self, grey: wire.Grey) -> int | None:
        """The digit that the classifier takes a picture for; None where it sees none."""
        readings = self.reader.read(grey[None])
        return readings[0]["digit"] if readings else None
