"""The results table of the README, written from the metrics of the checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vae_core import checkpoint, files, recipes

BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"


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
    found = [about for about in map(checkpoint.inspect, folders) if about["metrics"]]
    variational = [about for about in found if about["config"]["prior"] != "fitted"]
    deterministic = [about for about in found if about["config"]["prior"] == "fitted"]
    return _markdown(VARIATIONAL, variational) + "\n\n" + _markdown(DETERMINISTIC, deterministic)


def _markdown(columns: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for about in rows:
        cells = [str(cell(about["config"], about["metrics"])) for cell in columns.values()]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _name(config: dict[str, Any], _: dict[str, Any]) -> str:
    return f"`{config['name']}`"


def _latents(config: dict[str, Any], metrics: dict[str, Any]) -> str:
    return f"{config['latent_dim']} ({metrics['active_units']})"


def _pixels(config: dict[str, Any], metrics: dict[str, Any]) -> str:
    kind = "grey" if metrics["binarisation"] == "none" else "binary"
    return kind if config["likelihood"] == "bernoulli" else f"{kind}, {config['likelihood']}"


def _elbo(config: dict[str, Any], metrics: dict[str, Any]) -> str:
    total = f"{-metrics['elbo']:.2f}{_told_label(config)}"
    return f"{metrics['distortion']:.2f} + {metrics['rate']:.2f} = {total}"


def _told_label(config: dict[str, Any]) -> str:
    """Marks a bound on log p(x|y), which compares with none on log p(x)."""
    return ", told the label" if config["conditional"] else ""


def _nll(config: dict[str, Any], metrics: dict[str, Any]) -> str:
    if metrics["nll"] is not None:
        count = f"{metrics['importance_samples']} samples"
        seen = metrics.get("nll_images", metrics["n_images"])
        digits = "" if seen == 10_000 else f", {seen} digits"
        error = metrics.get("nll_sem_digits")
        spread = "" if error is None else f" ± {error:.2f}"
        return f"{metrics['nll']:.2f}{spread} ({count}{digits}{_told_label(config)})"
    bits = metrics.get("bits_per_dim")
    return "" if bits is None else f"{bits:.3f} bits a pixel"


def _percent(key: str) -> Any:
    return lambda _, metrics: f"{100 * metrics[key]:.2f} %"


def _train(config: dict[str, Any], _: dict[str, Any]) -> str:
    return str(config["train"]["epochs"])


def _about(config: dict[str, Any], _: dict[str, Any]) -> str:
    return config["title"]


VARIATIONAL = {
    "recipe": _name,
    "what it is": _about,
    "latents (active)": _latents,
    "pixels": _pixels,
    "distortion + rate = -ELBO": _elbo,
    "NLL": _nll,
    "5-NN error": _percent("knn_error"),
    "epochs": _train,
}

DETERMINISTIC = {
    "recipe": _name,
    "what it is": _about,
    "code": lambda config, _: config["latent_dim"],
    "squared error a pixel": lambda _, metrics: f"{metrics['mse']:.5f}",
    "5-NN error": _percent("knn_error"),
    "linear probe error": _percent("probe_error"),
    "epochs": _train,
}
