"""A visitor's run in a process of its own: `python -m vae_core.app.service.trainings.child`.

It is given one order on its standard input, then commands, and answers with snapshots and at last
the model on its standard output (`frames`). It ends with whoever started it: nobody at the other
end of its input means nobody to train for. It writes no file; the system holds it to that, and to
its memory and processor time.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import traceback
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import torch
from numpy.typing import NDArray

from vae_core import runtime
from vae_core.app.service.trainings import frames, reports
from vae_core.app.service.trainings.frames import Frame
from vae_core.app.service.trainings.request import HELD_OUT
from vae_core.config import Config
from vae_core.data.digits import hold_out
from vae_core.data.shipped import shipped
from vae_core.files import JsonObject
from vae_core.training.live import Control, LiveRun, Observer
from vae_core.training.run import TrainingRun

NICE = 10
SPARE_SECONDS = 60
"""Of processor time, beside that of the run: imports, measuring, sending the model."""


def main() -> None:
    """Wait for an order, train, answer, end."""
    torch.set_num_threads(1)
    orders, answers = sys.stdin.buffer, _own_output()
    frames.write(answers, Frame("ready", {}))
    order = frames.read(orders)
    if order is None:
        return
    control = Control()
    threading.Thread(target=_listen, args=(orders, control), daemon=True).start()
    memory = cast(int, order.values["memory"])
    try:
        _limit(memory, cast(float, order.values["seconds"]))
        _train(order, control, answers)
    except Exception as error:
        if not isinstance(error, BrokenPipeError):
            frames.write(answers, Frame("failed", _failure(error, memory)))


def _own_output() -> BinaryIO:
    """The standard output for messages alone: what else is printed goes nowhere."""
    own = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return own


def _train(order: Frame, control: Control, answers: BinaryIO) -> None:
    values = order.values
    config = Config.from_dict(cast(JsonObject, values["config"]))
    rest, held = hold_out(shipped("train"), HELD_OUT)
    digits = rest.at(torch.arange(cast(int, values["digits"])))
    own = cast("NDArray[np.uint8] | None", order.arrays.get("own"))
    observer = Observer(held, own)
    run = TrainingRun(config, "cpu", cast(int, values["seed"]))
    live = LiveRun(run, digits, observer, control, cast(float, values["seconds"]))
    labels = frames.blob(bytes(runtime.whole_numbers(observer.shown.labels)))
    frames.write(answers, Frame("begun", {"total_steps": live.total_steps}, {"labels": labels}))
    for snapshot in live.snapshots():
        frames.write(answers, reports.pack(snapshot))
    frames.write(answers, reports.pack_model(live))


def _listen(orders: BinaryIO, control: Control) -> None:
    """Pass commands on; end the process when nobody can give any."""
    with contextlib.suppress(ValueError, OSError):
        while (command := frames.read(orders)) is not None:
            if command.kind == "pace":
                control.pace(cast(float, command.values["seconds"]))
            else:
                {
                    "pause": control.pause,
                    "step": control.step,
                    "go": control.go,
                    "stop": control.stop,
                }[command.kind]()
    os._exit(1)


def _limit(memory: int, seconds: float) -> None:
    """Hold the process to `memory` bytes beside what it has, to its time, and off the disk."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICE)
    with contextlib.suppress(OSError):  # of all processes, this one is to go where memory ends
        Path("/proc/self/oom_score_adj").write_text("1000")
    if sys.platform == "win32":
        return
    import resource

    limits = {resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0}
    used = resource.getrusage(resource.RUSAGE_SELF)
    limits[resource.RLIMIT_CPU] = int(used.ru_utime + used.ru_stime + seconds + SPARE_SECONDS)
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text().split()[5])
        limits[resource.RLIMIT_DATA] = pages * resource.getpagesize() + memory
    for kind, limit in limits.items():
        with contextlib.suppress(OSError, ValueError):  # a stricter one holds already
            resource.setrlimit(kind, (limit, limit))


def _failure(error: Exception, memory: int) -> JsonObject:
    """What a visitor should know of it, and what the server's log should."""
    text = str(error)
    trace = "".join(traceback.format_exception(error))[-4000:]
    if isinstance(error, MemoryError) or "can't allocate memory" in text:
        size = f"{memory / 2**20:,.0f} MB"
        return {"sentence": f"The run needs more than its {size} of memory.", "trace": ""}
    if isinstance(error, ValueError):
        return {"sentence": text[:1].upper() + text[1:], "trace": trace}
    return {"sentence": "The run failed, and nothing of it is kept.", "trace": trace}


if __name__ == "__main__":
    main()
