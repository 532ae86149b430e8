"""Pictures that show no digit, and must be refused in words."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from scenes import smooth_noise

SIZE = (640, 480)


def flat(value: int) -> Image.Image:
    """One grey all over."""
    return Image.new("L", SIZE, value)


def lit_paper() -> Image.Image:
    """An empty sheet in uneven light."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0 : 1 : SIZE[1] * 1j, 0 : 1 : SIZE[0] * 1j]
    sheet = 235 - 90 * x * y + 1.5 * rng.normal(size=(SIZE[1], SIZE[0]))
    return Image.fromarray(sheet.astype(np.uint8))


def noise(scale: float, grain: int) -> Image.Image:
    """Grey noise, `grain` pixels coarse."""
    rng = np.random.default_rng(5)
    small = (SIZE[1] // grain, SIZE[0] // grain)
    values = np.clip(128 + scale * rng.normal(size=small), 0, 255).astype(np.uint8)
    return Image.fromarray(values).resize(SIZE, Image.Resampling.NEAREST)


def colour_noise() -> Image.Image:
    """Every byte of an RGB picture drawn at random."""
    rng = np.random.default_rng(7)
    return Image.fromarray(rng.integers(0, 256, (240, 320, 3), dtype=np.uint8))


def face(size: float = 1.0) -> Image.Image:
    """Something like a portrait: soft shaded skin, hair, eyes, brows, nose and mouth."""
    image = Image.new("RGB", SIZE, (120, 140, 160))
    draw = ImageDraw.Draw(image)

    def oval(x: float, y: float, w: float, h: float, colour: tuple[int, int, int]) -> None:
        cx, cy = 320 + size * x, 240 + size * y
        draw.ellipse((cx - size * w, cy - size * h, cx + size * w, cy + size * h), fill=colour)

    oval(0, 260, 210, 120, (60, 70, 110))
    oval(0, -25, 135, 185, (60, 42, 32))
    oval(0, 10, 110, 150, (214, 170, 145))
    for side in (-1, 1):
        oval(42 * side, -20, 21, 11, (240, 240, 238))
        oval(42 * side, -20, 9, 10, (50, 35, 30))
        oval(42 * side, -45, 27, 6, (70, 50, 40))
    oval(0, 30, 15, 11, (190, 140, 118))
    oval(0, 85, 38, 13, (170, 80, 80))
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(4)), np.float32)
    rng = np.random.default_rng(2)
    shade = 1 + 0.15 * smooth_noise(rng, SIZE[1], SIZE[0], 5)[..., None]
    return Image.fromarray(np.clip(soft * shade, 0, 255).astype(np.uint8))


def text(lines: int, size: int) -> Image.Image:
    """A printed page."""
    image = Image.new("L", SIZE, 245)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    words = ("the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog", "and", "runs")
    for row in range(lines):
        line = " ".join(words[(row * 3 + i) % len(words)] for i in range(9))
        draw.text((20, 12 + row * size * 1.35), line, 20, font)
    return image


def landscape() -> Image.Image:
    """Sky, hills and clouds."""
    rng = np.random.default_rng(9)
    y = np.linspace(0, 1, SIZE[1])[:, None]
    sky = 200 - 60 * y + 40 * smooth_noise(rng, SIZE[1], SIZE[0], 7)
    hill = 0.55 + 0.1 * smooth_noise(rng, 2, SIZE[0], 6)[:1]
    ground = 80 + 50 * smooth_noise(rng, SIZE[1], SIZE[0], 60)
    return Image.fromarray(np.clip(np.where(y > hill, ground, sky), 0, 255).astype(np.uint8))


def badge(letter: str) -> Image.Image:
    """A logo: a white letter on a disc."""
    image = Image.new("RGB", (256, 256), "white")
    draw = ImageDraw.Draw(image)
    draw.ellipse((16, 16, 240, 240), fill=(20, 70, 160))
    draw.text((128, 128), letter, "white", ImageFont.load_default(130), anchor="mm")
    return image


def as_jpeg(image: Image.Image) -> bytes:
    """The picture as a JPEG file."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


REFUSED: dict[str, Callable[[], Image.Image]] = {
    "white": lambda: flat(255),
    "black": lambda: flat(0),
    "grey": lambda: flat(128),
    "empty sheet": lit_paper,
    "fine noise": lambda: noise(30, 1),
    "strong noise": lambda: noise(80, 1),
    "coarse noise": lambda: noise(60, 8),
    "colour noise": colour_noise,
    "face": face,
    "small face": lambda: face(0.5),
    "page of text": lambda: text(20, 16),
    "large text": lambda: text(6, 40),
    "one line of text": lambda: text(1, 32),
    "landscape": landscape,
}

LOGOS = {
    "K on a disc": lambda: badge("K"),
    "E on a disc": lambda: badge("E"),
    "R on a disc": lambda: badge("R"),
}
"""Refused as no digits, but marks like a scribble: shown where that is asked for."""
