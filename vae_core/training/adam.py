"""Adam by torch's fused function: without the optimizer object around it.

That one imports torch's compiler for a second, and takes a tenth of a small net's step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor
from torch.optim.adam import adam

BETAS, EPS = (0.9, 0.999), 1e-8
MOMENTS = ("step", "exp_avg", "exp_avg_sq")
"""What it remembers of each weight: the count of its steps, and running means of the gradient and
of its square."""


class Adam:
    """Adam (Kingma and Ba, 2014) over some weights, with the settings that torch starts from.

    Args:
        weights: what it changes, in place; all on one device.
        learning_rate: of the first steps; later ones are set by filling `rate`.
    """

    def __init__(self, weights: Iterable[Tensor], learning_rate: float) -> None:
        self.weights = list(weights)
        device = self.weights[0].device
        self.rate = torch.tensor(learning_rate, device=device)
        self.counts = [torch.zeros((), device=device) for _ in self.weights]
        self.first = [torch.zeros_like(weight) for weight in self.weights]
        self.second = [torch.zeros_like(weight) for weight in self.weights]

    def forget_gradients(self) -> None:
        """Before those of the next step are summed."""
        for weight in self.weights:
            weight.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Changes each weight that has a gradient."""
        parts = zip(self.weights, self.first, self.second, self.counts, strict=True)
        # Grouped as the function takes them: weights, gradients, both moments, counts.
        rows = [(w, w.grad, m, v, n) for w, m, v, n in parts if w.grad is not None]
        weights, gradients, first, second, counts = map(list, zip(*rows, strict=True))
        adam(
            weights, gradients, first, second, [], counts,
            fused=True, capturable=self.rate.is_cuda, amsgrad=False, beta1=BETAS[0],
            beta2=BETAS[1], lr=self.rate, weight_decay=0.0, eps=EPS, maximize=False,
        )  # fmt: skip

    def state(self) -> dict[str, Tensor]:
        """What it remembers, as `place.moment`, by the place of each weight."""
        kept = zip(self.counts, self.first, self.second, strict=True)
        return {
            f"{i}.{name}": tensor
            for i, row in enumerate(kept)
            for name, tensor in zip(MOMENTS, row, strict=True)
        }

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Remembers what `state` returned."""
        for name, tensor in self.state().items():
            tensor.copy_(state[name])
