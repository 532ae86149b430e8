"""The server's end of a run's process."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import BinaryIO, cast

from vae_core.app.service.trainings import frames
from vae_core.app.service.trainings.frames import Frame
from vae_core.files import PACKAGE

CHILD = "vae_core.app.service.trainings.child"
OWN = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "PYTHONDONTWRITEBYTECODE": "1",
}
"""One thread and no GPU: those are for whoever drags a slider."""

COMPILED = "TORCHINDUCTOR_CACHE_DIR"
"""Where torch would keep what it compiles; it makes the folder even where it compiles nothing."""


class RunProcess:
    """A process that trains for one visitor; it ends when it has, or is killed.

    Attributes:
        ready: when it had loaded its libraries, by `time.monotonic`; None before.
        gone: whether it has ended.
    """

    def __init__(self) -> None:
        self._heard: Callable[[Frame], None] | None = None
        self._ended: Callable[[int], None] | None = None
        self.ready: float | None = None
        self.gone = False
        paths = [str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
        own = {**OWN, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **own, COMPILED: tempfile.gettempdir()},
        )
        self._writing = threading.Lock()
        self._orders = cast(BinaryIO, self._process.stdin)
        self._answers = cast(BinaryIO, self._process.stdout)
        threading.Thread(target=self._follow, name="run", daemon=True).start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def take(
        self, order: Frame, heard: Callable[[Frame], None], ended: Callable[[int], None]
    ) -> None:
        """Give it its order.

        Args:
            order: what to train.
            heard: called with each message, in a thread of its own.
            ended: called there once, with the exit status, when the process is gone.
        """
        with self._writing:
            self._heard, self._ended = heard, ended
            gone = self.gone
        if gone:
            ended(-1)
        else:
            self.send(order)

    def send(self, frame: Frame) -> None:
        """Give an order or a command; nobody listens once it ended.

        An order is as short as the pipe's buffer, so that this does not wait.
        """
        with self._writing, contextlib.suppress(OSError, ValueError):
            frames.write(self._orders, frame)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def _follow(self) -> None:
        """Hear the process out, then bury it."""
        try:
            while (frame := frames.read(self._answers)) is not None:
                if frame.kind == "ready":
                    self.ready = time.monotonic()
                elif self._heard is not None:
                    self._heard(frame)
        except (ValueError, KeyError, TypeError, OSError):
            pass  # a message that is none: what sent it is killed as if it had crashed
        finally:
            self._process.kill()
            status = self._process.wait()
            self._answers.close()
            with self._writing:
                self.gone, ended = True, self._ended
                with contextlib.suppress(OSError):
                    self._orders.close()
            if ended is not None:
                ended(status)
