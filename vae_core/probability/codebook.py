"""Codes made of entries of a codebook, and their prior: a gated PixelCNN over the grid."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vae_core import runtime
from vae_core.probability.likelihoods.pixelcnn import GatedLayer, Memory
from vae_core.probability.shapes import Float, Int
from vae_core.probability.whitening import Whitening

SIDE = 4
PLACES = SIDE * SIDE
LAYERS, WIDTH = 3, 64
LEAST = 0.1


class CodebookPrior(nn.Module):
    """p(z) of a grid of 4x4 vectors, each an entry of a codebook (van den Oord et al., 2017).

    A code z (..., d) holds the grid's channels one after the other, d = channels * 16. It counts as
    the grid of the entries nearest to it: `log_prob` is the log-probability of those, by a PixelCNN
    that learns them while they are learned. Entries are `vectors @ basis`: the basis moves those
    too that no digit chose, so that none is left behind (Zhu et al., 2024).

    Sliders move the code before it is quantised, in standard deviations of the digits' codes along
    their principal directions: what they decode to jumps where an entry changes.

    Args:
        dim: of a code, a multiple of 16.
        entries: of the codebook.
    """

    factorises = False

    def __init__(self, dim: int, entries: int) -> None:
        super().__init__()
        self.dim, self.entries, self.channels = dim, entries, dim // PLACES
        self.vectors = nn.Parameter(torch.randn(entries, self.channels))
        self.basis = nn.Parameter(torch.eye(self.channels))
        self.net = GridNet(entries)
        self.whitening = Whitening(dim, persistent=True)

    @property
    def codebook(self) -> Float[Tensor, "entries channels"]:
        """The entries, one a row."""
        return self.vectors @ self.basis

    def nearest(self, z: Float[Tensor, "*b {self.dim}"]) -> Int[Tensor, "*b places"]:
        """The entry nearest to each vector of z (..., d), (..., 16), places in reading order."""
        with runtime.full_precision(z.device), torch.no_grad():
            book = self.codebook
            vectors = z.reshape(*z.shape[:-1], self.channels, PLACES).transpose(-1, -2)
            distances = book.square().sum(-1) - 2 * vectors @ book.T
            return distances.argmin(-1)

    def at(self, entries: Int[Tensor, "*b places"]) -> Float[Tensor, "*b {self.dim}"]:
        """The code (..., d) of a grid of entries (..., 16)."""
        with runtime.full_precision(entries.device):
            return _rows(self.codebook, entries).transpose(-1, -2).flatten(-2)

    def quantised(self, z: Float[Tensor, "*b {self.dim}"]) -> Float[Tensor, "*b {self.dim}"]:
        """The code of the entries nearest to z; gradients pass straight through to z."""
        # Nothing is added but the gradient's way: z - z is 0 exactly.
        return self.at(self.nearest(z)).detach() + (z - z.detach())

    def log_prob(
        self, z: Float[Tensor, "*b {self.dim}"], y: Tensor | None = None
    ) -> Float[Tensor, "*b"]:
        """Log-probability in nats, (...), of the grid that z stands for; y means nothing here."""
        return self.log_prob_of(self.nearest(z))

    def log_prob_of(self, entries: Int[Tensor, "*b places"]) -> Float[Tensor, "*b"]:
        """Log-probability of grids of entries (..., 16) in nats, (...)."""
        flat = entries.flatten(0, -2)
        logits = self.net(flat).transpose(1, 2)
        cost = F.cross_entropy(logits, flat, reduction="none")
        return -cost.sum(-1).view(entries.shape[:-1])

    @torch.no_grad()
    def draw(
        self, n: int, *, generator: torch.Generator, temperature: float = 1.0
    ) -> Float[Tensor, "{n} {self.dim}"]:
        """Codes (n, d) drawn entry by entry; below a temperature of 1 the likelier ones more often.

        At 0 each is the likeliest after those before it.
        """
        uniform = torch.rand(PLACES, n, self.entries, generator=generator, device=generator.device)
        gumbel = -(-uniform.clamp(1e-12, 1 - 1e-7).log()).log()
        entries = self.net.draw(temperature * gumbel.to(self.vectors.device))
        return self.at(entries)

    def fit(self, codes: Float[Tensor, "n {self.dim}"]) -> None:
        """Lays the sliders along the principal directions of codes (n, d) of digits.

        Neither codes nor entries vary in all of them, and there the ones lie beside the others by
        hundreds of such small deviations: a slider counts a tenth of the widest one's at least.
        """
        self.whitening.fit(codes.mean(0), torch.cov(codes.T), least=LEAST)

    def to_sliders(
        self, z: Float[Tensor, "*b {self.dim}"], y: Tensor | None = None
    ) -> Float[Tensor, "*b {self.dim}"]:
        """Standard deviations from the mean code, (..., d), along the principal directions."""
        return self.whitening.forth(z)

    def from_sliders(
        self, u: Float[Tensor, "*b {self.dim}"], y: Tensor | None = None
    ) -> Float[Tensor, "*b {self.dim}"]:
        """The code (..., d), not yet quantised, that the sliders' position u stands for."""
        return self.whitening.back(u)


class GridNet(nn.Module):
    """Logits of each entry of a grid, given those before it in reading order.

    The gated layers of the PixelCNN, which read the whole grid at once; in the place of a
    picture's features each place of the grid has some of its own.
    """

    def __init__(self, entries: int) -> None:
        super().__init__()
        self.embedding = nn.Parameter(torch.randn(entries, WIDTH))
        self.places = nn.Parameter(torch.zeros(1, WIDTH, SIDE, SIDE))
        reach = SIDE - 1
        first = GatedLayer(WIDTH, WIDTH, rows=reach, side=reach, left=reach, gap=1)
        rest = (GatedLayer(WIDTH, WIDTH, rows=2, side=1, left=2, gap=0) for _ in range(LAYERS - 1))
        self.layers = nn.ModuleList((first, *rest))
        layers = (nn.SiLU(), nn.Conv2d(WIDTH, 2 * WIDTH, 1))
        self.head = nn.Sequential(*layers, nn.SiLU(), nn.Conv2d(2 * WIDTH, entries, 1))

    def forward(self, entries: Int[Tensor, "n places"]) -> Float[Tensor, "n places k"]:
        """Logits (n, 16, entries) in single precision for grids (n, 16)."""
        embedded = _rows(self.embedding, entries).transpose(1, 2)
        v = h = embedded.reshape(-1, WIDTH, SIDE, SIDE)
        places = self.places.expand(len(entries), -1, -1, -1)
        stream = places
        for layer in self.layers:
            v, stream = layer(v, h, stream, places)
            h = stream
        return runtime.single(self.head(stream)).flatten(2).transpose(1, 2)

    def draw(self, noise: Float[Tensor, "places n k"]) -> Int[Tensor, "n places"]:
        """Grids (n, 16) drawn entry by entry: at each place the largest of logits and noise.

        What the stacks have computed is remembered, so that a grid costs one pass, not 16.

        Args:
            noise: Gumbel's (16, n, entries), under which the largest is a draw of the softmax.
        """
        n = noise.shape[1]
        memory = Memory(self, self.places.expand(n, -1, -1, -1))
        drawn: list[Tensor] = []
        for place, scatter in enumerate(noise):
            i, j = divmod(place, SIDE)
            if j == 0:
                memory.start_row(i)
            drawn.append((runtime.single(memory.logit(i, j)) + scatter).argmax(-1))
            memory.remember(i, j, F.embedding(drawn[-1], self.embedding))
        return torch.stack(drawn, 1)


def _rows(table: Tensor, entries: Tensor) -> Tensor:
    """The rows of `table` (k, d) that entries (...) name, (..., d).

    A product while it learns: the gradient of a lookup is a sum that no CUDA graph can hold.
    """
    if not (torch.is_grad_enabled() and table.requires_grad):
        return F.embedding(entries, table)
    chosen = entries.unsqueeze(-1) == torch.arange(len(table), device=entries.device)
    return chosen.to(table.dtype) @ table
