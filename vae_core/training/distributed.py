"""Several processes under `torchrun`: each takes its share of a batch, gradients are averaged.

The shares differ by one row at most, and count by their rows.
"""

from __future__ import annotations

import os

import torch
import torch.distributed as dist
from torch import Tensor, nn

from vae_core import runtime


def start(device: torch.device) -> torch.device:
    """Joins the group when torchrun started this process; the device that is this rank's own."""
    if int(os.environ.get("WORLD_SIZE", "1")) < 2:
        return device
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    if device.type != "cuda":
        return device
    local = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    torch.cuda.set_device(local)
    return local


def stop() -> None:
    """Leaves the group, if there is one."""
    if dist.is_available() and dist.is_initialized():
        dist.destroy_process_group()


def rank() -> int:
    """This process's number; 0 without a group."""
    return dist.get_rank() if dist.is_available() and dist.is_initialized() else 0


def size() -> int:
    """The number of processes; 1 without a group."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def rows() -> slice:
    """The rows of a batch that this rank takes; the parts differ by one at most."""
    return slice(rank(), None, size())


def check_batch(size_of_batch: int) -> None:
    """Raises a ValueError where a batch has no row for each process."""
    if size_of_batch < size():
        raise ValueError(
            f"batch_size is {size_of_batch}; it must be at least {size()}, a row for each process."
        )


def weighted_mean(values: Tensor, count: int) -> Tensor:
    """The mean of `values` (any shape) over the ranks, each counting as `count` of its rows."""
    if size() == 1:
        return values
    weighted = torch.cat((values.detach().flatten() * count, values.new_full((1,), count)))
    dist.all_reduce(weighted)
    return (weighted[:-1] / weighted[-1]).view_as(values)


@runtime.uncompiled
def batch_mean(values: Tensor) -> Tensor:
    """The mean over dimension 0 of `values` (b, ...), and over the ranks' rows of one batch.

    It has the value of the whole batch's mean and the gradient of this rank's, so that the sum
    over the ranks, as `average_gradients` weighs them, is the gradient of the whole.
    """
    own = values.mean(0)
    if size() == 1:
        return own
    return own + (weighted_mean(own, len(values)) - own).detach()


def any_rank(said: bool) -> bool:
    """Whether one of the ranks says so; all get the same answer, at the same point."""
    if size() == 1:
        return said
    device = "cuda" if dist.get_backend() == "nccl" else "cpu"
    flag = torch.tensor(float(said), device=device)
    dist.all_reduce(flag, dist.ReduceOp.MAX)
    return bool(flag)


def average_gradients(model: nn.Module, count: int) -> None:
    """Replaces each gradient by its mean over the batch, of which this rank has `count` rows."""
    if size() == 1:
        return
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    flat = weighted_mean(torch.cat([g.flatten() for g in gradients]), count)
    means = torch.split(flat, [g.numel() for g in gradients])
    for gradient, mean in zip(gradients, means, strict=True):
        gradient.copy_(mean.view_as(gradient))
