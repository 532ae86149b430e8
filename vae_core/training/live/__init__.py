"""Training that somebody watches: it can be paused, taken step by step, and looked at."""

from vae_core.training.live.control import Control
from vae_core.training.live.observer import Observer, Snapshot
from vae_core.training.live.run import Ending, LiveRun

__all__ = ["Control", "Ending", "LiveRun", "Observer", "Snapshot"]
