"""Frozen settings of a model and of the run that trains it; what `config.json` holds."""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


@dataclass(frozen=True, kw_only=True)
class NetConfig:
    """The pair of networks: a mirror-image encoder and decoder.

    `mlp`: `hidden_dims` are the widths of the encoder's hidden layers. `conv`: they are the
    channels at 14x14, 7x7 and 4x4, each stage followed by `blocks` residual blocks. The decoder
    mirrors the encoder unless `decoder_dims` (in the encoder's order) says otherwise.
    """

    kind: Literal["mlp", "conv"] = "mlp"
    hidden_dims: tuple[int, ...] = (400,)
    decoder_dims: tuple[int, ...] | None = None
    blocks: int = 1

    def __post_init__(self) -> None:
        self._check_dims("net.hidden_dims", self.hidden_dims)
        self._check_dims("net.decoder_dims", self.decoder_dims or self.hidden_dims)
        _check(0 <= self.blocks <= 16, "net.blocks", self.blocks, "between 0 and 16")

    def _check_dims(self, name: str, dims: tuple[int, ...]) -> None:
        _check(len(dims) >= 1 and min(dims) >= 1, name, dims, "one positive width or more")
        if self.kind == "conv":
            _check(len(dims) == 3, name, dims, "three stages for a conv net")
            _check(all(d % 8 == 0 for d in dims), name, dims, "multiples of 8")


@dataclass(frozen=True, kw_only=True)
class BetaConfig:
    """The weight of the rate over the run: `start` to `final` over `warmup_steps` steps."""

    kind: Literal["constant", "linear"] = "constant"
    start: float = 0.0
    final: float = 1.0
    warmup_steps: int = 0

    def __post_init__(self) -> None:
        _check(0 <= self.start < math.inf, "beta.start", self.start, "finite and not negative")
        _check(0 <= self.final < math.inf, "beta.final", self.final, "finite and not negative")
        _check(self.warmup_steps >= 0, "beta.warmup_steps", self.warmup_steps, "0 or more")
        linear_without_steps = self.kind == "linear" and self.warmup_steps == 0
        _check(not linear_without_steps, "beta.warmup_steps", 0, "1 or more when kind is linear")


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

    def __post_init__(self) -> None:
        _check(self.epochs >= 1, "train.epochs", self.epochs, "1 or more")
        _check(1 <= self.batch_size <= 60_000, "train.batch_size", self.batch_size, "1 to 60000")
        rate = self.learning_rate
        _check(0 < rate < math.inf, "train.learning_rate", rate, "finite and positive")
        warmup = self.learning_rate_warmup
        _check(warmup >= 0, "train.learning_rate_warmup", warmup, "0 or more")
        _check(0 <= self.decay_final <= 1, "train.decay_final", self.decay_final, "in [0, 1]")
        _check(0 <= self.ema < 1, "train.ema", self.ema, "in [0, 1)")
        clip = self.clip_norm
        _check(clip is None or 0 < clip < math.inf, "train.clip_norm", clip, "positive or null")


@dataclass(frozen=True, kw_only=True)
class Config:
    """One named model: what it is and how it was trained."""

    name: str
    title: str = ""
    latent_dim: int = 20
    net: NetConfig = field(default_factory=NetConfig)
    objective: Literal["elbo"] = "elbo"
    likelihood: Literal["bernoulli"] = "bernoulli"
    prior: Literal["normal"] = "normal"
    train: TrainConfig = field(default_factory=TrainConfig)

    def __post_init__(self) -> None:
        _check(1 <= self.latent_dim <= 4096, "latent_dim", self.latent_dim, "between 1 and 4096")
        _check(bool(self.name.strip()), "name", self.name, "a word")

    def to_dict(self) -> dict[str, Any]:
        """The settings as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Config:
        """The settings read back, strictly.

        Raises:
            ValueError: an unknown key, a value of the wrong type or out of range.
        """
        return _build(cls, values, "config")


def _check(holds: bool, name: str, value: object, allowed: str) -> None:
    if not holds:
        raise ValueError(f"{name} is {value!r}; it must be {allowed}.")


def _build(cls: type, values: object, where: str) -> Any:
    """A dataclass from nested plain values; `where` is the path used in error sentences."""
    if not isinstance(values, Mapping):
        raise ValueError(f"{where} must be an object of settings, got {type(values).__name__}.")
    hints = get_type_hints(cls)
    unknown = sorted(set(values) - {f.name for f in fields(cls)})
    if unknown:
        known = ", ".join(f.name for f in fields(cls))
        raise ValueError(f"{where} has the unknown key {unknown[0]!r}; known keys: {known}.")
    converted = {k: _convert(hints[k], v, f"{where}.{k}") for k, v in values.items()}
    try:
        return cls(**converted)
    except TypeError as error:
        raise ValueError(f"{where} is incomplete: {error}.") from error


def _convert(hint: Any, value: Any, where: str) -> Any:
    """One value, checked against its annotation."""
    if is_dataclass(hint):
        return _build(hint, value, where)  # type: ignore[arg-type]
    origin = get_origin(hint)
    if origin is Literal:
        if value not in get_args(hint):
            raise ValueError(
                f"{where} is {value!r}; allowed: {', '.join(map(str, get_args(hint)))}."
            )
        return value
    if origin is tuple and isinstance(value, (list, tuple)):
        return tuple(_convert(get_args(hint)[0], v, where) for v in value)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in get_args(hint):
            return None
        return _convert(get_args(hint)[0], value, where)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise ValueError(f"{where} is {value!r}; it must be {_type_words(hint)}.")


def _type_words(hint: Any) -> str:
    words = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}
    return words.get(hint, "a list" if get_origin(hint) is tuple else str(hint))
