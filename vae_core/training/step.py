"""One step of the optimiser: by one compiled graph, by a CUDA graph, or operation by operation."""

from __future__ import annotations

import functools
from collections.abc import Callable

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.data.digits import Digits, to_floats
from vae_core.models import Autoencoder
from vae_core.training import (
    by_hand,
    compile_choice,
    compiled,
    cuda_graph,
    distributed,
    schedules,
    weighted_draws,
)
from vae_core.training.batch import draw_batch
from vae_core.training.objectives import Batch, terms
from vae_core.training.run_state import Loss, Model, RunState

Differentiate = Callable[[Batch], Tensor]
"""Leaves a batch's gradients at the weights, and gives its mean distortion, rate and loss, (3,)."""


class Updater:
    """Takes one step with a batch, and gives its means; how, it decides with the first batch."""

    def __init__(self, run: RunState, total_steps: int) -> None:
        self.run, self.total_steps = run, total_steps
        self.update: compiled.Update | None = None

    def __call__(self, batch: Batch) -> Tensor:
        if self.update is None:
            run = self.run
            if run.compiles is None:
                run.compiles = _compiles(run, batch, self.total_steps - run.step)
            self.update = _update(run, self.total_steps)
        return self.update(batch)


def _compiles(run: RunState, batch: Batch, steps: int) -> bool:
    """Whether to compile: as the recipe says (`compile`), or a whole step (`fused`) where it pays.

    Where a whole step cannot be one graph, nothing is measured.
    """
    train = run.config.train
    if train.compile or not train.fused or not _is_one_graph(run):
        return train.compile
    trial = RunState(run.config, run.device)
    seconds = compile_choice.plain_seconds(_plain(trial, max(1, steps)), batch)
    gain, known = compile_choice.measured(run), compile_choice.is_known(run)
    return compile_choice.pays(seconds, steps, gain, known)


def _is_one_graph(run: RunState) -> bool:
    """Whether a whole step can be, and should: not where it would pass all draws back."""
    return compiled.is_supported(run) and not weighted_draws.is_supported(run)


def _plain(run: RunState, total_steps: int, *, compiles: bool = False) -> compiled.Update:
    """An operation at a time, with or without a compiled loss."""
    differentiate = _differentiated(run, compiles)

    def plain(batch: Batch) -> Tensor:
        _prepare(run, total_steps)
        return _step(run, differentiate, batch)

    return plain


def _differentiated(run: RunState, compiles: bool) -> Differentiate:
    """By hand where the gradients are written out, bit for bit; of many importance samples by those
    with weight; by autograd otherwise."""
    if by_hand.is_supported(run) and not compiles:
        return by_hand.Gradients(run)
    if weighted_draws.is_supported(run):
        return weighted_draws.Gradients(run, compiles=compiles)
    loss = runtime.compile_if_possible(batch_loss) if compiles else batch_loss
    return functools.partial(_autograd, run, loss)


def _update(run: RunState, total_steps: int) -> compiled.Update:
    """The step itself: one graph, or an operation at a time with or without a compiled loss."""
    train = run.config.train
    plain = _plain(run, total_steps, compiles=train.compile and bool(run.compiles))
    if train.fused and run.compiles and _is_one_graph(run):
        return compiled.FusedStep(run, batch_loss, total_steps, otherwise=plain)
    return plain


def recorded(
    run: RunState, digits: Digits, batch_size: int, total_steps: int
) -> cuda_graph.GraphedSteps:
    """Steps on the digits at given rows, dozens by one launch of a GPU; the loss compiled or not.

    Args:
        run: on a GPU.
        digits: on the same one.
        batch_size: rows a step.
        total_steps: what the schedules are stretched over.
    """
    if run.compiles is None:
        run.compiles = run.config.train.compile
    loss = runtime.compile_if_possible(batch_loss) if run.compiles else batch_loss

    def step(rows: Tensor) -> Tensor:
        images, labels = digits.images.index_select(0, rows), digits.labels.index_select(0, rows)
        batch = draw_batch(run, images, labels)
        return _step(run, functools.partial(_autograd, run, loss), batch)

    return cuda_graph.GraphedSteps(run, step, batch_size, total_steps)


def _prepare(run: RunState, total_steps: int) -> None:
    """Sets what changes by schedule: beta, learning rate, the average's share, the code's k."""
    train = run.config.train
    run.beta.fill_(schedules.beta(train.beta, run.step, total_steps))
    run.share.fill_(schedules.average_share(train, run.step))
    run.optimizer.rate.fill_(schedules.learning_rate(train, run.step, total_steps))
    if isinstance(run.model, Autoencoder):
        run.model.topk = schedules.topk(run.config.code, run.step, total_steps)


def _autograd(run: RunState, loss: Loss, batch: Batch) -> Tensor:
    with runtime.autocast(run.device, run.config.train.precision):
        value, means = loss(run.model, batch, run.beta)
    run.optimizer.forget_gradients()
    torch.autograd.backward(value)
    return means


def _step(run: RunState, differentiate: Differentiate, batch: Batch) -> Tensor:
    """One step of the optimiser; the batch's mean distortion, rate and loss, (3,)."""
    train = run.config.train
    means = differentiate(batch)
    distributed.average_gradients(run.model, len(batch.x))
    if train.clip_norm is not None:
        torch.nn.utils.clip_grad_norm_(run.model.parameters(), train.clip_norm)
    run.optimizer.step()
    if run.average is not None:
        _follow(run.average, run.model, run.share)
    return distributed.weighted_mean(means, len(batch.x))


@torch.no_grad()
def _follow(average: Model, model: Model, share: Tensor) -> None:
    """Moves the average of the weights towards them by `share`, a number on their device."""
    for mean, weight in zip(average.parameters(), model.parameters(), strict=True):
        mean.lerp_(weight, share)


def batch_loss(model: Model, batch: Batch, beta: Tensor) -> tuple[Tensor, Tensor]:
    """The scalar to differentiate, and the means to report, (3,); pixels may still be bytes."""
    if batch.x.dtype == torch.uint8:
        x = to_floats(batch.x)
        batch = Batch(x, x, batch.y, batch.eps)
    found = terms(model, batch, beta)
    value = found.loss.mean()
    means = torch.stack((found.distortion.mean(), found.rate.mean(), value))
    return value, means.detach()
