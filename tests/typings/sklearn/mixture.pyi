"""What the package uses of scikit-learn's mixtures; scikit-learn ships no types."""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

class GaussianMixture:
    weights_: NDArray[np.float64]
    means_: NDArray[np.float64]
    covariances_: NDArray[np.float64]
    def __init__(
        self, n_components: int, *, reg_covar: float = 1e-6, random_state: int | None = None
    ) -> None: ...
    def fit(self, X: ArrayLike) -> Self: ...
    def score(self, X: ArrayLike) -> float: ...
