"""What the package uses of scikit-learn's neighbours; scikit-learn ships no types."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

class KNeighborsClassifier:
    def __init__(self, n_neighbors: int, *, algorithm: str = "auto") -> None: ...
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self: ...
    def score(self, X: ArrayLike, y: ArrayLike) -> float: ...

class NearestNeighbors:
    def __init__(
        self,
        *,
        n_neighbors: int,
        algorithm: str = "auto",
        metric: str = "minkowski",
        metric_params: Mapping[str, Any] | None = None,
    ) -> None: ...
    def fit(self, X: ArrayLike) -> Self: ...
    def kneighbors(self, X: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]: ...
