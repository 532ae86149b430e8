"""What the package uses of scikit-learn's linear models; scikit-learn ships no types."""

from typing import Self

class LogisticRegression:
    def __init__(self, *, C: float = 1.0, tol: float = 1e-4) -> None: ...
    def set_params(self, *, max_iter: int) -> Self: ...
