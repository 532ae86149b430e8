"""What the package uses of scikit-learn's pipelines; scikit-learn ships no types."""

from typing import Self

from numpy.typing import ArrayLike

class Pipeline:
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self: ...
    def score(self, X: ArrayLike, y: ArrayLike) -> float: ...

def make_pipeline(*steps: object) -> Pipeline: ...
