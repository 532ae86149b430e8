"""Random pictures and random bytes: a digit or a ValueError, and soon."""

from __future__ import annotations

import contextlib
import io
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from vae_core.digitize import Options, digitize

MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "I;16")
LIMIT = 2.0
often = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """The first picture of a process also pays for scipy, the codecs and the classifier."""
    with contextlib.suppress(ValueError):
        digitize(painted("RGB", 100, 100, seed=0, style=1))


def check(source: object, options: Options = Options()) -> None:  # noqa: B008
    """A valid digit or a ValueError in one sentence, within LIMIT seconds of processor time."""
    started = time.process_time()
    try:
        found = digitize(source, options)  # type: ignore[arg-type]
    except ValueError as error:
        refusal = str(error)
    else:
        refusal = "none"
        assert found.pixels.shape == (28, 28)
        assert found.pixels.dtype == np.uint8
        assert found.pixels.max() > 0
        assert 0 <= found.chosen < len(found.boxes)
    assert refusal
    assert "\n" not in refusal
    assert time.process_time() - started < LIMIT


def painted(mode: str, width: int, height: int, seed: int, style: int) -> Image.Image:
    """A picture of noise, of strokes, or of both, in any of Pillow's modes."""
    rng = np.random.default_rng(seed)
    image = Image.new("L", (width, height), int(rng.integers(0, 256)))
    if style in (0, 2):
        noise = rng.integers(0, 256, (height, width), dtype=np.uint8)
        image = Image.blend(image, Image.fromarray(noise), float(rng.random()))
    if style in (1, 2):
        draw = ImageDraw.Draw(image)
        for _ in range(int(rng.integers(1, 12))):
            ends = [tuple(map(float, rng.uniform(0, (width, height)))) for _ in range(2)]
            draw.line(ends, int(rng.integers(0, 256)), int(rng.integers(1, 20)))
    if mode == "I;16":
        return Image.fromarray(np.asarray(image, np.uint16) * 257)
    if mode == "LAB":
        return Image.merge("LAB", (image, image, image))
    return image.convert("RGB").convert(mode) if mode in ("YCbCr", "HSV") else image.convert(mode)


@often
@given(
    mode=st.sampled_from(MODES),
    width=st.integers(1, 700),
    height=st.integers(1, 500),
    seed=st.integers(0, 2**31),
    style=st.integers(0, 2),
)
def test_any_picture(mode: str, width: int, height: int, seed: int, style: int) -> None:
    check(painted(mode, width, height, seed, style))


@often
@given(
    polarity=st.sampled_from(("auto", "dark", "light")),
    threshold=st.none() | st.floats(0, 1),
    stroke=st.sampled_from(("auto", "keep")) | st.floats(0.5, 6),
    choose=st.none() | st.integers(0, 5),
    seed=st.integers(0, 2**31),
)
def test_any_settings(
    polarity: str, threshold: float | None, stroke: str | float, choose: int | None, seed: int
) -> None:
    options = Options(polarity, threshold, stroke, choose)
    check(painted("L", 200, 150, seed, 1 + seed % 2), options)


@often
@given(st.binary(max_size=600))
def test_any_bytes(data: bytes) -> None:
    check(data)


@often
@given(
    kind=st.sampled_from(("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")),
    seed=st.integers(0, 2**31),
    damage=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8),
    keep=st.floats(0.3, 1.0),
)
def test_damaged_files(kind: str, seed: int, damage: list[tuple[float, int]], keep: float) -> None:
    out = io.BytesIO()
    painted("L", 120, 90, seed, 1).convert("RGB").save(out, kind)
    data = bytearray(out.getvalue())
    for place, value in damage:
        data[int(place * (len(data) - 1))] = value
    check(bytes(data[: max(1, int(keep * len(data)))]))


def test_extreme_shapes() -> None:
    for size in ((1, 3000), (3000, 1), (2, 2), (5000, 20), (17, 900)):
        check(Image.new("L", size, 0))
        check(painted("L", *size, seed=1, style=2))
