"""A gated PixelCNN as p(x|z): each pixel depends on z and all that was drawn before it.

Pixels come in reading order. The vertical stack has seen the rows above a pixel, the horizontal
one also what lies to its left, and no earlier pixel within reach hides from both (van den Oord et
al., 2016). The reach is short on purpose: what spans the picture has to go through z.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import ClassVar, Protocol, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vae_core import runtime
from vae_core.probability.likelihoods.bernoulli import Bernoulli
from vae_core.probability.likelihoods.pixelwise import PixelWise
from vae_core.probability.likelihoods.registry import register

AT_ONCE = 500
"""Pictures at once: enough to hide the cost of a step, few enough to bound the memory."""


class GatedLayer(nn.Module):
    """One step of both stacks, tanh(a) * sigmoid(b) in each, given the features of z.

    The features join the vertical stack, and through `link` the horizontal one, which alone is
    residual. Layer 0 reads the picture itself and leaves out the pixel and the row in question
    (`gap` 1); later ones read what has already left them out.

    Args:
        inputs: channels of what it reads.
        width: channels of both stacks.
        rows, side, left: reach upwards, to both sides in the rows above, and to the left,
            counting the pixel in question where `gap` is 0.
        gap: 1 for the layer that reads the picture.
    """

    def __init__(
        self, inputs: int, width: int, *, rows: int, side: int, left: int, gap: int
    ) -> None:
        super().__init__()
        self.rows, self.side, self.left, self.gap = rows, side, left, gap
        self.vertical = nn.Conv2d(inputs, 2 * width, (rows, 2 * side + 1))
        self.horizontal = nn.Conv2d(inputs, 2 * width, (1, left), bias=False)
        self.features = nn.Conv2d(width, 2 * width, 1, bias=False)
        self.link = nn.Conv2d(2 * width, 2 * width, 1)
        self.out = nn.Conv2d(width, width, 1)

    @property
    def above(self) -> int:
        """Rows of nothing above what the vertical stack reads."""
        return self.rows - 1 + self.gap

    @property
    def before(self) -> int:
        """Columns of nothing before what the horizontal stack reads."""
        return self.left - 1 + self.gap

    def forward(
        self, v: Tensor, h: Tensor, residual: Tensor, features: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The next (v, h), each (n, width, height, width of the picture)."""
        # A negative pad drops the last row or column: that is the shift by one.
        over = F.pad(v, (self.side, self.side, self.above, -self.gap))
        across = F.pad(h, (self.before, -self.gap))
        # The first term decides the layout of the sum: that of a picture's one channel is slow.
        rows = self.features(features) + self.vertical(over)
        pixels = self.link(rows) + self.horizontal(across)
        return gate(rows), residual + self.out(gate(pixels))


def gate(both: Tensor) -> Tensor:
    """tanh of the first half of the channels times the sigmoid of the second."""
    a, b = both.chunk(2, 1)
    return torch.tanh(a) * torch.sigmoid(b)


@register("pixelcnn", binary="required", quantity="binary", is_slow=True)
class PixelCNN(nn.Module):
    """The decoder's output as features in, the distribution out.

    Args:
        layers: gated layers; each but the first adds one pixel to the reach on every side.
        reach: rows above, columns to each side and pixels to the left that layer 0 reads.
    """

    channels = 16
    """Features a pixel, and the width of both stacks: the features start the residual stream."""

    def __init__(self, layers: int = 3, reach: int = 5) -> None:
        super().__init__()
        width = self.channels
        first = GatedLayer(1, width, rows=reach, side=reach, left=reach, gap=1)
        rest = (GatedLayer(width, width, rows=2, side=1, left=2, gap=0) for _ in range(layers - 1))
        self.layers = nn.ModuleList((first, *rest))
        self.head = nn.Sequential(
            nn.SiLU(), nn.Conv2d(width, width, 1), nn.SiLU(), nn.Conv2d(width, 1, 1)
        )

    def forward(self, features: Tensor) -> Autoregressive:
        """p(x|z) for features (..., channels, 28, 28)."""
        return Autoregressive(self, features)

    def logits(self, x: Tensor, features: Tensor) -> Tensor:
        """Each pixel's logit given z and the pixels of x before it.

        Args:
            x: (n, 1, height, width), binary.
            features: (n, channels, height, width).

        Returns:
            (n, 1, height, width), in single precision.
        """
        features = features.contiguous(memory_format=torch.channels_last)
        v = h = x.contiguous(memory_format=torch.channels_last)
        stream = features
        for layer in self.layers:
            v, stream = layer(v, h, stream, features)
            h = stream
        return runtime.single(self.head(stream))

    @torch.no_grad()
    def draw(self, features: Tensor, uniforms: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        """Pictures drawn pixel by pixel: each is white where its uniform is below p.

        The vertical stack is computed a row at a time and the horizontal one a pixel at a time,
        over what is remembered, so that a picture costs one pass through the net, not 784.

        Args:
            features: (n, channels, height, width).
            uniforms: in [0, 1), broadcasting against (n, 1, height, width).

        Yields:
            After each row the pictures so far and the probabilities met, both
            (n, 1, height, width), zero where nothing is drawn yet; the same two tensors each time.
        """
        n, _, height, width = features.shape
        u = uniforms.expand(n, 1, height, width)
        x, met = torch.zeros_like(u, memory_format=torch.contiguous_format), torch.zeros_like(u)
        memory = Memory(self, features)
        for i in range(height):
            memory.start_row(i)
            for j in range(width):
                p = torch.sigmoid(memory.logit(i, j))
                met[:, :, i, j] = p
                x[:, :, i, j] = white = (u[:, :, i, j] < p).to(p.dtype)
                memory.remember(i, j, white)
            yield x, met


class Stacks(Protocol):
    """Gated layers and what makes logits of their residual stream."""

    layers: nn.ModuleList
    head: nn.Sequential


class Memory:
    """What both stacks have computed of pictures that are being drawn.

    Every layer reads what the one before wrote; `above` and `across` are what they read, with
    the zeros around that the padding of the whole net would have put there.
    """

    def __init__(self, net: Stacks, features: Tensor) -> None:
        n, _, height, self.width = features.shape
        self.net, self.features = net, features
        self.layers = cast(list[GatedLayer], list(net.layers))
        self.above: list[Tensor] = []
        self.across: list[Tensor] = []
        for layer in self.layers:
            inputs = layer.vertical.in_channels
            tall, wide = height + layer.above, self.width + 2 * layer.side
            self.above.append(features.new_zeros(n, inputs, tall, wide))
            self.across.append(features.new_zeros(n, inputs, self.width + layer.before))
        self.rows: list[Tensor] = []

    def start_row(self, i: int) -> None:
        """The vertical stack's row i, which only the rows above decide."""
        features, self.rows = self.features[:, :, i : i + 1], []
        following = [*zip(self.layers[1:], self.above[1:], strict=True), None]
        for layer, seen, after in zip(self.layers, self.above, following, strict=True):
            row = layer.vertical(seen[:, :, i : i + layer.rows]) + layer.features(features)
            self.rows.append(layer.link(row)[:, :, 0])
            if after is not None:
                later, target = after
                start = later.side
                target[:, :, i + later.above, start : start + self.width] = gate(row)[:, :, 0]

    def logit(self, i: int, j: int) -> Tensor:
        """The logits of pixel (i, j), (n, 1), or as many as the head gives."""
        stream = self.features[:, :, i, j]
        for index, (layer, row) in enumerate(zip(self.layers, self.rows, strict=True)):
            if index > 0:
                self.across[index][:, :, j + layer.before] = stream
            window = self.across[index][:, :, j : j + layer.left].flatten(1)
            pixel = row[:, :, j] + F.linear(window, layer.horizontal.weight.flatten(1))
            stream = stream + F.linear(gate(pixel), layer.out.weight.flatten(1), layer.out.bias)
        return self.net.head(stream[:, :, None, None]).flatten(1)

    def remember(self, i: int, j: int, white: Tensor) -> None:
        """Pixel (i, j) as drawn, (n, 1), or as many channels as the first layer reads."""
        first = self.layers[0]
        self.above[0][:, :, i + first.above, j + first.side] = white
        self.across[0][:, :, j + first.before] = white


class Autoregressive(PixelWise):
    """p(x|z) as the product over the pixels of p(pixel | pixels before it, z).

    Args:
        net: the PixelCNN.
        features: (..., channels, 28, 28).
    """

    formula: ClassVar[str] = Bernoulli.formula

    def __init__(self, net: PixelCNN, features: Tensor) -> None:
        self.net, self.features = net, features

    def log_probs(self, x: Tensor) -> Tensor:
        """Each pixel's share in nats; x broadcasts against the features.

        x is binary. Grey pixels reach their successors as they are, which the net was not
        trained on: the figure is then no likelihood, and larger than a cross-entropy need be.
        """
        return Bernoulli(self.logits(x)).log_probs(x)

    def logits(self, x: Tensor) -> Tensor:
        """Each pixel's logit given z and the pixels of x before it, (..., 1, 28, 28)."""
        leading = runtime.common_shape(x.shape[:-3], self.features.shape[:-3])
        pictures, features = (
            t.expand(*leading, *t.shape[-3:]).flatten(0, -4) for t in (x, self.features)
        )
        parts = [
            self.net.logits(some, features)
            for some, features in zip(
                runtime.pieces(pictures, AT_ONCE), runtime.pieces(features, AT_ONCE), strict=True
            )
        ]
        return torch.cat(parts).view(*leading, *parts[0].shape[1:])

    def parameters(self, x: Tensor) -> Mapping[str, Tensor]:
        """The logits l, each of them after the pixels of x before it."""
        return {"l": self.logits(x)}

    @cached_property
    def mean(self) -> Tensor:
        """Probabilities of white met while one picture is drawn, (..., 1, 28, 28) in [0, 1].

        No closed form of E[x|z] exists. The draw's noise is fixed, the same for every z, so
        that this is a function of z; it has no gradient. It costs about a pass through the net.
        """
        noise = torch.Generator().manual_seed(0)
        uniforms = torch.rand(1, 1, *self.features.shape[-2:], generator=noise)
        return self._drawn(uniforms.to(self.features), 1)

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """A binary picture drawn pixel by pixel, (..., 1, 28, 28)."""
        return self._drawn(self._uniforms(generator), 0)

    def rows(self, generator: torch.Generator | None = None) -> Iterator[Tensor]:
        """The pictures of `sample` as their rows come, black where nothing is drawn yet."""
        flat = self.features.flatten(0, -4)
        uniforms = self._uniforms(generator).flatten(0, -4)
        for x, _ in self.net.draw(flat, uniforms):
            yield x.clone().view(self._shape)

    @property
    def _shape(self) -> tuple[int, ...]:
        return (*self.features.shape[:-3], 1, *self.features.shape[-2:])

    def _uniforms(self, generator: torch.Generator | None) -> Tensor:
        like = self.features
        return torch.rand(self._shape, generator=generator, device=like.device, dtype=like.dtype)

    def _drawn(self, uniforms: Tensor, which: int) -> Tensor:
        """The pictures (`which` 0) or the probabilities met (1), so many at a time."""
        flat = self.features.flatten(0, -4)
        noise = uniforms.expand(self._shape).flatten(0, -4)
        parts: list[Tensor] = []
        for some, u in zip(
            runtime.pieces(flat, AT_ONCE), runtime.pieces(noise, AT_ONCE), strict=True
        ):
            *_, last = self.net.draw(some, u)
            parts.append(last[which])
        return torch.cat(parts).view(self._shape)
