"""What the map asks of a model: where the test digits lie, and what is around a place.

Models that take labels are given none here, so that all digits lie in one space.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor

from vae_core import runtime
from vae_core.app import checks, wire
from vae_core.app.service import density, map_bits, prepare
from vae_core.app.service import map_replies as answers
from vae_core.app.service.batches import Decoding
from vae_core.app.service.codebook import Book, Codebook
from vae_core.app.service.replies import Decoded
from vae_core.app.service.studio import Studio
from vae_core.app.wire import Grey
from vae_core.data.digits import Digits
from vae_core.data.shipped import shipped
from vae_core.explore import planes, tsne
from vae_core.explore.planes import Plane
from vae_core.runtime import numbers, rows, whole_numbers

PLANES = ("whole", "pca", "lda", "three", "tsne")
NEAREST = 10
MOST_CELLS, MOST_ACROSS = 320, 32
"""Pictures of a manifold laid behind the map, in all and in a row."""
DRAWS = 400
"""Of a picture's posterior, for its ellipse."""


class Atlas:
    """Maps of the models of a studio; its queue for heavy work is shared.

    Args:
        studio: the shipped models.
    """

    def __init__(self, studio: Studio) -> None:
        self.studio, self.book = studio, Codebook(studio)

    def codes(
        self, checkpoint: object, plane: object = None, points: object = None
    ) -> answers.Chart | answers.Waiting:
        """Where the test digits lie; while they are being encoded, how far that is.

        Args:
            checkpoint: its name.
            plane: "whole" of a code of two numbers, else "pca", "lda", "three" or "tsne"; null for
                the first of these that the model has.
            points: three codes, for "three".
        """
        offered = self.planes(checkpoint)
        kind = offered[0] if plane is None else checks.choice("plane", plane, PLANES)
        if kind not in offered:
            raise ValueError(f'plane is "{kind}"; this model has: {", ".join(offered)}.')
        corners = self._corners(checkpoint, points) if kind == "three" else None
        share = self.book.advance(checkpoint)
        if share < 1:
            return {"progress": share}
        book = self.book.whole(checkpoint)
        if kind == "tsne":
            return self._static(checkpoint, offered)
        with self.studio.at_work():
            known = self.studio.test_pictures(checkpoint)
            return _chart(book, _plane(book.u, kind, corners, known.labels), offered, known)

    def planes(self, checkpoint: object) -> list[str]:
        """The planes that a model has."""
        length = self.studio.card(checkpoint)["latent_dim"]
        if length < 2:
            raise ValueError("A code of one number has no map; its slider in Explore shows it all.")
        known = self.studio.test_pictures(checkpoint)
        parted = ["lda"] if int(known.labels.max()) > 1 else []
        flat = ["whole"] if length == 2 else ["pca", *parted, "three"]
        return flat if self._kept(checkpoint) is None else [*flat, "tsne"]

    def recall(self, checkpoint: object, index: object) -> answers.Recalled:
        """The code of the test digit at `index`, 0 to 9,999, decoded."""
        plan = self.plan_recall(checkpoint, index)
        return {**self.studio.now(plan), "z": numbers(plan.u[0])}

    def plan_recall(self, checkpoint: object, index: object) -> Decoding:
        """What `recall` decodes."""
        place = checks.whole("index", index, 0, len(self.studio.test_pictures(checkpoint)) - 1)
        u = self.book.whole(checkpoint).u[place : place + 1]
        return Decoding(self.studio.registry.get(checkpoint), u, rest={"z": numbers(u[0])})

    def near(self, checkpoint: object, z: object) -> answers.Near:
        """The ten test digits whose codes lie nearest to slider values z.

        Distances are in the latent space itself, where the decoder is smooth: a flow prior puts
        codes of different digits side by side in the space of its sliders.
        """
        u = torch.tensor(self._code(checkpoint, "z", z)).to(self.studio.device)
        model = self.studio.registry.get(checkpoint)
        with torch.inference_mode():
            latent = model.from_sliders(u[None])[0].float().cpu()
        known = self.studio.test_pictures(checkpoint)
        return _nearest(self.book.whole(checkpoint).means, latent, known)

    def own(
        self, checkpoint: object, picture: object, plane: object, options: object = None
    ) -> answers.Own:
        """A picture on a plane: its posterior and the ten test digits nearest to its code.

        Args:
            checkpoint: its name.
            picture, options: see `prepare.digit`.
            plane: as `codes` gave it.
        """
        flat, book = self._flat(checkpoint, plane), self.book.whole(checkpoint)
        known = self.studio.test_pictures(checkpoint)
        pixels = prepare.digit(picture, options, self.studio.about(checkpoint)).pixels
        model = self.studio.registry.get(checkpoint)
        with self.studio.at_work(), torch.inference_mode():
            q = model.encode(self.studio.picture(pixels))
            u = model.to_sliders(q.mean).float().cpu()
            noise = torch.randn(DRAWS, 1, u.shape[1], generator=torch.Generator().manual_seed(0))
            drawn = model.to_sliders(q.at(noise.to(q.mean.device))[:, 0]).float().cpu()
        spots = flat.coordinates(drawn)
        is_point = bool((spots.var(0) < 1e-12).all())
        return {
            "z": numbers(u[0]),
            "input": pixels,
            "place": numbers(flat.coordinates(u)[0]),
            "middle": numbers(spots.mean(0)),
            "covariance": None if is_point else rows(torch.cov(spots.T)),
            "off": planes.off_plane(flat, u).item(),
            **_nearest(book.means, q.mean[0].float().cpu(), known),
        }

    def selection(self, checkpoint: object, chosen: object) -> answers.Selected:
        """The mean code of test digits and its picture.

        Args:
            checkpoint: its name.
            chosen: base64 of a bit a digit, the first digit's the highest of the first byte.
        """
        marked = map_bits.marked(chosen, len(self.studio.test_pictures(checkpoint)))
        u = self.book.whole(checkpoint).u[marked].mean(0, keepdim=True)
        return {
            "z": numbers(u[0]),
            "pixels": self._decoded(checkpoint, u)["pixels"],
            "count": int(marked.sum()),
        }

    def grid(
        self, checkpoint: object, corner: object, across: object, down: object, columns: object,
        rows: object,
    ) -> Decoded:  # fmt: skip
        """The decoded manifold over a part of a plane, row by row from its upper left corner.

        Args:
            checkpoint: its name.
            corner, across, down: the first picture's code, and the steps to its neighbours.
            columns, rows: at most 32 of each and 320 pictures.
        """
        wide = checks.whole("columns", columns, 1, MOST_ACROSS)
        high = checks.whole("rows", rows, 1, MOST_ACROSS)
        if wide * high > MOST_CELLS:
            raise ValueError(f"A map holds at most {MOST_CELLS} pictures, not {wide * high}.")
        if self.studio.card(checkpoint)["slow"]:
            raise ValueError("This model paints pixel by pixel, too slowly for a manifold.")
        first, right, below = (
            torch.tensor(self._code(checkpoint, name, value))
            for name, value in (("corner", corner), ("across", across), ("down", down))
        )
        u = first + torch.arange(wide)[:, None] * right
        u = (u[None] + torch.arange(high)[:, None, None] * below).flatten(0, 1)
        if u.abs().max() > self.studio.reach(checkpoint):
            raise ValueError("That part of the plane lies beyond the sliders' reach.")
        with self.studio.at_work():
            return self._decoded(checkpoint, u)

    def resembling(self, pixels: object, checkpoint: object = None) -> answers.Near:
        """The ten test digits that look most like a digit, base64 of its 784 grey bytes.

        The distance is the square root of the summed squared pixels, each from 0 to 1.
        """
        digit = wire.digit_of("pixels", pixels)
        x = runtime.from_array(digit).flatten().float() / 255
        known = self.studio.test_pictures(checkpoint)
        with self.studio.at_work(), torch.inference_mode():
            looks = _looks() if known is shipped("test") else known.floats().flatten(1)
            return _nearest(looks, x, known)

    def _decoded(self, checkpoint: object, u: Tensor) -> Decoded:
        return self.studio.now(Decoding(self.studio.registry.get(checkpoint), u))

    def _static(self, checkpoint: object, offered: list[str]) -> answers.Chart:
        places = self._kept(checkpoint)
        assert places is not None
        return {
            "progress": 1.0, "places": _bytes(places), "scale": 1 / tsne.LARGEST,
            "labels": _labels(self.studio.test_pictures(checkpoint)), "planes": offered,
            "plane": None, "share": None, "mass": None, "extent": None, "centre": None,
        }  # fmt: skip

    def _kept(self, checkpoint: object) -> Tensor | None:
        """The t-SNE beside the weights; a damaged one is none."""
        try:
            return tsne.read(self.studio.registry.folder(checkpoint))
        except ValueError:
            return None

    def _code(self, checkpoint: object, name: str, value: object) -> list[float]:
        length = self.studio.card(checkpoint)["latent_dim"]
        return checks.vector(name, value, length, self.studio.reach(checkpoint))

    def _corners(self, checkpoint: object, points: object) -> list[Tensor]:
        given = checks.listed(points)
        if given is None or len(given) != 3:
            raise ValueError(f"points must be three codes, not {checks.shown(points)}.")
        return [
            torch.tensor(self._code(checkpoint, f"points[{i}]", each))
            for i, each in enumerate(given)
        ]

    def _flat(self, checkpoint: object, plane: object) -> Plane:
        given = checks.mapping("plane", plane)
        parts = [
            self._code(checkpoint, name, given.get(name)) for name in answers.Flat.__annotations__
        ]
        return Plane(*map(torch.tensor, parts))


def _plane(u: Tensor, kind: str, corners: list[Tensor] | None, labels: Tensor) -> Plane:
    if corners is not None:
        return planes.through(*corners)
    if kind == "whole":
        return planes.whole(u.shape[1])
    return planes.principal(u) if kind == "pca" else planes.discriminant(u, labels)


def _chart(book: Book, plane: Plane, offered: list[str], known: Digits) -> answers.Chart:
    spots = plane.coordinates(book.u)
    scale = spots.abs().max().clamp_min(1e-6).item() / tsne.LARGEST
    drawn = spots if book.drawn is None else plane.coordinates(book.drawn)
    within = density.extent(spots, drawn)
    return {
        "progress": 1.0,
        "places": _bytes((spots / scale).round().to(torch.int16)),
        "scale": scale,
        "labels": _labels(known),
        "planes": offered,
        "plane": {
            "origin": numbers(plane.origin),
            "across": numbers(plane.across),
            "up": numbers(plane.up),
        },
        "share": planes.share_of_variance(plane, book.u),
        "mass": density.mass(drawn, within),
        "extent": within,
        "centre": numbers(plane.coordinates(torch.zeros(1, book.u.shape[1]))[0]),
    }


def _nearest(known: Tensor, place: Tensor, digits: Digits) -> answers.Near:
    """The ten of known (n, k) nearest to place (k,), which stand for these digits."""
    found = (known - place).square().sum(1).topk(NEAREST, largest=False)
    return {
        "indices": whole_numbers(found.indices),
        "labels": whole_numbers(digits.labels[found.indices]),
        "distances": numbers(found.values.sqrt()),
        "digits": digits.images[found.indices, 0].numpy(),
    }


@cache
def _looks() -> Tensor:
    """All test digits as rows (n, 784) of floats: 31 MB, made when first asked for."""
    return shipped("test").floats().flatten(1)


def _labels(known: Digits) -> str:
    """A character a picture: there are ten colours, and of more classes several share one."""
    return "".join(str(label % 10) for label in whole_numbers(known.labels))


def _bytes(places: Tensor) -> Grey:
    """Whole numbers of 16 bits as their bytes, the lower one first."""
    return np.ascontiguousarray(places.numpy().astype("<i2")).view(np.uint8)
