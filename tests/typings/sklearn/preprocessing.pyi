"""What the package uses of scikit-learn's scalers; scikit-learn ships no types."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

class StandardScaler: ...

class FunctionTransformer:
    def __init__(self, func: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> None: ...
