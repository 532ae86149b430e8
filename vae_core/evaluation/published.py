"""Figures that papers give of models of the same pictures, beside which a card sets its own.

Each says where it was read and how it was measured: a likelihood compares with another only as far
as the pixels, the bound and the pictures are the same. What could not be read is not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vae_core.checkpoint.metrics import Metrics
from vae_core.config import Config


@dataclass(frozen=True)
class Published:
    """One figure of a paper.

    Attributes:
        model: what was measured.
        nll: nats an image on test pictures.
        sem: what the paper gives after the plus-minus sign, in nats.
    """

    model: str
    nll: float
    sem: float


@dataclass(frozen=True)
class Paper:
    """Figures of one paper, measured alike.

    Attributes:
        source: who, when, where.
        read: where its figures and its protocol were read.
        samples: importance samples an image.
        pictures: test pictures.
        protocol: how the pictures were made binary, and what the nets are.
        figures: the published ones.
    """

    source: str
    read: str
    samples: int
    pictures: int
    protocol: str
    figures: tuple[Published, ...]


PAPERS: Mapping[str, tuple[Paper, ...]] = {
    "fashion-mnist": (
        Paper(
            source="Norouzi, Fleet and Norouzi, Exemplar VAE, NeurIPS 2020 (arXiv 2004.04795)",
            read=(
                "the figures in a public copy of the paper's table, not in the paper itself; the "
                "protocol in the authors' code (github.com/sajadn/Exemplar-VAE)"
            ),
            samples=5000,
            pictures=10_000,
            protocol=(
                "training pixels drawn anew each time, test pixels once; gated dense nets of two "
                "layers of 300, 40 latents, trained by the ELBO on 50,000 pictures, the last "
                "10,000 kept out to stop by"
            ),
            figures=(
                Published("VAE, normal prior", 228.70, 0.15),
                Published("VAE, VampPrior", 227.35, 0.05),
                Published("VAE, exemplar prior", 226.75, 0.07),
            ),
        ),
    )
}
"""By data set, of binary pixels."""


def of(config: Config) -> tuple[Paper, ...]:
    """The papers whose figures bound the same quantity as the NLL of such a model."""
    binary = config.train.binarisation == "dynamic" and config.likelihood == "bernoulli"
    alike = config.is_variational and binary and not config.conditional
    return PAPERS.get(config.dataset, ()) if alike else ()


def section(config: Config, metrics: Metrics | None) -> str:
    """A table in Markdown of this model's NLL and the published ones; empty without both."""
    papers = of(config)
    if not papers or metrics is None or metrics["nll"] is None:
        return ""
    images = metrics.get("nll_images", metrics["n_images"])
    error = metrics.get("nll_sem_digits")
    rows = [
        f"| `{config.name}` | {_nats(metrics['nll'], error)} | {metrics['importance_samples']:,} "
        f"| {images:,} | this card |",
        *(
            f"| {each.model} | {_nats(each.nll, each.sem)} | {paper.samples:,} "
            f"| {paper.pictures:,} | {paper.source} |"
            for paper in papers
            for each in paper.figures
        ),
    ]
    notes = [
        f"{paper.source}: {paper.protocol}. Read: {paper.read}; what its plus-minus is over was "
        "not read."
        for paper in papers
    ]
    head = ["| model | NLL, nats an image | importance samples | test pictures | by |"]
    body = "\n".join([*head, "|---|---|---|---|---|", *rows])
    return "\n".join(
        ["", "## Beside published figures", "", body, "", _caution(metrics), "", *notes, ""]
    )


def _nats(value: float, error: float | None) -> str:
    return f"{value:.2f}" if error is None else f"{value:.2f} +- {error:.2f}"


def _caution(metrics: Metrics) -> str:
    """What of the comparison is not alike."""
    images = metrics.get("nll_images", metrics["n_images"])
    fewer = (
        f" The {images:,} pictures here are some of those 10,000, and the plus-minus is over "
        "pictures: it is of how hard these few are, and most of it is shared by all models."
        if images < 10_000
        else ""
    )
    return (
        "All are upper bounds by importance sampling of binary pixels; more samples bound more "
        f"tightly, in favour of the published ones.{fewer} No published squared error of the same "
        "protocol was found."
    )
