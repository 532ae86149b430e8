"""The digitizer against MNIST itself: unchanged, framed again, on canvases, side by side."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from kinds import render
from numpy.typing import NDArray
from PIL import Image
from scenes import row

from vae_core.data.digits import Digits
from vae_core.digitize import Digit, Options, digitize
from vae_core.digitize.mnist_frame import centre_of_mass, frame, is_mnist

Grey = NDArray[np.uint8]


@pytest.fixture(scope="session")
def digits(test_digits: Digits) -> Grey:
    """The 10,000 test digits, uint8 (10000, 28, 28)."""
    return test_digits.images.numpy().reshape(-1, 28, 28)


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    """The picture as the bytes of a file."""
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def rmse(one: Grey, two: Grey) -> float:
    """Root mean square difference as a share of full white."""
    return float(np.sqrt(np.mean((one / 255.0 - two / 255.0) ** 2)))


def test_mnist_digits_pass_through_unchanged(digits: Grey) -> None:
    for digit in digits:
        assert np.array_equal(digitize(Image.fromarray(digit)).pixels, digit)


def test_mnist_digits_pass_through_as_colour_and_as_files(digits: Grey) -> None:
    for digit in digits[::500]:
        image = Image.fromarray(digit)
        for source in (saved(image, "PNG"), saved(image.convert("RGB"), "BMP")):
            assert np.array_equal(digitize(source).pixels, digit)
        spelled_out = Options(polarity="light", stroke="keep", choose=0)
        assert np.array_equal(digitize(image, spelled_out).pixels, digit)


def test_the_frame_gives_mnist_back(digits: Grey) -> None:
    """QMNIST's steps, applied to a finished digit, change nothing but the peak."""
    for digit in digits[::20]:
        again = frame((digit / 255).astype(np.float32)).astype(int)
        if max(np.ptp(np.nonzero(digit)[0]), np.ptp(np.nonzero(digit)[1])) == 19:
            assert np.abs(again - digit).max() <= 1


def test_the_rule_knows_mnist(digits: Grey) -> None:
    assert all(is_mnist(digit) for digit in digits[::50])
    assert not is_mnist(np.roll(digits[0], 3, axis=1))
    assert not is_mnist(255 - digits[0])
    assert not is_mnist(np.zeros((28, 28), np.uint8))


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("scale", [1, 4])
def test_a_digit_on_a_canvas_comes_back(digits: Grey, inverted: bool, scale: int) -> None:
    rng = np.random.default_rng(scale)
    for digit in digits[::400]:
        size = rng.integers(28 * scale + 2, 28 * scale + 300, 2)
        canvas = np.zeros(size, np.uint8)
        top, left = rng.integers(0, size - 28 * scale + 1)
        large = np.kron(digit, np.ones((scale, scale), np.uint8))
        canvas[top : top + 28 * scale, left : left + 28 * scale] = large
        found = digitize(Image.fromarray(255 - canvas if inverted else canvas))
        assert found.polarity == ("dark" if inverted else "light")
        assert rmse(found.pixels, digit) <= 0.03
        there, here = centre_of_mass(digit), centre_of_mass(found.pixels)
        assert np.hypot(there[0] - here[0], there[1] - here[1]) <= 0.5


def test_three_digits_can_be_chosen_from(digits: Grey) -> None:
    three = [digits[0], digits[1], digits[4]]  # 7, 2, 4
    source = row(three, np.random.default_rng(0))
    found = digitize(source)
    assert len(found.boxes) == 3
    assert found.verdict.startswith("3 digits found")
    assert found.boxes == sorted(found.boxes)
    for index, digit in enumerate(three):
        picked = digitize(source, Options(choose=index))
        assert picked.chosen == index
        assert picked.boxes == found.boxes
        assert rmse(picked.pixels, digit) < 0.25
    with pytest.raises(ValueError, match="no digit number 4: the picture shows 3 digits"):
        digitize(source, Options(choose=3))


def test_threads_do_not_disturb_each_other(digits: Grey) -> None:
    kinds = ["shadow", "chalk on a board", "grid paper", "thin pen"]
    sources = [render(kind, digits[i], np.random.default_rng(i)) for i, kind in enumerate(kinds)]

    def pixels(source: bytes) -> Grey:
        found: Digit = digitize(source)
        return found.pixels

    alone = [pixels(source) for source in sources]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(pixels, sources * 2))
    for one, two in zip(alone * 2, together, strict=True):
        assert np.array_equal(one, two)
