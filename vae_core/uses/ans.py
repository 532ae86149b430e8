"""A stack of bits by asymmetric numeral systems (Duda, 2013), through the library `constriction`.

What is pushed under a distribution is popped under the same one, and pushing what was popped gives
the same bits back: a stack can be drawn from, which is what bits-back coding needs.
"""

from __future__ import annotations

import importlib
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int32]
Real = NDArray[np.float64]
Words = NDArray[np.uint32]

INSTALL = 'compression needs the library constriction: pip install "vae-studio[compress]".'
WIDTHS = 7
"""Standard deviations to both sides of a mean; beyond lie 3e-12 of a Gaussian."""

LEAST_STD = 0.05
"""In steps of the grid: a Gaussian much narrower than one step is none."""


def constriction() -> ModuleType:
    """The library, imported where it is needed.

    Raises:
        ValueError: it is not installed.
    """
    try:
        return importlib.import_module("constriction")
    except ImportError as error:
        raise ValueError(INSTALL) from error


class Stack:
    """Bits to push to and pop from.

    constriction leaves every whole number of a range a share of 2^-24, so that a wide range would
    now and then give a number far out in a Gaussian's tail. Each range here is as wide as its
    Gaussian: within `WIDTHS` standard deviations of the mean.

    Args:
        words: what lies on the stack, (n,) of 32 bits.
        is_sealed: whether `words` came from a stack; else they are any bits, to draw from, and
            `rest` gives them back.

    Raises:
        ValueError: constriction is not installed.
    """

    def __init__(self, words: Words, *, is_sealed: bool = True) -> None:
        self._library = constriction()
        self._coder = self._library.stream.stack.AnsCoder(words, seal=not is_sealed)
        self._bernoulli = self._library.stream.model.Bernoulli(perfect=False)

    def push_gaussian(self, values: Whole, mean: Real, std: Real, least: int = 0) -> None:
        """Push whole numbers (n,) under Gaussians around means (n,).

        Args:
            values, mean, std: in steps of the grid.
            least: half of the range at least, for values that did not come from these Gaussians.

        Raises:
            ValueError: a value lies outside of its range.
        """
        centre, std = np.rint(mean), np.maximum(std, LEAST_STD)
        offset, ranges = values - centre.astype(np.int32), _ranges(std, least)
        if (np.abs(offset) > ranges).any():
            raise ValueError("a code lies too far out to be written.")
        for reach in reversed(np.unique(ranges).tolist()):
            of = ranges == reach
            self._coder.encode_reverse(
                offset[of], self._gaussian(reach), (mean - centre)[of], std[of]
            )

    def pop_gaussian(self, mean: Real, std: Real, least: int = 0) -> Whole:
        """Whole numbers (n,) from Gaussians around means (n,), as `push_gaussian` takes them."""
        centre, std = np.rint(mean), np.maximum(std, LEAST_STD)
        values, ranges = centre.astype(np.int32), _ranges(std, least)
        for reach in np.unique(ranges).tolist():
            of = ranges == reach
            values[of] += self._coder.decode(self._gaussian(reach), (mean - centre)[of], std[of])
        return values

    def push_binary(self, values: Whole, p: Real) -> None:
        """Push zeros and ones (n,), each one with its probability p (n,)."""
        self._coder.encode_reverse(values, self._bernoulli, p)

    def pop_binary(self, p: Real) -> Whole:
        """Zeros and ones (n,), one with probability p (n,)."""
        return self._coder.decode(self._bernoulli, p)

    @property
    def words(self) -> Words:
        """Everything that lies on the stack, (n,) of 32 bits."""
        return self._coder.get_compressed()

    @property
    def bits(self) -> int:
        """How many bits lie on the stack."""
        return self._coder.num_valid_bits()

    def rest(self) -> Words:
        """The words of an unsealed stack, once all that was pushed is popped.

        Raises:
            ValueError: something else is left.
        """
        try:
            return self._coder.get_compressed(unseal=True)
        except Exception as error:  # of a type of its own
            raise ValueError("the bits do not come out even.") from error

    def _gaussian(self, reach: int) -> object:
        return self._library.stream.model.QuantizedGaussian(-reach, reach)


def _ranges(std: Real, least: int) -> NDArray[np.int64]:
    """Half of the range of each Gaussian: a power of 2, so that there are but a few kinds."""
    wide = np.maximum(WIDTHS * std, least) + 1
    return np.left_shift(1, np.ceil(np.log2(wide)).astype(np.int64))
