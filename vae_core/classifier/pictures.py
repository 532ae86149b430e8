"""What the digitizer makes of pictures without a digit, as lessons in "not a digit".

A classifier that saw only digits calls anything a digit; these are the mistakes it would make
on portraits, landscapes, print and textures.
"""

from __future__ import annotations

from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from vae_core.classifier.negatives import LETTERS
from vae_core.digitize.pipeline import every_digit

SIZE = (400, 300)
# Pictures that come with scikit-image; others of its pictures are left for the tests.
PHOTOS = ("camera", "chelsea", "rocket", "brick", "gravel", "grass", "immunohistochemistry")


def mistaken(count: int, seed: int) -> NDArray[np.uint8]:
    """`count` crops (count, 28, 28) that the digitizer would take for digits, and are not."""
    rng = np.random.default_rng(seed)
    makers = (_photo, _photo, _small_photo, _portrait, _portrait, _print, _print, _land)
    found: list[NDArray[np.uint8]] = []
    turn = 0
    while len(found) < count:
        picture = makers[turn % len(makers)](rng)
        turn += 1
        found.extend(made for made in every_digit(picture, most=6) if _broad(made))
    return np.stack(found[:count])


def photos() -> ModuleType:
    """The pictures that come with scikit-image.

    Raises:
        ValueError: it is not installed; nothing else here needs it.
    """
    try:
        import skimage.data
    except ImportError as error:
        raise ValueError(
            "Training the classifier takes photos from scikit-image, which is not installed: "
            "pip install scikit-image."
        ) from error
    return skimage.data


def _broad(pixels: NDArray[np.uint8]) -> bool:
    """Whether it is wider than a plain 1, which looks like a lash or a slash."""
    return int((pixels > 60).any(axis=0).sum()) > 6


def _photo(rng: np.random.Generator) -> Image.Image:
    """A random cutting of a photo, turned, in other light."""
    pixels = getattr(photos(), str(rng.choice(PHOTOS)))()
    image = Image.fromarray(pixels).convert("L")
    side = int(min(image.size) * rng.uniform(0.35, 1.0))
    x = int(rng.integers(0, image.width - side + 1))
    y = int(rng.integers(0, image.height - side + 1))
    cut = image.crop((x, y, x + side, y + side)).resize((320, 320))
    cut = cut.rotate(90 * int(rng.integers(0, 4)))
    gamma = rng.uniform(0.6, 1.6)
    return cut.point([round(255 * (v / 255) ** gamma) for v in range(256)])


def _small_photo(rng: np.random.Generator) -> Image.Image:
    """A face or another cutting of 25x25 pixels, enlarged."""
    cuttings = photos().lfw_subset()
    pixels = cuttings[int(rng.integers(0, len(cuttings)))]
    return Image.fromarray((pixels * 255).astype(np.uint8)).resize((300, 300), 3)


def _portrait(rng: np.random.Generator) -> Image.Image:
    """Ovals in the places of hair, skin, eyes, brows, nose and mouth, softened."""
    image = Image.new("L", SIZE, int(rng.integers(60, 240)))
    draw = ImageDraw.Draw(image)
    size = rng.uniform(0.3, 0.9)
    mx, my = rng.uniform(140, 260), rng.uniform(120, 180)
    skin, dark = int(rng.integers(120, 235)), int(rng.integers(20, 90))

    def oval(x: float, y: float, w: float, h: float, level: float) -> None:
        j = rng.uniform(0.85, 1.15, 4)
        x, y, w, h = mx + size * x * j[0], my + size * y * j[1], size * w * j[2], size * h * j[3]
        draw.ellipse((x - w, y - h, x + w, y + h), fill=int(np.clip(level, 0, 255)))

    if rng.random() < 0.7:
        oval(0, 230, 190, 110, rng.uniform(20, 200))
    if rng.random() < 0.8:
        oval(0, -25, 125, 170, dark)
    oval(0, 10, 105, 140, skin)
    for side in (-1, 1):
        if rng.random() < 0.7:
            oval(40 * side, -20, 21, 12, skin + 40)
        oval(40 * side, -20, 11, 10, dark)
        if rng.random() < 0.7:
            oval(40 * side, -46, 26, 6, dark + 20)
    oval(0, 28, 14, 12, skin - 25)
    oval(0, 80, 36, 12, skin - rng.uniform(30, 90))
    return _photographed(rng, image.filter(ImageFilter.GaussianBlur(rng.uniform(0, 4))))


def _print(rng: np.random.Generator) -> Image.Image:
    """Lines of printed letters that no one would take for digits."""
    image = Image.new("L", SIZE, 240)
    draw, size = ImageDraw.Draw(image), int(rng.integers(14, 60))
    font = ImageFont.load_default(size)
    for y in range(10, SIZE[1] - size, round(1.4 * size)):
        letters = [str(c) for c in rng.choice(list(LETTERS.replace("%", "")), 40)]
        text = " ".join("".join(letters[i : i + 5]) for i in range(0, 40, 5))
        draw.text((int(rng.integers(5, 30)), y), text, int(rng.integers(0, 90)), font)
        if rng.random() < 0.2:
            break
    return _photographed(rng, image)


def _land(rng: np.random.Generator) -> Image.Image:
    """Soft clouds above rough ground."""
    w, h = SIZE
    total = np.full((h, w), 120.0)
    for cells, depth in ((4, 70), (12, 40), (40, 40)):
        noise = rng.normal(size=(cells, cells)).astype(np.float32)
        total += depth / 2 * np.asarray(Image.fromarray(noise).resize((w, h), 3))
    edge = h * rng.uniform(0.3, 0.8)
    total = np.where(np.arange(h)[:, None] > edge, total - rng.uniform(20, 90), total)
    return Image.fromarray(np.clip(total, 0, 255).astype(np.uint8))


def _photographed(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    pixels = np.asarray(image, np.float32)
    light = np.linspace(1, rng.uniform(0.5, 1), pixels.shape[1])
    noisy = pixels * light + rng.uniform(0, 6) * rng.normal(size=pixels.shape)
    if rng.random() < 0.3:
        noisy = 255 - noisy
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
