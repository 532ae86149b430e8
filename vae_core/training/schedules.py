"""Quantities that change over a run, as functions of the step."""

from __future__ import annotations

import math

from vae_core.config import BetaConfig, CodeConfig, TrainConfig


def beta(config: BetaConfig, step: int, total_steps: int) -> float:
    """The weight of the rate at `step` (0 at the start) of `total_steps`."""
    if config.kind == "constant":
        return config.final
    done = (
        step / config.warmup_steps if config.kind == "linear" else _cycle(config, step, total_steps)
    )
    return config.start + (config.final - config.start) * min(1.0, done)


def _cycle(config: BetaConfig, step: int, total_steps: int) -> float:
    """How far the rise of this cycle has come: 1 after its first half, where it stays."""
    return 2 * (step * config.cycles / max(1, total_steps) % 1)


def topk(config: CodeConfig, step: int, total_steps: int) -> int | None:
    """How many units of a sparse code speak at `step`: in a line to k over the run's first half."""
    if config.topk is None or config.topk_start is None:
        return config.topk
    done = min(1.0, 2 * step / max(1, total_steps))
    return round(config.topk_start + (config.topk - config.topk_start) * done)


def learning_rate(config: TrainConfig, step: int, total_steps: int) -> float:
    """The learning rate at `step` of `total_steps`: a linear warm-up, then the decay."""
    warmup = min(1.0, (step + 1) / max(1, config.learning_rate_warmup))
    return config.learning_rate * warmup * _decay(config, step / max(1, total_steps))


def average_share(config: TrainConfig, step: int) -> float:
    """The share of the weights after `step` in their average; 1 at a run's first step.

    The average remembers 1 / (1 - ema) steps only once as many have been taken: before, the
    decay is (1 + step) / (10 + step), so that a short run ships nothing of its random start.
    """
    return 1 - min(config.ema, (1 + step) / (10 + step)) if step else 1.0


def _decay(config: TrainConfig, progress: float) -> float:
    """The factor after `progress` in [0, 1] of the run; `decay_final` at the end."""
    progress = min(1.0, progress)
    if config.decay == "cosine":
        wave = 0.5 * (1 + math.cos(math.pi * progress))
        return config.decay_final + (1 - config.decay_final) * wave
    if config.decay == "step":
        # Three equal falls, at 50, 75 and 90 percent of the run.
        falls = sum(progress >= at for at in (0.5, 0.75, 0.9))
        return config.decay_final ** (falls / 3)
    return 1.0
