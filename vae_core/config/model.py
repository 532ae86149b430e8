"""All settings of a model and of the run that trains it; what `config.json` holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from vae_core import config_reader
from vae_core.config.parts import (
    CodeConfig,
    CorruptionConfig,
    DatasetName,
    NetConfig,
    SparsityConfig,
    TrainConfig,
)
from vae_core.config_reader import check, refuse
from vae_core.probability import likelihoods

GRID = 4 * 4
"""Places of the grid of codes in nets of the kind `grid`."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """One named model: what it is, what it minimises and how it was trained.

    The parts combine: nets x objective x likelihood x schedule. `objective` decides between a
    deterministic autoencoder (`reconstruction`) and a variational one (`elbo`, `iwae`).
    """

    name: str
    title: str = ""
    dataset: DatasetName = "mnist"
    """What it was trained on; see `vae_core.data.sets`."""
    latent_dim: int = 20
    net: NetConfig = field(default_factory=NetConfig)
    objective: Literal["elbo", "iwae", "reconstruction"] = "elbo"
    likelihood: str = "bernoulli"
    """One of `vae_core.probability.likelihoods`."""
    link: Literal["sigmoid", "identity"] = "sigmoid"
    """How the decoder's output becomes the mean of a continuous likelihood."""
    scale: float = 1.0
    """Standard deviation (gaussian; where a learned one starts) or b (laplace)."""
    prior: Literal["normal", "flow", "vamp", "fitted", "codebook"] = "normal"
    """`vamp`: the mean posterior of learned pseudo-inputs (Tomczak and Welling, 2018).
    `fitted`: a Gaussian around a deterministic model's codes, measured after training.
    `codebook`: a PixelCNN over the entries of a codebook that a code consists of."""
    pseudo_inputs: int = 500
    """How many the prior `vamp` learns."""
    labelled_prior: bool = False
    """Whether a flow prior takes the label, p(z|y), where there is one; the nets do not."""
    code: CodeConfig = field(default_factory=CodeConfig)
    corruption: CorruptionConfig | None = None
    sparsity: SparsityConfig | None = None
    contraction: float = 0.0
    """Weight of the squared Frobenius norm of the encoder's Jacobian (Rifai et al., 2011)."""
    samples: int = 1
    """k, the importance samples of `iwae` (Burda et al., 2015)."""
    free_bits: float = 0.0
    """Nats of each latent that cost nothing (Kingma et al., 2016)."""
    total_correlation: float = 1.0
    """Weight, within the rate, of what the latents say of one another (Chen et al., 2018)."""
    conditional: bool = False
    """Whether both nets take the label."""
    train: TrainConfig = field(default_factory=TrainConfig)

    def __post_init__(self) -> None:
        check(1 <= self.latent_dim <= 4096, "latent_dim", self.latent_dim, "between 1 and 4096")
        check(bool(self.name.strip()), "name", self.name, "a word")
        check(0 < self.scale < math.inf, "scale", self.scale, "finite and positive")
        check(0 <= self.contraction < math.inf, "contraction", self.contraction, "0 or more")
        check(0 <= self.free_bits < math.inf, "free_bits", self.free_bits, "0 or more")
        check(1 <= self.samples <= 1000, "samples", self.samples, "between 1 and 1000")
        flow = self.prior == "flow" or not self.labelled_prior
        check(flow, "labelled_prior", True, f"false for the prior {self.prior}")
        fine = 0 <= self.total_correlation < math.inf
        check(fine, "total_correlation", self.total_correlation, "finite and not negative")
        check(1 <= self.pseudo_inputs <= 10_000, "pseudo_inputs", self.pseudo_inputs, "1 to 10000")
        self._check_pixels()
        if self.is_variational:
            self._check_variational()
        else:
            self._check_deterministic()

    @property
    def is_variational(self) -> bool:
        """Whether the encoder gives a distribution over z."""
        return self.objective != "reconstruction"

    @property
    def has_rate(self) -> bool:
        """Whether a code has a probability, so that the costs of both bound -log p(x)."""
        return self.is_variational or self.code.codebook is not None

    @property
    def sliders_are_noise(self) -> bool:
        """Whether noise for the sliders is a draw of the prior; some draw by themselves."""
        return self.prior in ("normal", "flow", "fitted")

    @property
    def takes_labels(self) -> bool:
        """Whether the nets or the prior take the label where it is known."""
        return self.conditional or self.labelled_prior

    def _check_pixels(self) -> None:
        binary, kind = self.train.binarisation == "dynamic", likelihoods.get(self.likelihood)
        suits = not binary or kind.takes_binary
        check(suits, "train.binarisation", "dynamic", f"none for the likelihood {kind.name}")
        fits = binary or kind.binary != "required"
        check(fits, "train.binarisation", "none", f"dynamic for {kind.name}")

    def _check_variational(self) -> None:
        for name, value, neutral in (
            ("code.topk", self.code.topk, None),
            ("code.codebook", self.code.codebook, None),
            ("code.activation", self.code.activation, "identity"),
            ("net.tied", self.net.tied, False),
            ("corruption", self.corruption, None),
            ("sparsity", self.sparsity, None),
            ("contraction", self.contraction, 0.0),
        ):
            refuse(value != neutral, name, value, f"a variational model ({self.objective})")
        after = self.prior in ("fitted", "codebook")
        refuse(after, "prior", self.prior, f"a variational model ({self.objective})")
        labels = self.prior == "vamp" and self.conditional
        refuse(labels, "conditional", True, "the prior vamp, whose pseudo-inputs have no label")
        refuse(
            self.net.kind == "grid", "net.kind", "grid", "a variational model; it has a codebook"
        )
        suits = "vae" in likelihoods.get(self.likelihood).suits
        refuse(not suits, "likelihood", self.likelihood, "a variational model; gaussian is one")
        if self.objective == "iwae":
            refuse(self.total_correlation != 1, "total_correlation", self.total_correlation, "iwae")
            refuse(self.free_bits > 0, "free_bits", self.free_bits, "the objective iwae")
            beta = self.train.beta
            plain = beta.kind == "constant" and beta.final == 1
            check(plain, "train.beta", beta.kind, "constant at 1 for the objective iwae")
        else:
            refuse(self.samples > 1, "samples", self.samples, "the objective elbo; iwae has k")

    def _check_deterministic(self) -> None:
        owner = "a deterministic autoencoder (reconstruction)"
        refuse(self.samples > 1, "samples", self.samples, owner)
        refuse(self.free_bits > 0, "free_bits", self.free_bits, owner)
        refuse(self.conditional, "conditional", self.conditional, owner)
        refuse(self.total_correlation != 1, "total_correlation", self.total_correlation, owner)
        self._check_codebook()
        suits = [each.name for each in likelihoods.LIKELIHOODS.values() if "ae" in each.suits]
        allowed = f"{' or '.join(suits)} for {owner}"
        check(self.likelihood in suits, "likelihood", self.likelihood, allowed)
        k = self.code.topk
        fits = k is None or k <= self.latent_dim
        check(fits, "code.topk", k, f"at most the code's size, {self.latent_dim}")
        start = self.code.topk_start
        fits = start is None or start <= self.latent_dim
        check(fits, "code.topk_start", start, f"at most the code's size, {self.latent_dim}")
        if self.contraction or self.sparsity:
            check(self.net.kind == "mlp", "net.kind", self.net.kind, "mlp for this penalty")
        if self.sparsity:
            self._check_sparsity(self.sparsity)

    def _check_codebook(self) -> None:
        quantised = self.code.codebook is not None
        prior, net = ("codebook", "grid") if quantised else ("fitted", "mlp or conv")
        owner = "a codebook" if quantised else "a deterministic autoencoder (reconstruction)"
        check(self.prior == prior, "prior", self.prior, f"{prior} for {owner}")
        check(
            (self.net.kind == "grid") == quantised, "net.kind", self.net.kind, f"{net} for {owner}"
        )
        if quantised:
            fits = self.latent_dim % GRID == 0
            check(
                fits, "latent_dim", self.latent_dim, f"a multiple of {GRID}, the places of a grid"
            )
            plain = self.code.activation == "identity" and not (self.contraction or self.sparsity)
            check(plain, "code.activation", self.code.activation, "identity, and no penalty")

    def _check_sparsity(self, sparsity: SparsityConfig) -> None:
        code, hidden = self.code.activation, self.net.activation
        coins = code == "sigmoid" and (not self.net.hidden_dims or hidden == "sigmoid")
        fine = sparsity.kind != "kl" or coins
        check(fine, "code.activation", code, "sigmoid in every layer for the sparsity kl")
        given, layers = sparsity.layer_weights, len(self.net.hidden_dims) + 1
        fits = given is None or len(given) == layers
        check(fits, "sparsity.layer_weights", given, f"{layers} weights, one a layer")

    def to_dict(self) -> dict[str, object]:
        """The settings as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> Config:
        """The settings read back, strictly.

        Raises:
            ValueError: an unknown key, a value of the wrong type or out of range.
        """
        return config_reader.build(cls, values, "config")
