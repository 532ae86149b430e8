"""The family in groups, as the model chooser and Compare show it, and what a card says of kinds."""

from __future__ import annotations

from vae_core.app.service import prior_words
from vae_core.app.service.cards import Card, Kind
from vae_core.config import Config
from vae_core.data import sets
from vae_core.evaluation import family
from vae_core.probability import likelihoods

GROUPS: dict[str, tuple[str, ...]] = {
    "Variational": ("vae-128", "vae-128-64", "vae-400", "vae-2d"),
    "Variational, convolutional": (
        *("vae-conv", "vae-conv-5", "vae-wide", "vae-conv-elbo"),
        *("vae-conv-10", "vae-conv-10-beta", "vae-conv-16", "vae-conditional"),
        *("vae-flow-digits", "vae-flow-digits-16", "vae-flow-digits-5", "vae-flow", "vae-flow-5"),
        "vae-pixelcnn",
    ),
    "Beta: rate against distortion": ("vae-beta-half", "vae-beta-1", "beta-vae", "vae-tc"),
    "Other pixels": ("vae-gaussian", "vae-gaussian-learned", "vae-laplace", "vae-logistic"),
    "Posterior collapse and its cures": (
        *("vae-collapsed", "vae-annealed", "vae-cyclical", "vae-freebits"),
    ),
    "Better bounds and priors": ("vae-burda", "iwae-5", "iwae-50", "vae-vamp"),
    "Deterministic": ("ae", "ae-cross-entropy", "ae-linear", "ae-overcomplete", "vq-vae"),
    "Denoising": ("dae-gaussian", "dae-masking", "dae-salt-pepper"),
    "Sparse and contractive": (*("sae-topk", "sae-kl", "sae-l1", "sae-l2", "ae-sigmoid", "cae"),),
    "FashionMNIST": ("fashion-vae-flow", "fashion-vae-conv", "fashion-vae-conv-elbo"),
}
"""Recipe names; a recipe that is not here goes by its kind."""
OWN = "Pictures of your own"


def group(config: Config) -> str:
    """The group that a model is shown in: of MNIST by its kind, of other sets by the set."""
    if config.dataset != "mnist":
        return OWN if config.dataset in sets.OWN else sets.known(config.dataset).title
    for title, names in GROUPS.items():
        if config.name in names:
            return title
    if config.total_correlation != 1:
        return "Beta: rate against distortion"
    if not config.is_variational:
        if config.corruption is not None:
            return "Denoising"
        penalised = config.sparsity or config.contraction or config.code.topk
        return "Sparse and contractive" if penalised else "Deterministic"
    if config.net.kind == "conv":
        return "Variational, convolutional"
    better = config.objective == "iwae" or config.prior == "vamp"
    return "Better bounds and priors" if better else "Variational"


def kind(config: Config) -> Kind:
    """What a card says of the kind of a model."""
    own = config.corruption
    return {
        "group": group(config),
        "variational": config.is_variational,
        "conditional": config.conditional,
        "takes_labels": config.takes_labels,
        "corruption": None if own is None else {"kind": own.kind, "level": own.level},
        "quantity": family.quantity(config),
        "slow": likelihoods.get(config.likelihood).is_slow,
        "has_rate": config.has_rate,
        "sliders_are_noise": config.sliders_are_noise,
        "words": prior_words.of(config),
    }


def place(card: Card) -> tuple[int, int, str]:
    """Where a model is listed: by group, then as the group lists it, then by name."""
    titles = [*GROUPS, *(each.title for each in sets.SETS.values()), OWN]
    names = GROUPS.get(card["group"], ())
    known = names.index(card["name"]) if card["name"] in names else len(names)
    return titles.index(card["group"]), known, card["name"]
