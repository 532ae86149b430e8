"""A recipe from its start to its checkpoint: it can be killed at any time and resumed."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import sys
import threading
import time
from pathlib import Path
from typing import NoReturn, NotRequired, TypedDict, cast

import torch
from tqdm import tqdm

from vae_core import checkpoint, files, runtime
from vae_core.checkpoint import held_out
from vae_core.config import Config
from vae_core.data.digits import Digits
from vae_core.data.loading import Pictures
from vae_core.evaluation.elbo import elbo
from vae_core.explore.posterior_means import posterior_means
from vae_core.models import Model
from vae_core.probability.protocols import can_fit
from vae_core.training import cuda_graph, distributed, lock, run_data
from vae_core.training.run import Progress, TrainingRun, fit
from vae_core.training.signals import stopping
from vae_core.training.snapshots import Snapshots

HISTORY, STATE = "history.jsonl", run_data.STATE
EVERY = 50
"""Steps between two records where a step takes long enough to be waited for."""
FIRST_SAVE_SECONDS, SAVE_EVERY_SECONDS = 5, 60
"""Soon after the start there is something to resume; then a save a minute costs nothing."""


@dataclasses.dataclass(frozen=True)
class Request:
    """What `train` was asked for; see there."""

    config: Config
    pictures: Pictures
    out: Path
    seed: int
    resume: bool
    init_from: str | Path | None
    hold_out: int | None


class Trained(TypedDict):
    """The last progress record of a run (see `run.Progress`), and how it ended.

    `finished` is false when a signal stopped the run, which `resume` then continues.
    """

    recipe: str
    seconds: float
    finished: bool
    out: str
    epoch: NotRequired[int]
    step: NotRequired[int]
    total_steps: NotRequired[int]
    distortion: NotRequired[float]
    rate: NotRequired[float]
    loss: NotRequired[float]
    beta: NotRequired[float]
    learning_rate: NotRequired[float]
    epoch_done: NotRequired[bool]


def train(
    recipe: str | Config,
    *,
    data: str | Path | None = None,
    out: str | Path | None = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    device: str | None = None,
    seed: int = 0,
    resume: bool = False,
    init_from: str | Path | None = None,
    hold_out: int | None = None,
    download: bool = False,
    dataset: str | None = None,
    polarity: str = "auto",
) -> Trained:
    """Train a recipe into a checkpoint folder; what is saved can be resumed after any end.

    Args:
        recipe: its name, or a config of your own.
        data, dataset, polarity, download: the pictures, see `data.load`; the recipe's set when
            `dataset` is None.
        out: the checkpoint folder; `checkpoints/` and the config's name when None.
        epochs, batch_size: instead of the recipe's.
        device: "cpu", "cuda", "cuda:N" or "mps"; the best there is when None.
        seed: fixes the first weights, the order of the digits and every draw.
        resume: go on, bit for bit, from the state in `out`.
        init_from: a checkpoint whose weights a new run starts with.
        hold_out: how many training digits to keep out and to follow instead of the test digits.

    Raises:
        ValueError: an argument, the data or the checkpoint to start from cannot be used.
    """
    config = run_data.config(recipe, epochs, batch_size, dataset, data)
    folder = Path(out or checkpoint.shipped_root() / config.name)
    pictures = Pictures(config.dataset, data, polarity, download)
    asked = Request(config, pictures, folder, seed, resume, init_from, hold_out)
    return _train(asked, runtime.choose_device(device))


def _train(asked: Request, device: torch.device) -> Trained:
    chosen = distributed.start(device)
    try:
        # One process writes, so one holds the lock; the state is read under it too.
        with lock.held(asked.out) if distributed.rank() == 0 else contextlib.nullcontext():
            where = asked.pictures, asked.out, asked.hold_out
            digits, followed = run_data.splits(asked.config, *where, resume=asked.resume)
            run, history = _new_run(asked, chosen)
            done = _Session(run, digits, followed, asked.out, asked.hold_out, history).go()
            if distributed.rank() == 0 and (asked.out / checkpoint.WEIGHTS).is_file():
                run_data.write_examples(asked.out, asked.pictures)
            return done
    finally:
        distributed.stop()


def _new_run(asked: Request, device: torch.device) -> tuple[TrainingRun, str]:
    """The run, and the lines of its history so far."""
    run, out = TrainingRun(asked.config, device, asked.seed), asked.out
    if asked.resume:
        if not (out / STATE).is_file():
            raise ValueError(f"there is nothing to resume in {out}; leave --resume out to start.")
        history = run.resume(out / STATE)
        return run, history or _lines_until(out / HISTORY, run.epoch)
    if start := asked.init_from or asked.config.train.starts_from:
        run.start_from(checkpoint.load(start))
    return run, ""


def _lines_until(path: Path, epoch: int) -> str:
    """The history of a run whose state, of an earlier version, does not hold it.

    Raises:
        ValueError: the file is damaged.
    """
    if not path.exists():
        return ""
    try:
        lines = files.read_text(path).splitlines()
        return "".join(f"{line}\n" for line in lines if json.loads(line)["epoch"] <= epoch)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"{path} is damaged; remove it, or train without --resume.") from error


class _Session:
    """One process's part of a run: its progress bar, its signals, its saves."""

    def __init__(
        self,
        run: TrainingRun,
        digits: Digits,
        followed: Digits,
        out: Path,
        held: int | None = None,
        history: str = "",
    ) -> None:
        self.run, self.digits, self.followed, self.out, self.held = run, digits, followed, out, held
        self.stopped = threading.Event()
        self.next_save = time.monotonic() + FIRST_SAVE_SECONDS
        self.history = history
        self.snapshots = Snapshots(followed, out, run.epoch, run.seed)

    def go(self) -> Trained:
        last: Progress | None = None
        stopped = False
        with stopping(self.stopped), self._bar() as bar:
            for last in fit(self.run, self.digits, every=self._every()):
                self._check(last)
                bar.update(last.step - bar.n)
                bar.set_postfix_str(f"loss {last.loss:.2f} nats", refresh=False)
                self._after(last)
                # Asked of all ranks at the same step: one that left would let the others wait.
                if stopped := distributed.any_rank(self.stopped.is_set()):
                    break
            finished = not stopped or (last is not None and last.step >= last.total_steps)
            self._save(finished)
        end = {
            "recipe": self.run.config.name,
            "seconds": round(self.run.seconds, 2),
            "finished": finished,
            "out": str(self.out),
        }
        return cast(Trained, {**(dataclasses.asdict(last) if last else {}), **end})

    def _check(self, record: Progress) -> None:
        """Ends a run whose weights are lost, before they replace what was saved."""
        if not math.isfinite(record.loss):
            raise ValueError(
                f"the loss is no longer finite at step {record.step}; what was saved is kept. "
                "Train with a smaller learning rate, or with clip_norm."
            )

    def _bar(self) -> tqdm[NoReturn]:
        size = min(self.run.config.train.batch_size, len(self.digits))
        total = self.run.config.train.epochs * (len(self.digits) // size)
        return tqdm(
            desc=self._threads(),
            total=total,
            initial=self.run.step,
            unit="step",
            file=sys.stderr,
            disable=distributed.rank() > 0,
        )

    def _every(self) -> int | None:
        """Steps between two records: on a GPU an epoch, within which nothing waits for numbers."""
        return None if cuda_graph.is_supported(self.run) else EVERY

    def _threads(self) -> str | None:
        """What a person should know of a run on a CPU: what it computes on."""
        count = torch.get_num_threads()
        threads = f"{count} thread{'s' if count > 1 else ''}"
        return threads if self.run.device.type == "cpu" else None

    def _after(self, record: Progress) -> None:
        if record.epoch_done and distributed.rank() == 0:
            self._remember(record)
        if time.monotonic() > self.next_save:
            self._save(finished=False)

    def _save(self, finished: bool) -> None:
        """The state to resume from; the model too, which is of use before the run is over."""
        self.next_save = time.monotonic() + SAVE_EVERY_SECONDS
        if distributed.rank() > 0:
            return
        self.run.save(self.out / STATE, self.history, self.held)
        if finished or self.run.epoch > 0:
            checkpoint.save(self._result(), self.out)
            # Only now: until here an earlier run's weights lay beside what is said of them.
            held_out.write(self.out, self.held)
            files.write_text(self.out / HISTORY, self.history)
            self.snapshots.write(self.out)

    def _result(self) -> Model:
        """The model as it ships; the codes of a deterministic one tell where its sliders stand."""
        model = self.run.result()
        if can_fit(model.prior):
            model.prior.fit(
                posterior_means(model, self.digits, self.run.device).to(self.run.device)
            )
        return model

    def _remember(self, record: Progress) -> None:
        """An epoch's line, training means and the followed digits' terms; and its pictures."""
        model, device = self.run.result(), self.run.device
        self.snapshots.add(model, device, record.epoch)
        measured = elbo(model, self.followed, device=device, with_mse=False)
        whose = "test" if self.held is None else "held_out"
        line = dataclasses.asdict(record) | {
            f"{whose}_distortion": measured.distortion,
            f"{whose}_rate": measured.rate,
        }
        self.history += json.dumps(line) + "\n"
