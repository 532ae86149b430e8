"""A whole training step as one compiled graph, for small nets on a CPU.

There the matrix products take a quarter of a step: the rest is hundreds of small operations, each
with its own overhead and its own sweep through memory. Here forward, backward, clipping, Adam and
the weights' average are traced once, as autograd itself runs them, and compiled together: the
gradients go from the products straight into Adam, in the precision that the products gave them.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from itertools import chain
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

from vae_core import compile_cache, runtime
from vae_core.training import adam, compile_choice, distributed, schedules
from vae_core.training.objectives import Batch
from vae_core.training.run_state import Loss, RunState

if TYPE_CHECKING:
    from torch.fx import GraphModule


Update = Callable[[Batch], Tensor]
Tensors = list[Tensor]
AHEAD = 128
"""Steps whose numbers are worked out at a time."""


def is_supported(run: RunState) -> bool:
    """Whether a step of this run can be one graph: a CPU, one process and a C++ compiler.

    A sparse code whose k changes has no one graph.
    """
    compiler = shutil.which("g++") or shutil.which("clang++")
    alone = run.device.type == "cpu" and distributed.size() == 1
    return alone and compiler is not None and run.config.code.topk_start is None


class FusedStep:
    """One step of the optimiser a call, by a graph that is compiled at the first.

    The run's own tensors are changed in place, the optimiser's among them, so that saving and
    resuming need not know of it. All batches must be shaped as the first.

    Args:
        run: the run.
        loss: the scalar to minimise, and the means to report.
        total_steps: what the schedules are stretched over.
        otherwise: the plain step; it takes over, with a warning, should the compiler fail.
    """

    def __init__(self, run: RunState, loss: Loss, total_steps: int, otherwise: Update) -> None:
        self.run, self.loss, self.total_steps = run, loss, total_steps
        self.otherwise = otherwise
        self.update: Update | None = None
        self.numbers: dict[int, Tensor] = {}

    def __call__(self, batch: Batch) -> Tensor:
        """The batch's mean distortion, rate and loss, (3,)."""
        if self.update is None:
            self.update = self._compiled(batch)
        return self.update(batch)

    def _compiled(self, batch: Batch) -> Update:
        run = self.run
        compile_cache.clean()
        state = _state(run)
        tensors = [tensor.detach() for tensor in chain(*state)]
        try:
            with compile_choice.noted(run):
                graph = _trace(run, self.loss, state, self._numbers(), batch)
                given = [*tensors, self._numbers(), *_fields(batch)]
                run_graph = _inductor(graph, given)
        except Exception as error:  # The compiler's mistakes should cost time, not the run.
            warnings.warn(f"the step does not compile, going on without: {error}", stacklevel=3)
            return self.otherwise

        def update(batch: Batch) -> Tensor:
            (means,) = run_graph([*tensors, self._numbers(), *_fields(batch)])
            return means

        return update

    def _numbers(self) -> Tensor:
        """Beta, the factors of Adam's step and spread, and the weights' share of their average."""
        step = self.run.step
        if step not in self.numbers:
            # Many at a time: each operation outside of the graph costs a hundredth of the step.
            rows = [self._row(t) for t in range(step, step + AHEAD)]
            self.numbers = dict(enumerate(torch.tensor(rows).unbind(), step))
        return self.numbers[step]

    def _row(self, step: int) -> tuple[float, ...]:
        train = self.run.config.train
        rate = schedules.learning_rate(train, step, self.total_steps)
        first, second = (1 - decay ** (step + 1) for decay in adam.BETAS)
        beta = schedules.beta(train.beta, step, self.total_steps)
        share = schedules.average_share(train, step)
        return beta, rate / first, second**-0.5, share


def _state(run: RunState) -> list[Tensors]:
    """Weights, Adam's two moments, averaged weights (none without), buffers, counts of steps."""
    averages: Tensors = [] if run.average is None else list(run.average.parameters())
    kept = run.optimizer
    return [kept.weights, kept.first, kept.second, averages, list(run.model.buffers()), kept.counts]


class _Loss(nn.Module):
    """The loss as a module, so that other tensors can stand for the model's weights."""

    def __init__(self, model: nn.Module, loss: Loss) -> None:
        super().__init__()
        self.model, self.loss = model, loss

    def forward(self, batch: Batch, beta: Tensor) -> tuple[Tensor, Tensor]:
        return self.loss(self.model, batch, beta)  # type: ignore[arg-type]


def _trace(
    run: RunState, loss: Loss, state: Sequence[Tensors], numbers: Tensor, batch: Batch
) -> GraphModule:
    """The step as a graph over the flattened state, the numbers and the batch's fields."""
    # Imported here, since it takes a second that only a training has.
    from torch.fx.experimental.proxy_tensor import make_fx
    from torch.fx.graph import CodeGen

    module, train = _Loss(run.model, loss), run.config.train
    names = [name for name, _ in module.named_parameters()]
    constants = [name for name, _ in module.named_buffers()]

    def step(state: Sequence[Tensors], numbers: Tensor, fields: Tensors) -> tuple[Tensor]:
        weights, first, second, averages, buffers, counts = state
        beta, rate, spread, share = numbers.unbind()
        with torch.enable_grad(), runtime.autocast(run.device, train.precision):
            leaves = [weight.detach().requires_grad_() for weight in weights]
            held = dict(zip(names + constants, leaves + buffers, strict=True))
            value, means = torch.func.functional_call(module, held, (_like(batch, fields), beta))
        gradients = list(torch.autograd.grad(value, leaves))
        if train.clip_norm is not None:
            gradients = _clipped(gradients, train.clip_norm)
        for weight, m, v, g in zip(weights, first, second, gradients, strict=True):
            _adam(weight, m, v, g, rate, spread)
        for average, weight in zip(averages, weights, strict=False):
            average.add_(share * (weight - average))
        for count in counts:
            count.add_(1)
        return (means,)

    given = [[tensor.detach() for tensor in part] for part in state]
    unfused = {torch.ops.aten.addmm.default: _addmm}
    graph = make_fx(step, unfused, tracing_mode="fake")(given, numbers, _fields(batch))
    graph.graph.set_codegen(CodeGen())  # Flat arguments, in the order of the nested ones.
    graph.recompile()
    return graph


def _adam(
    weight: Tensor, m: Tensor, v: Tensor, gradient: Tensor, rate: Tensor, spread: Tensor
) -> None:
    """Adam (Kingma and Ba, 2014) in place, a root and a division an element.

    `rate` is the learning rate over 1 - beta_1^t, `spread` is 1 over the root of 1 - beta_2^t.
    """
    mean, square = adam.BETAS
    m.add_((1 - mean) * (gradient - m))
    v.copy_(square * v + (1 - square) * gradient * gradient)
    weight.sub_(rate * m / (v.sqrt() * spread + adam.EPS))


def _clipped(gradients: Tensors, limit: float) -> Tensors:
    """The gradients, scaled down where their joint norm is above `limit`."""
    norm = torch.stack([g.float().square().sum() for g in gradients]).sum().sqrt()
    scale = (limit / (norm + 1e-6)).clamp(max=1)
    return [scale * g for g in gradients]


def _addmm(bias: Tensor, x: Tensor, weight: Tensor, **scales: object) -> Tensor:
    """A linear layer whose bias joins the next pointwise kernel.

    Handed to the product, it would be spread over the result first: a sweep of its own. Where the
    layer gives more than the batch holds, the weights come first: a tall matrix times a wide one
    takes oneDNN 3 a tenth less than the other way round.
    """
    if scales or bias.dim() != 1:
        return NotImplemented
    outputs = weight.shape[1]
    product = torch.mm(weight.t(), x.t()).t() if len(x) < outputs else torch.mm(x, weight)
    return (product.float() + bias.float()).to(x.dtype)


def _fields(batch: Batch) -> Tensors:
    """The tensors that the batch holds, each once."""
    seen = None if batch.seen is batch.x else batch.seen
    return [tensor for tensor in (batch.x, seen, batch.y, batch.eps) if tensor is not None]


def _like(batch: Batch, fields: Tensors) -> Batch:
    """`fields` as a batch that has what `batch` has."""
    left = iter(fields)
    x = next(left)
    seen = x if batch.seen is batch.x else next(left)
    y = None if batch.y is None else next(left)
    return Batch(x, seen, y, next(left))


def _inductor(graph: GraphModule, inputs: Tensors) -> Callable[[Tensors], Sequence[Tensor]]:
    """The compiled graph, called with a list of its inputs that it may empty."""
    # Imported here, since it takes seconds. Called without Dynamo, whose guards have nothing to
    # watch in a graph of tensors alone and cost a twentieth of a small step.
    from torch._functorch import config as autograd_config
    from torch._inductor.compile_fx import compile_fx, compile_fx_inner
    from torch._inductor.output_code import OutputCode

    compiled: list[OutputCode] = []
    inner = cast("Callable[..., OutputCode]", compile_fx_inner)
    patch = cast(
        "Callable[..., AbstractContextManager[object]]",
        autograd_config.patch,  # pyright: ignore[reportUnknownMemberType]  torch gives it no types
    )

    def keep(whole: GraphModule, given: Sequence[object], **kwargs: object) -> OutputCode:
        if len(given) != len(inputs):
            # It would read them from where nothing was handed to it.
            raise ValueError("the step holds tensors of its own")
        code = inner(whole, given, **kwargs)
        compiled.append(code)
        return code

    # The calls of the kernels are compiled too, and shapes that were traced are not checked again:
    # in Python both cost a twentieth of a small step. What AOTAutograd wraps around each call has
    # no gradients to serve here, so the compiled graph itself is kept; a hit of that one's cache
    # would hide it. One place for all that is in between is found once, where forty requests for
    # memory a step took a thirtieth of it.
    options = {"cpp_wrapper": True, "size_asserts": False, "memory_planning": True}
    with torch.no_grad(), patch(enable_autograd_cache=False):
        compile_fx(graph, inputs, keep, options)
    (whole,) = compiled
    return whole
