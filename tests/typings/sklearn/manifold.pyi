"""What the package uses of scikit-learn's manifold learning; scikit-learn ships no types."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

class TSNE:
    def __init__(self, *, init: str = "pca", random_state: int | None = None) -> None: ...
    def fit_transform(self, X: ArrayLike) -> NDArray[np.float32]: ...
