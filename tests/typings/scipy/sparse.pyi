"""What the package uses of scipy's sparse matrices; scipy ships no types."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

class csr_matrix:
    T: csr_matrix
    def __init__(
        self,
        entries: tuple[NDArray[np.float64], tuple[NDArray[np.int64], NDArray[np.int64]]],
        *,
        shape: tuple[int, int],
    ) -> None: ...
    def maximum(self, other: csr_matrix) -> csr_matrix: ...
    def toarray(self) -> NDArray[np.float64]: ...
