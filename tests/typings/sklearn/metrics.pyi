"""What the tests use of scikit-learn's measures; scikit-learn ships no types."""

from numpy.typing import ArrayLike

def roc_auc_score(y_true: ArrayLike, y_score: ArrayLike) -> float: ...
