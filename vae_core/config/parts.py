"""The parts of the settings: nets, code, schedules; frozen, each checked by itself."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from vae_core.config_reader import check

DatasetName = Literal[
    "mnist", "fashion-mnist", "kmnist", "emnist-letters", "qmnist", "folder", "npz", "huggingface"
]


@dataclass(frozen=True, kw_only=True)
class NetConfig:
    """The pair of networks: a mirror-image encoder and decoder.

    `mlp`: `hidden_dims` are the widths of the encoder's hidden layers, none for a single layer.
    `conv`: they are the channels at 14x14, 7x7 and 4x4, each stage followed by `blocks` residual
    blocks. `grid`: the same, where the code keeps the places of its last stage: a vector for each
    of its 4x4. The decoder mirrors the encoder unless `decoder_dims` (in the encoder's order) and
    `decoder_blocks` say otherwise.
    `activation` is that of an MLP's hidden layers. `tied`: a deterministic MLP's decoder
    has the encoder's weights, transposed.
    """

    kind: Literal["mlp", "conv", "grid"] = "mlp"
    hidden_dims: tuple[int, ...] = (400,)
    decoder_dims: tuple[int, ...] | None = None
    blocks: int = 1
    decoder_blocks: int | None = None
    activation: Literal["relu", "tanh", "sigmoid"] = "relu"
    tied: bool = False

    def __post_init__(self) -> None:
        self._check_dims("net.hidden_dims", self.hidden_dims)
        if self.decoder_dims is not None:
            self._check_dims("net.decoder_dims", self.decoder_dims)
        mirrored = self.kind == "mlp" and self.decoder_dims is None
        check(mirrored or not self.tied, "net.tied", True, "false unless the nets mirror as mlp")
        for name, blocks in (("blocks", self.blocks), ("decoder_blocks", self.decoder_blocks)):
            fine = blocks is None or 0 <= blocks <= 16
            check(fine, f"net.{name}", blocks, "between 0 and 16")

    def _check_dims(self, name: str, dims: tuple[int, ...]) -> None:
        check(len(dims) <= 64, name, f"{len(dims)} layers", "at most 64 of them")
        fine = all(1 <= width <= 2**16 for width in dims)
        check(fine, name, dims, f"positive widths, at most {2**16}")
        if self.kind != "mlp":
            check(len(dims) == 3, name, dims, "three stages for a conv net")
            check(all(d % 8 == 0 for d in dims), name, dims, "multiples of 8")


@dataclass(frozen=True, kw_only=True)
class BetaConfig:
    """The weight of the rate over the run, from `start` to `final`.

    `linear` reaches `final` after `warmup_steps` steps. `cyclical` (Fu et al., 2019) starts again
    `cycles` times over the run and rises over the first half of each cycle.
    """

    kind: Literal["constant", "linear", "cyclical"] = "constant"
    start: float = 0.0
    final: float = 1.0
    warmup_steps: int = 0
    cycles: int = 4

    def __post_init__(self) -> None:
        check(0 <= self.start < math.inf, "beta.start", self.start, "finite and not negative")
        check(0 <= self.final < math.inf, "beta.final", self.final, "finite and not negative")
        check(self.warmup_steps >= 0, "beta.warmup_steps", self.warmup_steps, "0 or more")
        linear_without_steps = self.kind == "linear" and self.warmup_steps == 0
        check(not linear_without_steps, "beta.warmup_steps", 0, "1 or more when kind is linear")
        check(1 <= self.cycles <= 1000, "beta.cycles", self.cycles, "between 1 and 1000")


@dataclass(frozen=True, kw_only=True)
class CodeConfig:
    """A deterministic code: its non-linearity, and how many of its units may speak at once."""

    activation: Literal["identity", "relu", "sigmoid"] = "identity"
    topk: int | None = None
    """Only the k largest by magnitude survive (Makhzani and Frey, 2014)."""
    topk_start: int | None = None
    """Training begins with so many, and comes down to k halfway: no unit is left out for good."""
    codebook: int | None = None
    """Each vector of a grid becomes the nearest of so many (van den Oord et al., 2017)."""
    commitment: float = 0.25
    """What it costs the encoder, in nats, to lie at a squared distance of 1 from the codebook."""

    def __post_init__(self) -> None:
        check(self.topk is None or self.topk >= 1, "code.topk", self.topk, "1 or more, or null")
        start = self.topk_start
        fine = start is None or (self.topk is not None and start >= self.topk)
        check(fine, "code.topk_start", start, "at least code.topk, or null")
        entries = self.codebook
        fine = entries is None or (2 <= entries <= 2**14 and self.topk is None)
        check(fine, "code.codebook", entries, f"2 to {2**14} beside no code.topk, or null")
        fine = 0 <= self.commitment < math.inf
        check(fine, "code.commitment", self.commitment, "finite and not negative")


@dataclass(frozen=True, kw_only=True)
class CorruptionConfig:
    """What a denoising autoencoder is shown instead of x (Vincent et al., 2010).

    `gaussian`: noise of standard deviation `level` is added, the sum kept in [0, 1]. `masking`:
    a share `level` of the pixels is blanked. `salt-pepper`: that share becomes black or white.
    """

    kind: Literal["gaussian", "masking", "salt-pepper"]
    level: float

    def __post_init__(self) -> None:
        top = 10.0 if self.kind == "gaussian" else 1.0
        check(0 < self.level <= top, "corruption.level", self.level, f"above 0, at most {top:g}")


@dataclass(frozen=True, kw_only=True)
class SparsityConfig:
    """weight * sum_k w_k s(rho_hat, rho_k), rho_k the mean activation of the encoder's layer k.

    `layer_weights` are the w_k, one a layer from the first hidden one to the code; all 1 when
    null. s is the divergence between two coins (`kl`), the distance (`l1`) or its square (`l2`).
    """

    kind: Literal["kl", "l1", "l2"]
    weight: float
    rho_hat: float = 0.05
    layer_weights: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        check(0 < self.weight < math.inf, "sparsity.weight", self.weight, "finite and positive")
        check(0 < self.rho_hat < 1, "sparsity.rho_hat", self.rho_hat, "between 0 and 1")
        weights = self.layer_weights or (1.0,)
        fine = all(0 <= w < math.inf for w in weights)
        check(fine, "sparsity.layer_weights", weights, "finite and not negative")


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """How a recipe trains; the defaults are those of the smallest recipes."""

    epochs: int = 10
    batch_size: int = 128
    learning_rate: float = 1e-3
    learning_rate_warmup: int = 0
    decay: Literal["none", "cosine", "step"] = "none"
    decay_final: float = 0.01
    beta: BetaConfig = field(default_factory=BetaConfig)
    binarisation: Literal["none", "dynamic"] = "none"
    ema: float = 0.0
    clip_norm: float | None = None
    precision: Literal["fp32", "bf16"] = "fp32"
    compile: bool = False
    fused: bool = False
    """Whether a step is one compiled graph, optimiser and all, where that can be and pays
    (`training/compiled.py`, `training/compile_choice.py`)."""
    starts_from: str | None = None
    """The checkpoint whose weights a run begins with, as far as they fit; null: from nothing."""

    def __post_init__(self) -> None:
        check(self.epochs >= 1, "train.epochs", self.epochs, "1 or more")
        check(1 <= self.batch_size <= 60_000, "train.batch_size", self.batch_size, "1 to 60000")
        rate = self.learning_rate
        check(0 < rate < math.inf, "train.learning_rate", rate, "finite and positive")
        warmup = self.learning_rate_warmup
        check(warmup >= 0, "train.learning_rate_warmup", warmup, "0 or more")
        check(0 <= self.decay_final <= 1, "train.decay_final", self.decay_final, "in [0, 1]")
        check(0 <= self.ema < 1, "train.ema", self.ema, "in [0, 1)")
        start = self.starts_from
        check(start is None or bool(start.strip()), "train.starts_from", start, "a name, or null")
        clip = self.clip_norm
        check(clip is None or 0 < clip < math.inf, "train.clip_norm", clip, "positive or null")
