"""The results table of the README, written from the metrics of the checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from vae_core import checkpoint, files, recipes
from vae_core.checkpoint.metrics import Metrics
from vae_core.config import Config
from vae_core.data.sets import SETS, known

BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"


@dataclass(frozen=True)
class Row:
    """A model that has figures."""

    config: Config
    metrics: Metrics


def write_table(readme: Path, root: Path) -> None:
    """Replaces what stands between the two marks of `readme` by the tables of `root`.

    Raises:
        ValueError: the file is missing, lacks the marks or cannot be written.
    """
    text = readme.read_text("utf-8") if readme.is_file() else ""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{readme} has no marks {BEGIN} and {END} to write between.")
    body = f"\n\n{tables(root)}\n\n"
    files.write_text(readme, before + begin + body + end + after)


def tables(root: Path) -> str:
    """Markdown: the variational models, then the deterministic ones, in the recipes' order.

    A model that was not measured since it was trained again has no row.
    """
    order = list(recipes.RECIPES)
    folders = [root / name for name in order if (root / name / checkpoint.METRICS).is_file()]
    rows = [
        Row(Config.from_dict(about["config"]), about["metrics"])
        for about in map(checkpoint.inspect, folders)
        if about["metrics"]
    ]
    return "\n\n".join(
        part for name in dict.fromkeys(("mnist", *SETS)) for part in _of_set(name, rows)
    )


def _of_set(name: str, rows: list[Row]) -> list[str]:
    """The tables of one set; those of MNIST, which come first, need no heading."""
    mine = [row for row in rows if row.config.dataset == name]
    variational = [row for row in mine if row.config.is_variational]
    deterministic = [row for row in mine if not row.config.is_variational]
    if name == "mnist":
        return [_markdown(VARIATIONAL, variational), _markdown(DETERMINISTIC, deterministic)]
    parts = [_markdown(VARIATIONAL, variational)] if variational else []
    parts += [_markdown(DETERMINISTIC, deterministic)] if deterministic else []
    return [f"{known(name).title}:", *parts] if parts else []


def _markdown(columns: Mapping[str, Callable[[Row], str]], rows: list[Row]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(cell(row) for cell in columns.values()) + " |" for row in rows]
    return "\n".join(lines)


def _name(row: Row) -> str:
    return f"`{row.config.name}`"


def _latents(row: Row) -> str:
    return f"{row.config.latent_dim} ({row.metrics['active_units']})"


def _pixels(row: Row) -> str:
    kind = "grey" if row.metrics["binarisation"] == "none" else "binary"
    likelihood = row.config.likelihood
    return kind if likelihood == "bernoulli" else f"{kind}, {likelihood}"


def _elbo(row: Row) -> str:
    elbo, rate = row.metrics["elbo"], row.metrics["rate"]
    if elbo is None or rate is None:
        return ""
    total = f"{-elbo:.2f}{_label_given(row.config)}"
    return f"{row.metrics['distortion']:.2f} + {rate:.2f} = {total}"


def _label_given(config: Config) -> str:
    """Marks a bound on log p(x|y), which compares with none on log p(x)."""
    return ", given the label" if config.conditional else ""


def _gap(row: Row) -> str:
    """The floor and the ceiling; see `prior_gap`."""
    least, most = row.metrics.get("prior_gap"), row.metrics.get("prior_gap_at_most")
    return "" if least is None or most is None else f"≥ {least:.2f}, ≤ {most:.1f}"


def _nll(row: Row) -> str:
    metrics, nll = row.metrics, row.metrics["nll"]
    if nll is not None:
        count = f"{metrics['importance_samples']} samples"
        images = metrics.get("nll_images", metrics["n_images"])
        digits = "" if images == 10_000 else f", {images} digits"
        error = metrics.get("nll_sem_digits")
        spread = "" if error is None else f" ± {error:.2f}"
        return f"{nll:.2f}{spread} ({count}{digits}{_label_given(row.config)})"
    bits = metrics.get("bits_per_dim")
    return "" if bits is None else f"{bits:.3f} bits a pixel"


def _percent(fraction: float | None) -> str:
    return "-" if fraction is None else f"{100 * fraction:.2f} %"


VARIATIONAL: Mapping[str, Callable[[Row], str]] = {
    "recipe": _name,
    "what it is": lambda row: row.config.title,
    "latents (active)": _latents,
    "pixels": _pixels,
    "distortion + rate = -ELBO": _elbo,
    "NLL": _nll,
    "of the rate, no digit needs": _gap,
    "5-NN error": lambda row: _percent(row.metrics["knn_error"]),
    "epochs": lambda row: str(row.config.train.epochs),
}

DETERMINISTIC: Mapping[str, Callable[[Row], str]] = {
    "recipe": _name,
    "what it is": lambda row: row.config.title,
    "code": lambda row: str(row.config.latent_dim),
    "distortion + rate = -ELBO": _elbo,
    "squared error a pixel": lambda row: f"{row.metrics['mse']:.5f}",
    "5-NN error": lambda row: _percent(row.metrics["knn_error"]),
    "linear probe error": lambda row: _percent(row.metrics["probe_error"]),
    "epochs": lambda row: str(row.config.train.epochs),
}
