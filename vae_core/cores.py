"""Processor cores and memory: how many cores there are for this process, how its threads wait.

OpenMP's threads spin while they wait for each other. On idle cores that makes a training step of
`vae-400` twice as fast; beside one busy process each thread burns the core that the other needs,
and a step takes four times as long. So the command line lets them sleep, but for `train`, which
finds out which is the better while it runs (`training.waiting`). Their number does not depend on
what else runs, since the order of sums does on it, and a resumed run goes on bit for bit.

Nothing here imports torch: OpenMP reads the variables as torch loads it.
"""

from __future__ import annotations

import ctypes
import math
import os
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path

WAITING = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")
NUMBER = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
QUOTA = Path("/sys/fs/cgroup/cpu.max")


SPINS = "5000"
"""About 50 microseconds: longer than the gap between two operations of a step."""


def prepare(env: MutableMapping[str, str], verb: str | None = None) -> None:
    """Sets how threads wait, and how many there are where a quota grants fewer cores than exist.

    What the user chose stays. It must be called before torch is imported.

    Args:
        env: the process's variables.
        verb: what the command line is asked for.
    """
    if not any(name in env for name in WAITING):
        env["OMP_WAIT_POLICY"] = "PASSIVE"
        if verb == "train":
            env["GOMP_SPINCOUNT"] = SPINS
    if not any(name in env for name in NUMBER) and available() < _visible():
        env["OMP_NUM_THREADS"] = str(available())


def may_spin(env: Mapping[str, str]) -> bool:
    """Whether threads spin for a while, unless there are more of them than processors."""
    return env.get("OMP_WAIT_POLICY") == "PASSIVE" and env.get("GOMP_SPINCOUNT") == SPINS


def available() -> int:
    """The cores that this process may use: by its affinity, and by its container's quota."""
    return max(1, min(_visible(), _quota(QUOTA)))


def _visible() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quota(path: Path) -> int:
    """Cores whose time the control group grants, begun ones counted; many without a limit."""
    try:
        granted, period = path.read_text().split()
        return sys.maxsize if granted == "max" else math.ceil(int(granted) / int(period))
    except (OSError, ValueError, ZeroDivisionError):
        return sys.maxsize


M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Settings of GNU's allocator, by their numbers in its malloc.h."""
BLOCK, KEPT = 32 << 20, 1 << 30
"""Bytes: blocks up to the one are kept when freed, up to the other in all."""


def keep_freed_memory() -> None:
    """Has the process keep what it frees, so that the next training step finds it.

    Otherwise each step of `vae-400` is given its gradients' megabytes anew, in 480 pages that the
    system clears one by one: a quarter of the step. Without effect where the allocator is another.
    """
    allocator = ctypes.CDLL(None) if sys.platform == "linux" else None
    if (adjust := getattr(allocator, "mallopt", None)) is not None:
        adjust(M_MMAP_THRESHOLD, BLOCK)
        adjust(M_TRIM_THRESHOLD, KEPT)
