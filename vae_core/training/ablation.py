"""What each change of a recipe is worth: one at a time, on held-out training digits.

Every run has the same digits, seed and number of epochs; each figure is the NLL (IS = 500) of
1,000 training digits drawn at random and kept out of training. A measurement that was stopped goes
on where it was.
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
    """One change measured; `nll` in nats for each validation digit (n,)."""

    name: str
    nll: Tensor
    parameters: int


def measure(
    base: Config,
    train: Digits,
    validation: Digits,
    out: Path,
    *,
    names: list[str] | None = None,
    device: torch.device | str = "cpu",
    seed: int = 0,
    samples: int = SAMPLES,
) -> Iterator[Row]:
    """Trains and measures each change in a folder of its own under `out`, resuming what is there.

    Args:
        base: what is changed; its epochs are every run's budget.
        train: digits to train on.
        validation: digits to measure on, none of them in `train`.
        out: one folder a change; a folder of other settings is refused, not overwritten.
        names: which changes; all when None.
        device: where to compute.
        seed: of the weights, of every draw, and of the estimate.
        samples: importance samples of the NLL.

    Raises:
        ValueError: a name is unknown, or a folder holds a run with other settings.
    """
    for name in names or list(CHANGES):
        if name not in CHANGES:
            raise ValueError(f"there is no change {name!r}; there are: {', '.join(CHANGES)}.")
        folder = out / name.replace(" ", "-").replace(",", "")
        run = _trained(CHANGES[name](base), train, folder, torch.device(device), seed)
        model = cast(VAE, run.result())
        partial = folder / f"nll-{samples}-{len(validation)}.safetensors"
        *_, values = log_evidence(model, validation, samples, seed=seed, partial=partial)
        parameters = sum(p.numel() for p in model.parameters())
        yield Row(name=name, nll=-values, parameters=parameters)


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


def report(recipe: Config, epochs: int, seed: int, rows: list[Row]) -> str:
    """Markdown: how the rows were made, and the table of them."""
    command = f"python -m vae_core ablation {recipe.name} --epochs {epochs} --seed {seed}"
    digits = len(rows[0].nll)
    about = (
        f"One setting changed at a time, {epochs} epoch{'s' * (epochs > 1)} each without "
        f"{digits:,} training digits drawn at random; NLL of those digits at {SAMPLES} importance "
        f"samples, with standard errors over the digits (`{command}`)."
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
    """Mean and its standard error over the digits."""
    return f"{float(values.mean()):{sign}.2f} +- {float(values.std()) / len(values) ** 0.5:.2f}"
