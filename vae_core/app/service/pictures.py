"""What can be asked of a picture: its code, its way through a model, what fills a gap in it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
import torch

from vae_core import pictures
from vae_core.app import checks
from vae_core.app.service import damage, posterior, prepare, repair, replies
from vae_core.app.service.codes import Codes
from vae_core.app.service.models import milliseconds
from vae_core.app.wire import Grey
from vae_core.runtime import numbers

MAX_DRAWS = 64


@dataclass(frozen=True, kw_only=True)
class Look:
    """What `reconstruct` is asked for: which code is decoded, by which seed, how many draws."""

    drawn: bool
    seed: int
    draws: int


class Pictures(Codes):
    """Operations on pictures; see `prepare.digit` for what `picture` and `options` may be."""

    def encode(
        self, checkpoint: object, picture: object, options: object = None, label: object = None
    ) -> replies.Encoded:
        """The code of a picture of a digit.

        `label` "read" takes what the classifier reads, for a model that takes labels.
        """
        return self._encode(checkpoint, picture, options, label, film=False)[0]

    def follow_code(
        self, checkpoint: object, picture: object, options: object = None, label: object = None
    ) -> replies.Followed:
        """As `encode`, with the picture's way to a digit."""
        code, about = self._encode(checkpoint, picture, options, label, film=True)
        return {**about, **code}

    def _encode(
        self, checkpoint: object, picture: object, options: object, label: object, *, film: bool
    ) -> tuple[replies.Encoded, replies.Arrived]:
        takes_labels = self.card(checkpoint)["takes_labels"]
        with self._heavy():
            digit = prepare.digit(picture, options, self.about(checkpoint))
            known = self._label_of(checkpoint, digit.pixels, label) if takes_labels else None
            model = self.registry.get(checkpoint)
            with torch.inference_mode():
                start = time.perf_counter()
                y = self._labels(model, known, 1)
                code = posterior.read(model, self.picture(digit.pixels), y)
                spent = milliseconds(start)
            # Inside the queue: the film decodes the visitor's picture once more.
            about = prepare.describe(digit, film)
        measured = self.registry.percentiles_of(checkpoint)
        length = math.hypot(*numbers(code.u[0]))
        # A mean lies nearer to 0 than draws do, so it is held against other means.
        nearer = None if measured is None else measured.share_below("length", length)
        reply: replies.Encoded = {
            **code.reply(),
            "input": digit.pixels,
            "label": known,
            "own": code.own_reading(),
            "nearer": nearer,
            "milliseconds": spent,
        }
        return reply, about

    def reconstruct(
        self, checkpoint: object, picture: object, options: object = None
    ) -> replies.Reconstructed:
        """Take a picture all the way: stages, digit, posterior, code, reconstruction, measures.

        Args:
            checkpoint: its name.
            picture: see `prepare.digit`.
            options: polarity, threshold, stroke, choose, odd (see `prepare.digitizer_options`),
                damage (see `damage.damaged`), code "mean" or "draw" (which z is decoded), seed,
                draws (0 to 64, more pictures from q(z|x)), stages (False leaves out the
                filmstrip, for the live pad), label (0 to 9 or null, for a model that takes labels;
                its costs are then of x given y, and are not ranked).
        """
        given = checks.mapping("options", options)
        look, known = _look(given), checks.label("label", given.get("label"))
        known = known if self.card(checkpoint)["takes_labels"] else None
        with self._heavy():
            start = time.perf_counter()
            digit = prepare.digit(picture, given, self.about(checkpoint))
            about = prepare.describe(digit, film=given.get("stages") is not False)
            about["prepare_milliseconds"] = milliseconds(start)
            model = self.registry.get(checkpoint)
            with torch.inference_mode():
                start = time.perf_counter()
                y = self._labels(model, known, 1)
                code = posterior.read(model, self.picture(digit.pixels), y)
                measured = posterior.measure(model, code, look.drawn, look.draws, look.seed)
                spent = milliseconds(start)
            readings = self.read(checkpoint, np.stack((digit.pixels, measured["reconstruction"])))
        return {
            **about,
            **code.reply(),
            **measured,
            **self._ranked(checkpoint if known is None else None, measured),
            "label": known,
            "own": code.own_reading(),
            "readings": readings,
            "milliseconds": spent,
        }

    def fill(self, checkpoint: object, picture: object, options: object = None) -> replies.Filled:
        """Several digits that could have stood where a picture was erased.

        Options as for `reconstruct`; damage must be of the kind "erase".

        Raises:
            ValueError: nothing is erased, or the model is too slow for this.
        """
        given = checks.mapping("options", options)
        seed = checks.whole("seed", given.get("seed", 0), 0, checks.SEED_LIMIT)
        gap = damage.gap(given.get("damage"))
        if gap is None or not gap.any():
            raise ValueError("Nothing is erased: drag over the digit, or raise the amount.")
        self.registry.check(checkpoint)
        with self._heavy(), torch.inference_mode():
            digit = prepare.digit(picture, given, self.about(checkpoint))
            model = self.registry.get(checkpoint)
            start = time.perf_counter()
            filled = repair.answers(model, self.picture(digit.pixels), gap, seed)
            answers = filled.means.cpu()
            spent = milliseconds(start)
        grey = pictures.to_uint8(answers)
        return {
            "answers": grey,
            "average": pictures.to_uint8(answers.mean(0, keepdim=True))[0],
            "readings": self.read(checkpoint, grey),
            "acceptance": filled.acceptance,
            "milliseconds": spent,
        }

    def arrive(
        self, picture: object, options: object = None, checkpoint: object = None
    ) -> replies.Arrived:
        """A picture as a digit, or as one of the set of `checkpoint`, with its way."""
        with self._heavy():
            return prepare.describe(prepare.digit(picture, options, self.about(checkpoint)))

    def _label_of(self, checkpoint: object, grey: Grey, label: object) -> int | None:
        """The label of a digit (28, 28): as given, or what the classifier reads for "read"."""
        if label != "read":
            return checks.label("label", label)
        readings = self.read(checkpoint, grey[None])
        return readings[0]["digit"] if readings else None

    def _ranked(self, checkpoint: object | None, measured: replies.Measured) -> replies.Ranked:
        """Among test digits without labels; None where that compares with nothing."""
        known = None if checkpoint is None else self.registry.percentiles_of(checkpoint)
        if known is None:
            return {"shares_below": None, "medians": None}
        least, elbo = measured["floor"], measured["elbo"]
        values = {
            "distortion": measured["distortion"] - least,
            "rate": measured["rate"],
            "cost": None if elbo is None else -elbo - least,
        }
        return {"shares_below": known.shares_below(values), "medians": known.medians}


def _look(given: dict[str, object]) -> Look:
    code = checks.choice("code", given.get("code", "mean"), ("mean", "draw"))
    return Look(
        drawn=code == "draw",
        seed=checks.whole("seed", given.get("seed", 0), 0, checks.SEED_LIMIT),
        draws=checks.whole("draws", given.get("draws", 0), 0, MAX_DRAWS),
    )
