"""What the layers of a model's nets give for one picture."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from torch import Tensor, nn

from vae_core.nets import ConvDecoder, ConvEncoder


@dataclass(frozen=True)
class Layer:
    """What one layer gave: feature maps (channels, height, width) or units (n,)."""

    name: str
    values: Tensor


def layers_of(net: nn.Module) -> Iterator[nn.Module]:
    """The layers of an encoder or decoder in the order in which they run.

    A residual block counts as one.
    """
    inner = net.layers if isinstance(net, ConvEncoder | ConvDecoder) else net
    if isinstance(inner, nn.Sequential):
        for child in inner:
            yield from layers_of(child)
    else:
        yield inner


@contextmanager
def recorded(net: nn.Module) -> Generator[list[Layer]]:
    """What the layers of a net give while the block runs, for its one picture or code.

    The net must be the caller's own: hooks on a shared one would see what others do with it.
    """
    found: list[Layer] = []

    def keep(layer: nn.Module, _: object, output: Tensor) -> None:
        found.append(Layer(type(layer).__name__, output[0].detach()))

    hooks = [layer.register_forward_hook(keep) for layer in layers_of(net)]
    try:
        yield found
    finally:
        for hook in hooks:
            hook.remove()


def hidden(layers: list[Layer], inputs: int, outputs: int) -> list[Layer]:
    """The last of the layers of each shape; without the input and output again in other shapes.

    Args:
        layers: in order.
        inputs, outputs: how many numbers go into the net and come out of it.
    """
    kept: list[Layer] = []
    for layer in layers:
        if kept and kept[-1].values.shape == layer.values.shape:
            kept[-1] = layer
        else:
            kept.append(layer)
    while kept and kept[0].values.numel() == inputs and kept[0].name == "Flatten":
        kept = kept[1:]
    while kept and kept[-1].values.numel() == outputs:
        kept = kept[:-1]
    return kept
