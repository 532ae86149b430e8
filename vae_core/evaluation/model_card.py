"""The short README.md of a checkpoint folder, written from its config and its metrics."""

from __future__ import annotations

import math
from pathlib import Path

from vae_core import checkpoint, files
from vae_core.checkpoint import companions, examples, held_out
from vae_core.checkpoint.metrics import Metrics, SampleFigures, sample_figures
from vae_core.config import BetaConfig, Config, NetConfig, TrainConfig
from vae_core.data.sets import known
from vae_core.evaluation import card_index, disentanglement, published, uses_card
from vae_core.explore import sliders

ABLATION_FILE = "ablation.md"
"""What each change of the recipe is worth, where measured; see `training.ablation`."""


def write_card(folder: Path) -> None:
    """Write README.md from config.json, metrics.json and what else was measured beside the weights.

    Raises:
        ValueError: one of them is missing or damaged, or the card cannot be written.
    """
    about, ablation = checkpoint.inspect(folder), folder / ABLATION_FILE
    held = held_out.read(folder)
    config = Config.from_dict(about["config"])
    title = examples.about(folder, config.dataset).title
    text = card(about, sliders.read(folder, config.latent_dim), held=held, title=title)
    text += published.section(config, about["metrics"])
    text += uses_card.section(folder, about["outdated"])
    if ablation.is_file():
        text += f"\n## What each change is worth\n\n{ablation.read_text('utf-8')}"
    files.write_text(folder / "README.md", text)


def card(
    about: checkpoint.Facts,
    latents: sliders.Latents | None = None,
    *,
    held: int | None = None,
    title: str | None = None,
) -> str:
    """Markdown for what `checkpoint.inspect` returns; every figure names its unit and origin.

    Args:
        about: the checkpoint.
        latents: what latents.json says of its sliders, where it is there.
        held: how many training digits were kept out of its training.
        title: of its data set; that of the set that the config names when None.
    """
    config = Config.from_dict(about["config"])
    net, train, digits = config.net, config.train, known(config.dataset).digits
    title = title or known(config.dataset).title
    lines = [
        *card_index.head(config, about["metrics"]),
        f"# {about['recipe']}: {about['title']}",
        "",
        f"{_kind(config)} on {title}: {net.kind} nets {_dims(net)}, "
        f"{config.latent_dim} latents, {config.likelihood} likelihood, "
        f"{config.prior} prior, {about['parameters']:,} parameters.",
        "",
        f"Trained on {_seen(held, digits=digits)} for {train.epochs} epochs of batches of "
        f"{train.batch_size}{_start(train)}, binarisation: {train.binarisation}"
        f"{_beta(train.beta) if config.is_variational else ''}. "
        f"Repeat it with `python -m vae_core train {about['recipe']}`.",
        "",
        *_measured(about["metrics"], latents, again=checkpoint.METRICS in about["outdated"]),
        "",
    ]
    text = "\n".join(lines)
    return text if digits else text.replace("digits", "pictures")


def _measured(
    metrics: Metrics | None, latents: sliders.Latents | None, *, again: bool
) -> list[str]:
    """The table of figures and where they come from, or that there are none for these weights."""
    if not metrics:
        return [f"It was {companions.REASON}." if again else "It was not measured yet."]
    return [
        "| figure on the test digits | value |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in _figures(metrics) + _sliders(latents)),
        "",
        f"Measured by `{metrics.get('command', '')}` on {metrics.get('device', '')}"
        f"{_refreshed(metrics)}; `metrics.json` has every key.",
    ]


def _seen(held: int | None, *, digits: bool = True) -> str:
    if not digits:
        kept = "" if held is None else f" but {held:,}, kept out to choose settings by,"
        return f"all training pictures{kept}"
    if held is None:
        return "all 60,000 training digits"
    return f"{60_000 - held:,} training digits, the other {held:,} kept out to choose settings by,"


def _start(train: TrainConfig) -> str:
    start = train.starts_from
    return f", from the weights of `{start}` as far as they fit" if start else ""


def _beta(beta: BetaConfig) -> str:
    """How the rate was weighed; nothing where it counted in full from the first step."""
    rise = f", beta from {beta.start:g} to {beta.final:g} in"
    if beta.kind == "linear":
        return f"{rise} {beta.warmup_steps} steps"
    if beta.kind == "cyclical":
        return f"{rise} {beta.cycles} cycles"
    return "" if beta.final == 1 else f", beta {beta.final:g}"


def _refreshed(metrics: Metrics) -> str:
    again, gap = metrics.get("refreshed"), metrics.get("prior_gap_origin")
    parts = f", the samples and the error over digits by `{again['command']}`" if again else ""
    parts += f", what no digit needs by `{gap['command']}`" if gap else ""
    mig = metrics.get("mig_origin")
    return parts + (f", the mutual information gap by `{mig['command']}`" if mig else "")


def _kind(config: Config) -> str:
    if config.objective == "reconstruction":
        return "A deterministic autoencoder"
    if config.objective == "iwae":
        return f"A variational autoencoder, by a bound of {config.samples} importance samples,"
    return "A variational autoencoder"


def _dims(net: NetConfig) -> str:
    shown = "-".join(map(str, net.hidden_dims)) or "of one layer"
    if not net.decoder_dims:
        return f"{shown} and back"
    return f"{shown} (encoder), {'-'.join(map(str, reversed(net.decoder_dims)))} (decoder)"


def _costs(metrics: Metrics) -> list[tuple[str, str]]:
    """What an image costs; a deterministic model has a distortion alone."""
    if metrics["elbo"] is None:
        rows = [("distortion", f"{metrics['distortion']:.2f} nats an image")]
        if metrics["repair_mse"] is not None:
            name = "squared error of what is made of damaged digits, mean over pixels"
            rows.append((name, f"{metrics['repair_mse']:.5f}"))
        return [*rows, ("mean norm of the encoder's Jacobian", f"{metrics['jacobian_norm']:.2f}")]
    pixels = "grey pixels" if metrics["binarisation"] == "none" else "dynamic binarisation"
    error, units = _over_digits(metrics.get("elbo_sem_digits")), metrics["active_units"]
    # Only a code that the encoder chooses for certain has no units to count.
    how = "the code that the encoder chooses" if units is None else "one posterior draw"
    rows = [
        (
            f"-ELBO, {how}, {pixels}{_told_label(metrics)}",
            f"{-metrics['elbo']:.2f} nats an image{error}",
        ),
        ("distortion + rate", f"{metrics['distortion']:.2f} + {metrics['rate']:.2f} nats"),
        *_gap(metrics),
        ("active units", f"{units}")
        if units is not None
        else ("-ELBO as bits an image", f"{-metrics['elbo'] / math.log(2):.1f}"),
    ]
    if metrics.get("bits_per_dim") is not None:
        rows.append(("-ELBO as bits a pixel", f"{metrics['bits_per_dim']:.3f}"))
    return rows


def _gap(metrics: Metrics) -> list[tuple[str, str]]:
    """What of the rate no digit needs, where it was measured."""
    least, most = metrics.get("prior_gap"), metrics.get("prior_gap_at_most")
    if least is None or most is None:
        return []
    name = (
        "of the rate, what no digit needs: KL(q(z) \\|\\| p(z)) of the codes of all digits "
        f"together, one code of each of {metrics['prior_gap_draws']} test digits"
    )
    error = f"{least:.2f} +- {metrics['prior_gap_sem']:.2f}"
    return [(name, f"at least {error}, at most {most:.2f} nats")]


def _told_label(metrics: Metrics) -> str:
    """A bound on log p(x|y) is marked: it compares with none on log p(x)."""
    given = metrics.get("bounds") == "log p(x|y)"
    return ", given the label: bounds log p(x\\|y), not log p(x)" if given else ""


def _over_digits(error: float | None) -> str:
    """The standard error over the digits, where it was taken."""
    return "" if error is None else f" +- {error:.2f} over digits"


def _evidence(metrics: Metrics) -> list[tuple[str, str]]:
    """The NLL, with its two kinds of error, and what it was on other draws."""
    if metrics["nll"] is None:
        return []
    digits = metrics.get("nll_images", metrics["n_images"])
    count = f"{metrics['importance_samples']} importance samples, {digits} digits"
    value = f"{metrics['nll']:.2f} nats{_over_digits(metrics.get('nll_sem_digits'))}"
    if metrics["nll_sem"] is not None:
        value += f", +- {metrics['nll_sem']:.2f} over draws of the binarisation"
    rows = [(f"NLL, dynamic binarisation, {count}{_told_label(metrics)}", value)]
    if spread := metrics.get("nll_spread"):
        draws = ", ".join(f"{draw:.2f}" for draw in spread.get("nll_draws") or ())
        samples, seeds = spread["importance_samples"], ", ".join(map(str, spread["seeds"]))
        digits = f", {spread['nll_images']} digits" if "nll_images" in spread else ""
        name = f"the same with {samples} samples{digits}, draws of the binarisation, seeds {seeds}"
        rows.append((name, f"{draws} nats"))
    return rows


def _figures(metrics: Metrics) -> list[tuple[str, str]]:
    cost, *terms = _costs(metrics)
    rows = [
        cost,
        *_evidence(metrics),
        *terms,
        ("squared error of the reconstruction, mean over pixels", f"{metrics['mse']:.5f}"),
        *(
            (name, f"{100 * error:.2f} %")
            for name, error in (
                ("5-NN error of the codes", metrics["knn_error"]),
                ("linear probe error of the codes", metrics["probe_error"]),
            )
            if error is not None
        ),
        *disentanglement.card_rows(metrics),
    ]
    part = metrics["slice"]
    if part["nll"] is not None:
        name = (
            f"NLL, {part['importance_samples']} samples, {part['limit']} digits "
            f"(the tests repeat it){_told_label(metrics)}"
        )
        rows.append((name, f"{part['nll']:.2f} nats"))
    return rows + _fidelity(sample_figures(metrics))


def _fidelity(figures: SampleFigures | None) -> list[tuple[str, str]]:
    """How real the samples are, each figure beside what real digits score."""
    if figures is None:
        return []
    near, floor = figures["nearest_train"], f"{figures['fid_floor']:.2f}"
    if figures["fid_floor_sem"] is not None:
        floor += f" +- {figures['fid_floor_sem']:.2f}"
    unsure = [
        f"{100 * share:.1f} +- {100 * error:.1f} %"
        for share, error in (
            (figures["sample_unsure"], figures["sample_unsure_sem"]),
            (figures["test_unsure"], figures["test_unsure_sem"]),
        )
    ]
    return [
        (
            "FID of 10,000 samples (means of p(x\\|z) against the grey test digits, features of "
            "a frozen classifier); random training digits in their place",
            f"{figures['fid']:.2f}; {floor}",
        ),
        (
            "precision, recall of the samples; of training digits",
            f"{figures['precision']:.2f}, {figures['recall']:.2f}; "
            f"{figures['precision_real']:.2f}, {figures['recall_real']:.2f}",
        ),
        (
            "entropy of the classifier over a sample; over a test digit",
            f"{figures['sample_entropy']:.2f}; {figures['test_entropy']:.2f} nats",
        ),
        ("samples that it reads with less than 0.9; test digits", "; ".join(unsure)),
        ("samples that it reads as no digit", f"{100 * figures['not_digits']:.1f} %"),
        (
            "distance to the nearest training digit, median: sample; test digit",
            f"{near['median']:.2f}; {near['test_median']:.2f}",
        ),
    ]


def _sliders(latents: sliders.Latents | None) -> list[tuple[str, str]]:
    """What the sliders follow, and how much of the strongest one's movement the weakest has."""
    if latents is None or "relative_at_zero" not in latents["latents"][0]:
        return []
    each = latents["latents"]
    at_zero = min(latent["relative_at_zero"] for latent in each)
    at_draws = min(latent["relative_at_draws"] for latent in each)
    moved = (
        "squared change of the picture by a slider from -2 to 2, the weakest against the "
        "strongest: with the others at 0; at draws from the prior"
    )
    name = "the slider that follows each trait best over 10,000 training digits, and Pearson's r"
    closest = ", ".join(f"{trait} {_closest(each, trait)}" for trait in latents["traits"])
    return [
        (moved, f"{at_zero:.3f}; {at_draws:.3f}"),
        *([(name, closest)] if latents["traits"] else []),
    ]


def _closest(latents: list[sliders.Latent], trait: str) -> str:
    found = [latent["correlations"][trait] for latent in latents]
    best = max(range(len(found)), key=lambda i: abs(found[i]))
    return f"z{best} {found[best]:+.2f}"
