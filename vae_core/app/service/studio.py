"""The service behind the page and the API: pure, checked operations on the shipped models.

Every call carries all it needs and returns plain values, so nothing of one visitor is kept and
visitors share nothing but the frozen models. Digits leave as base64 of raw grey bytes, k x 784
for k digits (`codec.unpack`). A visitor's mistake is a `ValueError` with one plain sentence.
`z` is always what the sliders move: the latent itself, or the base space of a flow prior.

One door for all that a visitor can ask: a method an operation, each checking every argument, so
that nothing reaches a model unchecked. That is why the file is past 300 lines.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vae_core import explore, runtime
from vae_core.app import checks, wire
from vae_core.app.service import damage, posterior, prepare, repair
from vae_core.app.service.limiter import Gate
from vae_core.app.service.reader import Reader
from vae_core.app.service.registry import Registry

PATHS = ("linear", "spherical")
MAX_SAMPLES, MAX_STEPS, MAX_DRAWS = 256, 64, 64
LONG_CODE, MAX_FILMS = 64, 24
"""Of codes longer than the first, only so many latents get a filmstrip."""
ENDS_LIMIT = 1e3
"""Ends of a path may be codes of pictures, which the sliders' +-10 need not hold."""


class Studio:
    """The checkpoints of a folder, ready to be played with by many visitors at once.

    Args:
        checkpoints_dir: folder of checkpoint folders; None takes the shipped ones.
        device: name of a torch device; None chooses CUDA, then MPS, then CPU.
        capacity: how many loaded models are kept in memory.
    """

    def __init__(
        self,
        checkpoints_dir: str | Path | None = None,
        device: str | None = None,
        capacity: int = 48,
    ) -> None:
        self.device = runtime.choose_device(device)
        if self.device.type == "cpu":
            # One z is too small to split, and threads that spin would stall other visitors.
            torch.set_num_threads(1)
        root = Path(checkpoints_dir) if checkpoints_dir else None
        self.registry = Registry(root, self.device, capacity)
        self.reader = Reader(self.registry.root, self.device)
        self._heavy = Gate()

    @property
    def device_label(self) -> str:
        """Words for the header: "CPU", "CUDA: NVIDIA H100"."""
        return runtime.device_label(self.device)

    @property
    def at_work(self) -> Gate:
        """The bounded queue that heavy work waits in, so that it stalls nobody's drag."""
        return self._heavy

    def checkpoints(self) -> list[dict[str, Any]]:
        """The models' cards, in the order of the folder; see `registry.card`."""
        return list(self.registry.cards.values())

    def card(self, name: Any) -> dict[str, Any]:
        """The card of one model."""
        return self.registry.cards[self.registry.check(name)]

    def is_quick(self, name: Any) -> bool:
        """Whether a decode of `name` takes but milliseconds: the model is loaded and not slow.

        True of what is no checkpoint, which is refused as quickly.
        """
        if not isinstance(name, str) or name not in self.registry.cards:
            return True
        return self.registry.is_loaded(name) and not self.registry.cards[name]["slow"]

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
            spent = _milliseconds(start)
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
                spent = _milliseconds(start)
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
            told["prepare_milliseconds"] = _milliseconds(start)
            model = self.registry.get(name)
            with torch.inference_mode():
                start = time.perf_counter()
                code = posterior.read(model, self._picture(digit.pixels))
                result = posterior.measure(model, code, shown == "draw", count, seed)
                result["milliseconds"] = _milliseconds(start)
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
            spent = _milliseconds(start)
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

    def _ends(self, name: Any, a: Any, b: Any, path: Any) -> tuple[list[float], list[float], str]:
        length = self.card(name)["latent_dim"]
        ends = [checks.vector(label, z, length, ENDS_LIMIT) for label, z in (("a", a), ("b", b))]
        return ends[0], ends[1], checks.choice("path", path, PATHS)

    def _turn(self, name: Any) -> AbstractContextManager[Any]:
        """Nothing to wait for, but before a slow model, which waits with the heavy work."""
        return self._heavy() if self.card(name)["slow"] else nullcontext()

    def _read(self, grey: wire.Grey) -> int | None:
        """The digit that the classifier takes a picture for; None where it sees none."""
        readings = self.reader.read(grey[None])
        return readings[0]["digit"] if readings else None

    def _labels(self, model: Any, label: int | None, count: int) -> Tensor | None:
        """What a model that takes labels is told of `count` digits; None for any other."""
        if label is None or not model.config.takes_labels:
            return None
        return torch.full((count,), label, device=self.device)

    def _shares(self, model: Any, labels: list[int | None], t: Any) -> Tensor | None:
        """What a model that takes labels is told at t between two; None for any other."""
        if not model.config.takes_labels:
            return None
        return explore.shares(labels[0], labels[1], t).to(self.device)

    def _timed(self, model: Any, u: Tensor, label: int | Tensor | None = None) -> dict[str, Any]:
        start = time.perf_counter()
        y = label if isinstance(label, Tensor) else self._labels(model, label, len(u))
        pixels = model.decode(model.from_sliders(u, y), y).mean.float().cpu().numpy()
        spent = _milliseconds(start)
        return {"pixels": wire.pack(wire.to_bytes(pixels)), "milliseconds": spent}

    def _tensor(self, values: Any) -> Tensor:
        return torch.tensor(values, dtype=torch.float32, device=self.device)

    def _picture(self, grey: Any) -> Tensor:
        return torch.from_numpy(grey.copy()).to(self.device).float().div(255.0)[None, None]


def _milliseconds(start: float) -> float:
    return round((time.perf_counter() - start) * 1e3, 3)
