"""Encoders and decoders: tensors in, features out; no probability here."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vae_core import runtime
from vae_core.config import NetConfig

PIXELS = 28 * 28
ACTIVATIONS: dict[str, type[nn.Module]] = {
    "identity": nn.Identity,
    "relu": nn.ReLU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
}


def build_encoder(config: NetConfig, outputs: int, channels: int = 1) -> nn.Module:
    """A net from (b, channels, 28, 28) to (b, outputs), without a final non-linearity."""
    if config.kind == "mlp":
        dims = (channels * PIXELS, *config.hidden_dims, outputs)
        return nn.Sequential(nn.Flatten(), mlp(dims, config.activation))
    kind = GridEncoder if config.kind == "grid" else ConvEncoder
    return kind(config.hidden_dims, config.blocks, outputs, channels)


def build_decoder(config: NetConfig, inputs: int, channels: int = 1) -> nn.Module:
    """A net from (b, inputs) to (b, channels, 28, 28), without a final non-linearity."""
    given = config.hidden_dims if config.decoder_dims is None else config.decoder_dims
    dims = tuple(reversed(given))
    if config.kind == "mlp":
        layers = mlp((inputs, *dims, channels * PIXELS), config.activation)
        return nn.Sequential(layers, nn.Unflatten(1, (channels, 28, 28)))
    blocks = config.blocks if config.decoder_blocks is None else config.decoder_blocks
    kind = GridDecoder if config.kind == "grid" else ConvDecoder
    return kind(dims, blocks, inputs, channels)


def mlp(dims: Sequence[int], activation: str = "relu") -> nn.Sequential:
    """Linear layers of the given widths with the activation between them."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(dims):
        layers += [nn.Linear(inputs, outputs), ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1])


class Transposed(nn.Module):
    """The way back through a linear layer: its weights transposed, and a bias of its own."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.forth = (layer,)  # in a tuple, so that its weights stay the encoder's alone
        self.bias = nn.Parameter(torch.zeros(layer.in_features))

    def forward(self, code: Tensor) -> Tensor:
        return F.linear(code, self.forth[0].weight.t(), self.bias)


def tied_decoder(encoder: nn.Module, activation: str, channels: int = 1) -> nn.Module:
    """The decoder of an MLP encoder's own weights: (b, outputs) to (b, channels, 28, 28)."""
    forth = [layer for layer in encoder.modules() if isinstance(layer, nn.Linear)]
    layers: list[nn.Module] = []
    for layer in reversed(forth):
        layers += [Transposed(layer), ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1], nn.Unflatten(1, (channels, 28, 28)))


def hidden_activations(encoder: nn.Module, x: Tensor) -> tuple[Tensor, list[Tensor]]:
    """What an MLP encoder gives for x (b, 1, 28, 28), and what its hidden layers gave before."""
    assert isinstance(encoder, nn.Sequential)
    features = x.flatten(1)
    hidden: list[Tensor] = []
    layers = encoder[1]
    assert isinstance(layers, nn.Sequential)
    for layer in layers:
        features = layer(features)
        if not isinstance(layer, nn.Linear):
            hidden.append(features)
    return features, hidden


class ResidualBlock(nn.Module):
    """x + f(x), pre-activation; f starts at zero, so that a deep stack starts as the identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.GroupNorm(8, channels),
            nn.SiLU(),
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.GroupNorm(8, channels),
            nn.SiLU(),
            nn.Conv2d(channels, channels, 3, padding=1),
        )
        last = self.layers[-1]
        assert isinstance(last, nn.Conv2d)
        assert last.bias is not None
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


class ConvEncoder(nn.Module):
    """Strided convolutions 28 -> 14 -> 7 -> 4 with residual blocks at each size."""

    def __init__(self, channels: Sequence[int], blocks: int, outputs: int, inputs: int = 1) -> None:
        super().__init__()
        a, b, c = channels
        self.layers = nn.Sequential(
            nn.Conv2d(inputs, a, 4, stride=2, padding=1),
            *(ResidualBlock(a) for _ in range(blocks)),
            nn.Conv2d(a, b, 3, stride=2, padding=1),
            *(ResidualBlock(b) for _ in range(blocks)),
            nn.Conv2d(b, c, 3, stride=2, padding=1),
            *(ResidualBlock(c) for _ in range(blocks)),
            nn.SiLU(),
        )
        self.head: nn.Module = nn.Linear(c * 4 * 4, outputs)

    def forward(self, x: Tensor) -> Tensor:
        # Convolutions on the CPU and on tensor cores are fastest with channels innermost.
        features = self.layers(x.contiguous(memory_format=torch.channels_last))
        return self.head(features.flatten(1))


class ConvTranspose2d(nn.ConvTranspose2d):
    """torch's, but that an odd kernel on a CPU computes in its weights' precision under autocast.

    In bf16 it takes oneDNN 3 times as long, and both ways together twice as long. It bears torch's
    name since the pages show a layer by its class.
    """

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        if input.device.type != "cpu" or self.kernel_size[0] % 2 == 0:
            return super().forward(input, output_size)
        with runtime.full_precision(input.device):
            return super().forward(input.to(self.weight.dtype), output_size)


class ConvDecoder(nn.Module):
    """The encoder's mirror: 4 -> 7 -> 14 -> 28; `channels` are given from 4x4 upwards."""

    def __init__(self, channels: Sequence[int], blocks: int, inputs: int, outputs: int = 1) -> None:
        super().__init__()
        c, b, a = channels
        self.stem: nn.Module = nn.Linear(inputs, c * 4 * 4)
        self.unflatten = nn.Unflatten(1, (c, 4, 4))
        self.layers = nn.Sequential(
            *(ResidualBlock(c) for _ in range(blocks)),
            ConvTranspose2d(c, b, 3, stride=2, padding=1),
            *(ResidualBlock(b) for _ in range(blocks)),
            ConvTranspose2d(b, a, 4, stride=2, padding=1),
            *(ResidualBlock(a) for _ in range(blocks)),
            nn.SiLU(),
            # Four sub-pixels a position (Shi et al., 2016): a quarter of a transposed
            # convolution's time on a CPU, where a single output channel vectorises badly.
            nn.Conv2d(a, 4 * outputs, 3, padding=1),
            nn.PixelShuffle(2),
        )

    def forward(self, z: Tensor) -> Tensor:
        features = self.unflatten(self.stem(z))
        return self.layers(features.contiguous(memory_format=torch.channels_last))


class GridEncoder(ConvEncoder):
    """The same, where each place of the 4x4 gives a vector of its own: (b, outputs), by channel."""

    def __init__(self, channels: Sequence[int], blocks: int, outputs: int, inputs: int = 1) -> None:
        super().__init__(channels, blocks, outputs, inputs)
        # The head above takes the features in a row; here they keep their places.
        layers = (nn.Unflatten(1, (channels[-1], 4, 4)), nn.Conv2d(channels[-1], outputs // 16, 1))
        self.head = nn.Sequential(*layers, nn.Flatten())


class GridDecoder(ConvDecoder):
    """The same, from a vector a place: (b, inputs), by channel."""

    def __init__(self, channels: Sequence[int], blocks: int, inputs: int, outputs: int = 1) -> None:
        super().__init__(channels, blocks, inputs, outputs)
        layers = (nn.Unflatten(1, (inputs // 16, 4, 4)), nn.Conv2d(inputs // 16, channels[0], 1))
        self.stem = nn.Sequential(*layers, nn.Flatten())
