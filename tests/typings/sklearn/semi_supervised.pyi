from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

class LabelSpreading:
    label_distributions_: NDArray[np.float64]
    def __init__(
        self,
        kernel: Callable[[object, object], object],
        *,
        alpha: float = ...,
        max_iter: int = ...,
        tol: float = ...,
    ) -> None: ...
    def fit(self, X: NDArray[np.float32], y: NDArray[np.int64]) -> LabelSpreading: ...
