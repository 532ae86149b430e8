"""Kinds of tensors for signatures: `Float[Tensor, "b 1 28 28"]`.

People and type checkers read them, and the tests check them at every call
(`tests/shared/shape_checks.py`). Nothing else evaluates an annotation, so that jaxtyping is
needed where tests or a type checker run, and nowhere else.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING or "jaxtyping" in sys.modules:
    from jaxtyping import Float, Int
else:
    Float = Int = None

__all__ = ["Float", "Int"]
