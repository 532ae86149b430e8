"""What each change of a recipe is worth: one at a time, on held-out training digits.

Every run has the same digits, seeds and number of epochs; each figure is the NLL (IS = 500) of
1,000 training digits drawn at random and kept out of training. A measurement that was stopped goes
on where it was, and several workers may share one.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import torch
from torch import Tensor
from tqdm import tqdm

from vae_core.config import BetaConfig, Config
from vae_core.data.digits import Digits
from vae_core.evaluation.importance import log_evidence
from vae_core.models import VAE
from vae_core.training import lock, sweep
from vae_core.training.run import TrainingRun, fit

SAMPLES = 500
BASE = "base"

Change = Callable[[Config], Config]


def _train(**changes: object) -> Change:
    return lambda base: dataclasses.replace(base, train=dataclasses.replace(base.train, **changes))


def _model(**changes: object) -> Change:
    return lambda base: dataclasses.replace(base, **changes)


def _deeper(base: Config) -> Config:
    return _model(net=dataclasses.replace(base.net, blocks=base.net.blocks + 1))(base)


def _wider(base: Config) -> Config:
    """Twice the channels, in both nets."""
    net = base.net
    wide = {"hidden_dims": tuple(2 * d for d in net.hidden_dims)}
    if net.decoder_dims is not None:
        wide["decoder_dims"] = tuple(2 * d for d in net.decoder_dims)
    return _model(net=dataclasses.replace(net, **wide))(base)


def _importance_weighted(base: Config) -> Config:
    """IWAE with k = 5 and DReG gradients; its bound has no weight on the rate to warm up."""
    return _model(objective="iwae", samples=5)(_train(beta=BetaConfig(final=1.0))(base))


CHANGES: dict[str, Change] = {
    BASE: lambda base: base,
    "deeper": _deeper,
    "wider": _wider,
    "grey pixels, not drawn": _train(binarisation="none"),
    "constant learning rate": _train(decay="none"),
    "no averaged weights": _train(ema=0.0),
    "no warm-up of beta": _train(beta=BetaConfig(final=1.0)),
    "iwae-5 with DReG": _importance_weighted,
    "flow prior": _model(prior="flow"),
}
"""Each by its name: from the base config to the changed one."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """One change measured; `nll` in nats, (seeds, validation digits)."""

    name: str
    nll: Tensor
    parameters: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bench:
    """What every run of a table shares.

    Attributes:
        base: what is changed; its epochs are every run's budget.
        train: digits to train on.
        validation: digits to measure on, none of them in `train`.
        out: holds one folder a run; a folder of other settings is refused, not overwritten.
        seeds: of the weights, of every draw, and of the estimate.
        device: where to compute.
        samples: importance samples of the NLL.
    """

    base: Config
    train: Digits
    validation: Digits
    out: Path
    seeds: tuple[int, ...] = (0,)
    device: torch.device | str = "cpu"
    samples: int = SAMPLES

    def folder(self, name: str, seed: int) -> Path:
        """Where the run of a change with a seed is kept."""
        plain = name.replace(" ", "-").replace(",", "")
        return self.out / (plain if len(self.seeds) == 1 else f"{plain}-{seed}")

    def run(self, name: str, seed: int) -> tuple[Tensor, int]:
        """NLL of each validation digit (n,), and the number of parameters; goes on where it was.

        Raises:
            Held: another process is at it.
            ValueError: the folder holds a run with other settings.
        """
        folder, samples = self.folder(name, seed), self.samples
        partial = folder / f"nll-{samples}-{len(self.validation)}.safetensors"
        config = CHANGES[name](self.base)
        with lock.held(folder):
            run = _trained(config, self.train, folder, torch.device(self.device), seed)
            model = cast(VAE, run.result())
            *_, values = log_evidence(model, self.validation, samples, seed=seed, partial=partial)
        return -values, sum(p.numel() for p in model.parameters())


def measure(bench: Bench, names: list[str] | None = None) -> Iterator[Row]:
    """Trains and measures each change with each seed, resuming what is there.

    Args:
        bench: what the runs share.
        names: which changes; all when None.

    Raises:
        Held: another process is at one of the runs.
        ValueError: a name is unknown, or a folder holds a run with other settings.
    """
    for name in checked(names):
        found = [bench.run(name, seed) for seed in bench.seeds]
        yield Row(name=name, nll=torch.stack([nll for nll, _ in found]), parameters=found[0][1])


def measure_shared(bench: Bench, storage: str, names: list[str] | None = None) -> None:
    """This worker's part of the runs, which others with the same storage and folder share.

    `measure` then makes the table, and does what a worker that was killed has left undone.

    Args:
        bench: what the runs share; `out` is a folder that all workers reach.
        storage: see `sweep.share`.
        names: which changes; all when None.
    """
    title = f"{bench.base.name}, {bench.base.train.epochs} epochs"

    def work(name: str, seed: int) -> float:
        return float(bench.run(name, seed)[0].mean())

    sweep.share(title, storage, checked(names), bench.seeds, work)


def checked(names: list[str] | None) -> list[str]:
    """The changes asked for, all when None; ValueError where one is unknown."""
    for name in names or []:
        if name not in CHANGES:
            raise ValueError(f"there is no change {name!r}; there are: {', '.join(CHANGES)}.")
    return names or list(CHANGES)


def _trained(
    config: Config, train: Digits, folder: Path, device: torch.device, seed: int
) -> TrainingRun:
    run, state = TrainingRun(config, device, seed), folder / "run.safetensors"
    if state.is_file():
        run.resume(state)
        if run.seed != seed:
            raise ValueError(f"{state} was made with the seed {run.seed}, not {seed}.")
    saved = time.monotonic()
    for record in tqdm(fit(run, train), desc=folder.name, unit="record", leave=False):
        if record.epoch_done or time.monotonic() - saved > 60:
            run.save(state)
            saved = time.monotonic()
    return run


def squeezed(base: Config, epochs: int) -> Config:
    """`base` over `epochs`, its warm-ups and the span of its averaged weights in proportion.

    Left as they are, a warm-up longer than a short run would be all that the run sees.
    """
    train, share = base.train, epochs / base.train.epochs
    return _train(
        epochs=epochs,
        learning_rate_warmup=round(share * train.learning_rate_warmup),
        beta=dataclasses.replace(train.beta, warmup_steps=round(share * train.beta.warmup_steps)),
        ema=train.ema and max(0.0, 1 - (1 - train.ema) / share),
    )(base)


def report(recipe: Config, epochs: int, seeds: tuple[int, ...], rows: list[Row]) -> str:
    """Markdown: how the rows were made, and the table of them."""
    words = " ".join(map(str, seeds))
    command = f"python -m vae_core ablation {recipe.name} --epochs {epochs} --seeds {words}"
    digits = rows[0].nll.shape[1]
    over = "the digits" if len(seeds) == 1 else f"the {len(seeds)} seeds"
    about = (
        f"One setting changed at a time, {epochs} epoch{'s' * (epochs > 1)} each without "
        f"{digits:,} training digits drawn at random; NLL of those digits at {SAMPLES} importance "
        f"samples, with standard errors over {over} (`{command}`)."
    )
    if epochs < recipe.train.epochs:
        about += " All schedules are squeezed into so short a run, which favours what learns fast."
    return f"{about}\n\n{table(rows)}\n"


def table(rows: list[Row]) -> str:
    """Markdown: NLL, what the change gains against the base digit by digit, and the size."""
    base = next((row.nll for row in rows if row.name == BASE), None)
    heads = ("change", "NLL, nats", "against the base", "parameters")
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for row in rows:
        gain = "" if base is None or row.name == BASE else _with_error(row.nll - base, "+")
        lines.append(f"| {row.name} | {_with_error(row.nll)} | {gain} | {row.parameters:,} |")
    return "\n".join(lines)


def _with_error(values: Tensor, sign: str = "") -> str:
    """Mean of (seeds, digits) and its standard error: over the seeds, or with one the digits."""
    varied = values.mean(1) if len(values) > 1 else values[0]
    return f"{float(values.mean()):{sign}.2f} +- {float(varied.std()) / len(varied) ** 0.5:.2f}"
