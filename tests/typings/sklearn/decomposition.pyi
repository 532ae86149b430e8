"""What the package uses of scikit-learn's PCA; scikit-learn ships no types."""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

class PCA:
    components_: NDArray[np.float64]
    mean_: NDArray[np.float64]
    explained_variance_ratio_: NDArray[np.float64]
    def __init__(self, n_components: int, *, svd_solver: str = "auto") -> None: ...
    def fit(self, X: ArrayLike) -> Self: ...
    def transform(self, X: ArrayLike) -> NDArray[np.float64]: ...
    def inverse_transform(self, X: ArrayLike) -> NDArray[np.float64]: ...
