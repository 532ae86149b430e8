"""Pictures that are no digit, in MNIST's frame, for the classifier's eleventh answer."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from vae_core.digitize.mnist_frame import frame

SIDE = 112
# Letters that a quick hand writes like a digit (A, b, g, I, l, O, q, S, Z ...) are left out.
LETTERS = "EFHKMNPRVWXUadefhkmnprvwxu&@#%?$+=*"


def negatives(count: int, digits: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """`count` pictures (count, 28, 28) that are no digit; pairs are made from `digits`."""
    rng = np.random.default_rng(seed)
    kinds = (_letter, _letter, _word, _scribble, _blob, _face, _bars, _speckle, _pair, _pair)
    out = np.zeros((count, 28, 28), np.uint8)
    made = 0
    while made < count:
        kind = kinds[made % len(kinds)]
        ink = kind(rng, digits) if kind is _pair else kind(rng)  # type: ignore[call-arg]
        if (ink > 0.2).sum() > 20:
            out[made] = frame(np.where(ink > 0.05, ink, 0).astype(np.float32))
            made += 1
    return out


def _draw() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("L", (SIDE, SIDE))
    return image, ImageDraw.Draw(image)


def _ink(image: Image.Image) -> NDArray[np.floating]:
    return np.asarray(image.filter(ImageFilter.GaussianBlur(1)), np.float32) / 255


def _letter(rng: np.random.Generator) -> NDArray[np.floating]:
    return _ink(_bent(rng, _text(rng, str(rng.choice(list(LETTERS))))))


def _word(rng: np.random.Generator) -> NDArray[np.floating]:
    letters = rng.choice(list(LETTERS), rng.integers(2, 6))
    return _ink(_bent(rng, _text(rng, "".join(letters))))


def _text(rng: np.random.Generator, text: str) -> Image.Image:
    image, draw = _draw()
    font = ImageFont.load_default(size=int(70 / max(1, 0.6 * len(text))))
    width = int(rng.integers(0, 4))
    draw.text((SIDE / 2, SIDE / 2), text, 255, font, anchor="mm", stroke_width=width)
    return image


def _bent(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """A random affine map about the middle: turn, slant, stretch."""
    turn, slant = math.radians(rng.uniform(-15, 15)), rng.uniform(-0.3, 0.3)
    sx, sy = rng.uniform(0.8, 1.3, 2)
    a, b = math.cos(turn) * sx, math.sin(turn) * sx + slant
    d, e = -math.sin(turn) * sy, math.cos(turn) * sy
    half = SIDE / 2
    matrix = (a, b, half - a * half - b * half, d, e, half - d * half - e * half)
    return image.transform(image.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def _scribble(rng: np.random.Generator) -> NDArray[np.floating]:
    image, draw = _draw()
    points = rng.uniform(15, SIDE - 15, (rng.integers(6, 14), 2))
    dense = np.linspace(0, len(points) - 1, 200)
    smooth = rng.random() < 0.7
    knots = np.arange(len(points))
    xy = np.stack([np.interp(dense, knots, points[:, axis]) for axis in (0, 1)], 1)
    if smooth:
        kernel = np.hanning(25) / np.hanning(25).sum()
        xy = np.stack([np.convolve(xy[:, axis], kernel, "valid") for axis in (0, 1)], 1)
    draw.line([tuple(p) for p in xy], 255, int(rng.integers(3, 10)), joint="curve")
    return _ink(image)


def _blob(rng: np.random.Generator) -> NDArray[np.floating]:
    noise = Image.fromarray(rng.integers(0, 256, (SIDE, SIDE), dtype=np.uint8))
    soft = np.asarray(noise.filter(ImageFilter.GaussianBlur(rng.uniform(4, 14))), np.float32)
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    spread = np.hypot(x * rng.uniform(0.9, 1.6), y * rng.uniform(0.9, 1.6))
    score = (soft - soft.mean()) / (soft.std() + 1e-6) - 4 * spread + rng.uniform(1.5, 3.0)
    return np.clip(score + 0.5, 0, 1).astype(np.float32)


def _face(rng: np.random.Generator) -> NDArray[np.floating]:
    image, draw = _draw()
    width = int(rng.integers(2, 8))
    if rng.random() < 0.7:
        draw.ellipse((20, 12, 92, 100), outline=255, width=width)
    for x in (42, 70):
        r = rng.uniform(3, 8)
        draw.ellipse((x - r, 42 - r, x + r, 42 + r), fill=255)
    draw.arc((38, 50, 74, 84), rng.uniform(0, 30), rng.uniform(150, 180), 255, width)
    if rng.random() < 0.5:
        draw.line((56, 48, 56 + rng.uniform(-5, 5), 64), 255, width)
    return _ink(_bent(rng, image))


def _bars(rng: np.random.Generator) -> NDArray[np.floating]:
    image, draw = _draw()
    width = int(rng.integers(2, 8))
    count, across = int(rng.integers(3, 7)), rng.random()
    for place in np.linspace(20, SIDE - 20, count):
        if across < 0.7:
            draw.line((12, place, SIDE - 12, place), 255, width)
        if across > 0.4:
            draw.line((place, 12, place, SIDE - 12), 255, width)
    return _ink(_bent(rng, image))


def _speckle(rng: np.random.Generator) -> NDArray[np.floating]:
    grain = int(rng.integers(14, 56))
    share = rng.uniform(0.05, 0.6)
    cells = (rng.random((grain, grain)) < share) * rng.uniform(0.3, 1, (grain, grain))
    image = Image.fromarray((cells * 255).astype(np.uint8))
    return np.asarray(image.resize((SIDE, SIDE)), np.float32) / 255


def _pair(rng: np.random.Generator, digits: NDArray[np.uint8]) -> NDArray[np.floating]:
    """Two or three digits side by side or one above the other, sometimes touching."""
    picks = digits[rng.integers(0, len(digits), rng.integers(2, 4))]
    axis = int(rng.random() < 0.75)
    step = int(rng.integers(15, 22))
    shape = [28, 28]
    shape[axis] += step * (len(picks) - 1)
    out = np.zeros(shape, np.float32)
    for index, pick in enumerate(picks):
        place = [slice(0, 28), slice(0, 28)]
        place[axis] = slice(step * index, step * index + 28)
        out[tuple(place)] = np.maximum(out[tuple(place)], pick / 255)
    return out
