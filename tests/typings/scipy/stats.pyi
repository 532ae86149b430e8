"""What the package uses of scipy.stats, which ships no types."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

def rankdata(a: ArrayLike, *, axis: int | None = None) -> NDArray[np.float64]: ...
