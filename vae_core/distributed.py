"""Several processes under `torchrun`: each takes its share of a batch, gradients are averaged."""

from __future__ import annotations

import os

import torch
import torch.distributed as dist
from torch import nn


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


def average_gradients(model: nn.Module) -> None:
    """Replaces each gradient by its mean over the ranks."""
    if size() == 1:
        return
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    flat /= size()
    for gradient, mean in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(mean.view_as(gradient))
