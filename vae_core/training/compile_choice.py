"""Whether a wholly compiled step pays for a run: decided by measurement, before its first step.

A compiler takes as long as a few thousand small steps, and what it made is kept in torch's cache
folder. So a short run on a fresh machine is over sooner without, and a long one with it. The choice
is saved with the run, since the two round differently: a resumed run stays the same bit for bit.
"""

from __future__ import annotations

import contextlib
import dataclasses
import getpass
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import torch

from vae_core import files
from vae_core.training.objectives import Batch
from vae_core.training.run_state import RunState

WARM_UP, TRIED = 4, 16
"""Plain steps that are taken before any is timed, and that are timed; the fastest counts."""


@dataclass(frozen=True)
class Gain:
    """What compiling costs and saves where it was never measured here.

    Attributes:
        cold: seconds to compile with an empty cache.
        warm: seconds to load what the cache keeps.
        share: seconds of a compiled step over those of a plain one.
    """

    cold: float
    warm: float
    share: float


WHOLE_STEP = Gain(cold=12.0, warm=3.0, share=0.6)
"""Measured for `vae-400` on two cores of a server: 11.7 and 2.5 s, and 0.9 of 1.5 ms."""


def pays(plain: float, steps: int, gain: Gain, known: bool) -> bool:
    """Whether `steps` compiled steps take less time than plain ones, the compiler's included.

    Args:
        plain: seconds of a plain step.
        steps: how many are to come.
        gain: what compiling costs and saves.
        known: whether the cache folder keeps this step from an earlier run.
    """
    return steps * plain * (1 - gain.share) > (gain.warm if known else gain.cold)


def plain_seconds(step: Callable[[Batch], object], batch: Batch) -> float:
    """Seconds that `step` takes with the batch, at its fastest: others may be using the machine."""
    times: list[float] = []
    for _ in range(WARM_UP + TRIED):
        start = time.perf_counter()
        step(batch)
        times.append(time.perf_counter() - start)
    return min(times[WARM_UP:])


def measured(run: RunState) -> Gain:
    """What compiling this run's step costs and saves: as an earlier run of it measured here."""
    try:
        kept = json.loads(files.read_text(_note(run)))
        return dataclasses.replace(WHOLE_STEP, warm=float(kept["seconds"]))
    except (OSError, ValueError, KeyError, TypeError):
        return WHOLE_STEP


def is_known(run: RunState) -> bool:
    """Whether the cache folder keeps what the compiler made of this run's step."""
    return _note(run).is_file()


@contextlib.contextmanager
def noted(run: RunState) -> Generator[None]:
    """Around the compiler's work: leaves a note of it beside what the cache keeps.

    The seconds are noted where the cache had it before: what a run to come will take.
    """
    before, start = is_known(run), time.perf_counter()
    yield
    seconds = time.perf_counter() - start
    with contextlib.suppress(OSError, ValueError):  # A folder that cannot be written only forgets.
        files.write_text(_note(run), json.dumps({"seconds": seconds} if before else {}))


def _note(run: RunState) -> Path:
    """The file beside torch's own, named by what the compiled code depends on."""
    length = dataclasses.replace(run.config.train, epochs=1)  # of no matter to one step
    settings = dataclasses.replace(run.config, name="any", title="", train=length)
    about = (torch.__version__, torch.get_num_threads(), settings)
    name = hashlib.sha256(repr(about).encode()).hexdigest()[:16]
    return _cache_folder() / "vae_core" / f"{name}.json"


def _cache_folder() -> Path:
    """Where torch keeps compiled code; importing its own answer takes as long as an epoch."""
    if given := os.environ.get("TORCHINDUCTOR_CACHE_DIR"):
        return Path(given)
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = "nobody"
    return Path(tempfile.gettempdir()) / f"torchinductor_{user}"
