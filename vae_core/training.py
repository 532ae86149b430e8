"""Training as a generator of progress records, over a run that can be saved at any step."""

from __future__ import annotations

import copy
import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from vae_core import distributed, runtime, schedules
from vae_core.checkpoint import read_tensors, safetensors_metadata, write_tensors
from vae_core.config import Config
from vae_core.data import Digits, batches, binarise
from vae_core.models import VAE
from vae_core.objectives import elbo_terms

BatchTerms = Callable[[VAE, Tensor, Tensor], tuple[Tensor, Tensor]]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What happened since the last record; means over its images, in nats an image."""

    epoch: int
    step: int
    total_steps: int
    distortion: float
    rate: float
    beta: float
    learning_rate: float
    seconds: float
    epoch_done: bool


class TrainingRun:
    """Everything that a run changes as it goes: weights, optimiser, average, place, noise.

    Args:
        config: what to train and how.
        device: where.
        seed: fixes the weights at the start, the order of the digits and every draw.
    """

    def __init__(self, config: Config, device: torch.device | str = "cpu", seed: int = 0) -> None:
        self.config = config
        self.device = torch.device(device)
        self.seed = seed
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = VAE(config).to(self.device)
        rate = torch.tensor(config.train.learning_rate, device=self.device)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=rate, fused=True)
        self.average = self._new_average()
        self.epoch = 0
        self.batch = 0
        self.step = 0
        self.seconds = 0.0
        self.noise = runtime.generator(self.device, seed, distributed.rank(), 1)

    def _new_average(self) -> AveragedModel | None:
        if not self.config.train.ema:
            return None
        return AveragedModel(self.model, multi_avg_fn=get_ema_multi_avg_fn(self.config.train.ema))

    def start_from(self, model: VAE) -> None:
        """Takes the weights of `model` and begins a new run with them.

        Raises:
            ValueError: its nets are not those of this run.
        """
        mine, theirs = self.config, model.config
        if (mine.net, mine.latent_dim) != (theirs.net, theirs.latent_dim):
            raise ValueError(
                f"--init-from holds {theirs.name!r}, whose nets do not fit {mine.name!r}."
            )
        self.model.load_state_dict(model.state_dict())
        self.average = self._new_average()

    def result(self) -> VAE:
        """A copy of the model as it would ship now: the averaged weights where there are any."""
        source = self.model if self.average is None else cast(VAE, self.average.module)
        return copy.deepcopy(source).eval().requires_grad_(False)

    def save(self, path: Path) -> None:
        """All that `resume` needs, in one safetensors file, written atomically."""
        place = {k: getattr(self, k) for k in ("epoch", "batch", "step", "seconds", "seed")}
        about = {"config": json.dumps(self.config.to_dict()), "place": json.dumps(place)}
        write_tensors(path, self._tensors(), about)

    def resume(self, path: Path) -> None:
        """Goes back to where `save` was called; from there on bit for bit the same run.

        Raises:
            ValueError: the file is damaged, or belongs to another configuration.
        """
        about = safetensors_metadata(path)
        saved = Config.from_dict(json.loads(about.get("config", "null")))
        # The length may change: the schedules are stretched over what is asked for now.
        length = dataclasses.replace(saved.train, epochs=self.config.train.epochs)
        if dataclasses.replace(saved, train=length) != self.config:
            raise ValueError(
                f"{path} was made with other settings; resume with those, or leave it."
            )
        tensors = read_tensors(path)
        self.model.load_state_dict(_strip(tensors, "model."))
        if self.average is not None:
            self.average.load_state_dict(_strip(tensors, "average."))
        self._load_optimizer(tensors)
        for key, value in json.loads(about["place"]).items():
            setattr(self, key, value)
        self.noise.set_state(tensors["noise"])

    def _tensors(self) -> dict[str, Tensor]:
        tensors = {f"model.{k}": v for k, v in self.model.state_dict().items()}
        if self.average is not None:
            tensors |= {f"average.{k}": v for k, v in self.average.state_dict().items()}
        for i, state in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{i}.{k}": v for k, v in state.items()}
        return tensors | {"noise": self.noise.get_state()}

    def _load_optimizer(self, tensors: dict[str, Tensor]) -> None:
        saved = self.optimizer.state_dict()
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in _strip(tensors, "optimizer.").items():
            index, name = key.split(".")
            state.setdefault(int(index), {})[name] = value
        self.optimizer.load_state_dict({**saved, "state": state})


def fit(
    run: TrainingRun, digits: Digits, *, epochs: int | None = None, every: int = 50
) -> Iterator[Progress]:
    """Trains `run` from where it stands, yielding a record each `every` steps and epoch's end.

    Between two records the run is whole: it can be saved, measured or dropped.

    Args:
        run: the run, changed in place.
        digits: the training split; it is held on the run's device.
        epochs: the run's length; the schedules are stretched over it.
        every: steps between two records.
    """
    train = run.config.train
    digits = digits.to(run.device)
    size = min(train.batch_size, len(digits))
    per_epoch = len(digits) // size
    total_steps = per_epoch * (epochs or train.epochs)
    terms = _compiled() if train.compile else _batch_terms
    while run.step < total_steps:
        # The order depends on the seed and the epoch alone, so a resumed epoch finds its place.
        order = runtime.generator(run.device, run.seed, run.epoch, 2)
        meter = _Meter(run, total_steps)
        for index, chosen in enumerate(batches(len(digits), size, order)):
            if index < run.batch:
                continue
            meter.add(*_update(run, terms, digits.floats(distributed.share(chosen)), total_steps))
            run.batch += 1
            run.step += 1
            if run.batch == per_epoch:
                run.epoch, run.batch = run.epoch + 1, 0
            if run.batch % every == 0:
                yield meter.record()


def _update(
    run: TrainingRun, terms: BatchTerms, x: Tensor, total_steps: int
) -> tuple[Tensor, Tensor]:
    """One step of the optimiser; the batch's mean distortion and rate."""
    train = run.config.train
    if train.binarisation == "dynamic":
        x = binarise(x, run.noise)
    shape = (len(x), run.config.latent_dim)
    eps = torch.randn(shape, generator=run.noise, device=run.device)
    with runtime.autocast(run.device, train.precision):
        distortion, rate = terms(run.model, x, eps)
    run.optimizer.param_groups[0]["lr"].fill_(schedules.learning_rate(train, run.step, total_steps))
    run.optimizer.zero_grad(set_to_none=True)
    (distortion + schedules.beta(train.beta, run.step) * rate).backward()
    distributed.average_gradients(run.model)
    if train.clip_norm is not None:
        torch.nn.utils.clip_grad_norm_(run.model.parameters(), train.clip_norm)
    run.optimizer.step()
    if run.average is not None:
        run.average.update_parameters(run.model)
    return distortion.detach(), rate.detach()


def _batch_terms(model: VAE, x: Tensor, eps: Tensor) -> tuple[Tensor, Tensor]:
    terms = elbo_terms(model, x, eps)
    return terms.distortion.mean(), terms.rate.mean()


def _compiled() -> BatchTerms:
    """The same arithmetic fused by torch.compile, or plain where there is no compiler."""
    return runtime.compile_if_possible(_batch_terms)


class _Meter:
    """Means since the last record, kept on the device so that no step waits for them."""

    def __init__(self, run: TrainingRun, total_steps: int) -> None:
        self.run, self.total_steps = run, total_steps
        self._reset()

    def _reset(self) -> None:
        self.sums = torch.zeros(2, device=self.run.device)
        self.count = 0
        self.since = time.perf_counter()

    def add(self, distortion: Tensor, rate: Tensor) -> None:
        self.sums += torch.stack((distortion, rate))
        self.count += 1

    def record(self) -> Progress:
        run = self.run
        distortion, rate = (self.sums / self.count).tolist()
        run.seconds += time.perf_counter() - self.since
        self._reset()
        return Progress(
            epoch=run.epoch,
            step=run.step,
            total_steps=self.total_steps,
            distortion=distortion,
            rate=rate,
            beta=schedules.beta(run.config.train.beta, run.step),
            learning_rate=float(run.optimizer.param_groups[0]["lr"]),
            seconds=run.seconds,
            epoch_done=run.batch == 0,
        )


def _strip(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
