"""The machine: device, seeds and precision, each chosen in one place."""

from __future__ import annotations

import contextlib
import functools
import shutil
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import ParamSpec, TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vae_core import compile_cache

P = ParamSpec("P")
R = TypeVar("R")


def choose_device(name: str | None = None) -> torch.device:
    """The named device, or the best there is: CUDA, then MPS, then the CPU.

    Raises:
        ValueError: the name is unknown, or the device is not there.
    """
    if name is None or name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ValueError(f"device is {name!r}; it must be cpu, cuda, cuda:N or mps.") from error
    present = {"cpu": True, "cuda": torch.cuda.is_available()}
    if not present.get(device.type, device.type == "mps" and torch.backends.mps.is_available()):
        raise ValueError(f"device is {name!r}, which this machine does not have; try cpu.")
    return device


def device_label(device: torch.device) -> str:
    """What a person calls the device, such as `CPU` or `CUDA: NVIDIA L4`."""
    if device.type == "cuda":
        return f"CUDA: {torch.cuda.get_device_name(device)}"
    return device.type.upper()


def generator(device: torch.device | str, *seeds: int) -> torch.Generator:
    """A generator on `device` whose stream is a function of all the seeds."""
    mixed = 0
    for seed in seeds:
        # A multiplicative hash, so that (1, 2) and (2, 1) start different streams.
        mixed = (mixed * 6364136223846793005 + seed + 1442695040888963407) % 2**63
    return torch.Generator(device).manual_seed(mixed)


def autocast(device: torch.device, precision: str) -> contextlib.AbstractContextManager[object]:
    """bf16 arithmetic where `precision` asks for it and the device has it, else none."""
    if product_dtype(device, precision) == torch.float32:
        return contextlib.nullcontext()
    return torch.autocast(device.type, torch.bfloat16)


def product_dtype(device: torch.device, precision: str) -> torch.dtype:
    """What matrices are rounded to before they are multiplied, as `autocast` decides."""
    slow = device.type == "cpu" and not cpu_has_bf16()
    return torch.bfloat16 if precision == "bf16" and not slow else torch.float32


def single(x: Tensor) -> Tensor:
    """x in single precision where it was rounded to bf16; wider numbers stay as they are."""
    return x.float() if x.dtype == torch.bfloat16 else x


def full_precision(device: torch.device) -> contextlib.AbstractContextManager[object]:
    """No bf16 arithmetic inside, whatever is asked for around it: densities stay exact."""
    if device.type == "meta":  # It has no arithmetic at all, and torch no autocast for it.
        return contextlib.nullcontext()
    return torch.autocast(device.type, enabled=False)


@functools.cache
def cpu_has_bf16() -> bool:
    """Whether torch multiplies bf16 matrices on this CPU by fast instructions.

    Elsewhere (AVX2 alone, say) it has a plain loop for them: 25 times slower than fp32.
    """
    if not torch.backends.mkldnn.is_available():
        return False
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Torch's global stream of random numbers from `seed` inside, as it was afterwards."""
    fork = cast("Callable[..., contextlib.AbstractContextManager[None]]", torch.random.fork_rng)
    with fork(devices=[]):
        cast("Callable[[int], object]", torch.manual_seed)(seed)
        yield


@contextlib.contextmanager
def eval_mode(model: nn.Module) -> Iterator[None]:
    """Evaluation mode and no gradients inside, the former mode afterwards."""
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        model.train(was_training)


def compile_if_possible(function: Callable[P, R]) -> Callable[P, R]:
    """`function` through torch.compile; plain where there is no compiler, or it fails.

    A compiler that fails should cost time, not the run: its error is reported as a warning.
    """
    if shutil.which("g++") is None and shutil.which("clang++") is None:
        return function
    compile_cache.clean()
    for leave_out in _LEFT_OUT:
        leave_out()
    chosen: Callable[P, R] = torch.compile(function)

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        nonlocal chosen
        try:
            return chosen(*args, **kwargs)
        except RuntimeError as error:
            if chosen is function:
                raise
            chosen = function
            warnings.warn(f"torch.compile failed, going on without: {error}", stacklevel=2)
            # A mistake in the function itself shows again here, as it is.
            return function(*args, **kwargs)

    return call


_LEFT_OUT: list[Callable[[], None]] = []
"""What must run before the first compilation."""


def uncompiled(function: Callable[P, R]) -> Callable[P, R]:
    """`function`, which `compile_if_possible` leaves as it is and calls.

    Saying so to torch imports its compiler, a second that only a compilation should cost.
    """
    chosen = function

    def leave_out() -> None:
        nonlocal chosen
        if chosen is function:
            chosen = cast("Callable[P, R]", torch.compiler.disable(function))

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return chosen(*args, **kwargs)

    _LEFT_OUT.append(leave_out)
    return call


def numbers(x: Tensor) -> list[float]:
    """The entries of x (n,), which torch's own types leave open."""
    return cast(list[float], x.tolist())


def whole_numbers(x: Tensor) -> list[int]:
    """The entries of x (n,), a tensor of integers."""
    return cast(list[int], x.tolist())


def rows(x: Tensor) -> list[list[float]]:
    """The rows of x (n, d)."""
    return cast(list[list[float]], x.tolist())


def pieces(x: Tensor, size: int) -> tuple[Tensor, ...]:
    """Views of x, `size` of its first entries each; the last may have fewer."""
    return cast(tuple[Tensor, ...], x.split(size))


def common_shape(*shapes: Sequence[int]) -> torch.Size:
    """The shape that all of them broadcast to; RuntimeError when there is none."""
    return cast("Callable[..., torch.Size]", torch.broadcast_shapes)(*shapes)


def length(x: Tensor) -> Tensor:
    """The Euclidean norm of all of x, ()."""
    return cast(Tensor, x.norm())


def normal_quantiles(p: Tensor) -> Tensor:
    """Where the standard normal distribution function is p in (0, 1), shaped as p."""
    return cast("Callable[[Tensor], Tensor]", torch.special.ndtri)(p)


def from_array(values: NDArray[np.generic]) -> Tensor:
    """A tensor of its own memory, of the array's shape and type."""
    return cast("Callable[[NDArray[np.generic]], Tensor]", torch.from_numpy)(values.copy())


def lengths(x: Tensor) -> Tensor:
    """The Euclidean length of each row of x (n, d), (n,)."""
    return cast(Tensor, x.norm(dim=1))


def qr(x: Tensor) -> tuple[Tensor, Tensor]:
    """Q (n, k) with orthonormal columns and R (k, k) upper triangular: x (n, k) = Q R, n >= k."""
    return cast("tuple[Tensor, Tensor]", torch.linalg.qr(x))


def singular_values(x: Tensor) -> Tensor:
    """Those of x (n, k), falling, (min(n, k),)."""
    return cast(Tensor, torch.linalg.svdvals(x))


def svd(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """U (n, n), s (n,) falling, and V^T (n, n) of a square x (n, n) = U diag(s) V^T."""
    return cast("tuple[Tensor, Tensor, Tensor]", torch.linalg.svd(x))


def eigh(x: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues (d,), rising, and eigenvectors, the columns (d, d), of a symmetric x (d, d)."""
    return cast("tuple[Tensor, Tensor]", torch.linalg.eigh(x))


def eigenvalues(x: Tensor) -> Tensor:
    """Those of a symmetric x (d, d), rising, (d,)."""
    return cast(Tensor, torch.linalg.eigvalsh(x))


def cholesky(x: Tensor) -> Tensor:
    """L (..., d, d), lower triangular: x = L L^T, for x (..., d, d) positive definite."""
    return cast(Tensor, torch.linalg.cholesky(x))


def solve(a: Tensor, b: Tensor) -> Tensor:
    """x (d, k) of a x = b, for a (d, d) that has an inverse and b (d, k)."""
    return cast(Tensor, torch.linalg.solve(a, b))


def on_gradient(x: Tensor, change: Callable[[Tensor], Tensor]) -> None:
    """Has `change` make the gradient that flows back through x, of x's shape."""
    cast("Callable[[Callable[[Tensor], Tensor]], object]", x.register_hook)(change)
