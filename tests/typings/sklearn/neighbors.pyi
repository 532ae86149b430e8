"""What the package uses of scikit-learn's neighbours; scikit-learn ships no types."""

from typing import Self

from numpy.typing import ArrayLike

class KNeighborsClassifier:
    def __init__(self, n_neighbors: int, *, algorithm: str = "auto") -> None: ...
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self: ...
    def score(self, X: ArrayLike, y: ArrayLike) -> float: ...
