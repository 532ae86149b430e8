"""More hard scenes: what lies around a digit when somebody photographs one in a hurry."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from scenes import (
    HEIGHT,
    WIDTH,
    Grey,
    Kind,
    Pen,
    across,
    jpeg,
    lines,
    noise,
    paper,
    picture,
    shade,
    smooth_noise,
    strokes,
    tilt,
    write,
)  # fmt: skip


def _note(digit: Grey, rng: np.random.Generator) -> bytes:
    """A yellow note, a sixth of the picture, on a wild carpet."""
    wild = (
        0.25 * smooth_noise(rng, HEIGHT, WIDTH, 40)[..., None] * np.array([1, 0.8, 0.6], np.float32)
    )
    carpet = 0.35 + wild + 0.02 * noise(rng, HEIGHT, WIDTH)
    sheet = write(paper(rng, (0.98, 0.9, 0.35), size=(260, 260)), digit, rng,
                  Pen((0.15, 0.15, 0.35), 0.5, (0.5, 0.5)))  # fmt: skip
    note = picture(sheet).convert("RGBA")
    note = note.rotate(rng.uniform(-15, 15), Image.Resampling.BICUBIC, expand=True)
    base = picture(carpet)
    at = (int(rng.integers(0, WIDTH - note.width)), int(rng.integers(0, HEIGHT - note.height)))
    base.paste(note.convert("RGB"), at, note.getchannel("A"))
    return jpeg(base.filter(ImageFilter.GaussianBlur(0.7)))


def _notebook(digit: Grey, rng: np.random.Generator) -> bytes:
    """Ruled paper with a red margin and holes, in half a shadow, a thin pen."""
    image = picture(lines(paper(rng, light=0.3), rng, 42, (0.45, 0.6, 0.85), False, 0.9, 2))
    draw = ImageDraw.Draw(image)
    draw.line((90, 0, 96, HEIGHT), fill=(220, 110, 110), width=3)
    for y in range(60, HEIGHT, 120):
        draw.ellipse((25, y, 55, y + 30), fill=(60, 50, 45))
    scene = np.asarray(image, np.float32) / 255
    pen = Pen((0.2, 0.25, 0.5), 0.3, (0.55, 0.5), rng.uniform(0.8, 1.4))
    return jpeg(picture(shade(write(scene, digit, rng, pen), rng, 0.5, 0.1)), 60)


def _checked(digit: Grey, rng: np.random.Generator) -> bytes:
    """Dense dark squares, tilted, shaded, and a pen hardly thicker than the lines."""
    step = int(rng.integers(15, 24))
    scene = lines(paper(rng, light=0.3), rng, step, (0.3, 0.35, 0.6), True, 0.9, 1.5)
    scene = write(scene, digit, rng, Pen((0.2, 0.2, 0.25), 0.35, (0.5, 0.5), 1.2))
    return jpeg(picture(tilt(shade(scene, rng, 0.4, 0.2), rng, 0.12, 0.3)), 70)


def _whiteboard(digit: Grey, rng: np.random.Generator) -> bytes:
    """A marker on a grey, smeared, badly compressed whiteboard with a lamp's reflection."""
    board = paper(rng, (0.75, 0.77, 0.78), light=0.35, grain=0.02)
    board = board + 0.05 * smooth_noise(rng, HEIGHT, WIDTH, 6)[..., None]
    ink = ((0.75, 0.1, 0.1), (0.1, 0.4, 0.15), (0.1, 0.1, 0.1))[rng.integers(0, 3)]
    scene = write(shade(board, rng, 0.3, 0.3), digit, rng, Pen(ink, 0.35, None, 1.3))
    y, x = across(HEIGHT, WIDTH)
    at = rng.uniform(-0.6, 0.6, 2).astype(np.float32)
    lamp = 0.5 * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / 0.04)
    return jpeg(picture(scene + lamp[..., None] * (1 - scene)), 40)


def _clutter(digit: Grey, rng: np.random.Generator) -> bytes:
    """A pen and a finger beside the digit, a printed line above it."""
    image = picture(write(paper(rng, light=0.2), digit, rng, Pen(size=0.35, centre=(0.4, 0.5))))
    draw = ImageDraw.Draw(image)
    x = rng.uniform(520, 580)
    draw.line((x, 120, x + rng.uniform(-40, 40), 520), fill=(30, 40, 120), width=24)
    draw.text((40, 30), "Please write a digit below", (50, 50, 50), ImageFont.load_default(18))
    left = rng.uniform(30, 120)
    tip = [
        (left, HEIGHT),
        (left + 15, 430),
        (left + 45, 415),
        (left + 75, 430),
        (left + 95, HEIGHT),
    ]
    draw.polygon(tip, fill=(205, 150, 120))
    return jpeg(image.filter(ImageFilter.GaussianBlur(1)))


def _dim(digit: Grey, rng: np.random.Generator) -> bytes:
    """A noisy photo taken in the dark."""
    scene = write(
        paper(rng, (0.3, 0.27, 0.22), 0.4, 0.03), digit, rng, Pen((0.12, 0.12, 0.12), 0.35)
    )
    return jpeg(picture(0.8 * scene), 70)


def _screen(digit: Grey, rng: np.random.Generator) -> bytes:
    """A screen, photographed: two waves of moire and a blue cast."""
    scene = write(np.full((HEIGHT, WIDTH, 3), 0.9, np.float32), digit, rng, Pen(size=0.4))
    y, x = np.arange(HEIGHT)[:, None], np.arange(WIDTH)[None]
    moire = 1 - 0.12 * (np.sin(1.1 * x + 0.05 * y) + np.sin(1.07 * y)).astype(np.float32)
    scene = scene * moire[..., None] * np.array([0.8, 0.9, 1.0], np.float32)
    return jpeg(picture(scene + 0.02 * rng.standard_normal(scene.shape, dtype=np.float32)), 50)


def _far(digit: Grey, rng: np.random.Generator) -> bytes:
    """12 megapixels of ruled A4, a thin pen, a digit 8 to 14 mm tall."""
    pixels = np.array(picture(paper(rng, light=0.3)).resize((4000, 3000), Image.Resampling.BICUBIC))
    for top in range(50, 3000, 108):
        pixels[top : top + 3] = pixels[top : top + 3] * np.array([0.6, 0.75, 0.92], np.float32)
    mask = strokes(digit, int(rng.integers(110, 190)), rng.uniform(0.9, 1.3))
    y, x = int(rng.integers(100, 2700)), int(rng.integers(100, 3700))
    spot = pixels[y : y + mask.shape[0], x : x + mask.shape[1]]
    ink = np.array([40, 50, 130], np.float32)
    spot[:] = spot + mask[..., None] * (ink - spot)
    # A sensor's noise, 16 draws of a square in random order: 12 million would take a second.
    squares = np.round(4 * rng.standard_normal((16, 250, 250, 1), dtype=np.float32))
    for number, which in enumerate(rng.integers(0, 16, 12 * 16)):
        top, left = 250 * (number // 16), 250 * (number % 16)
        square = pixels[top : top + 250, left : left + 250]
        square[:] = np.clip(square + squares[which].astype(np.int16), 0, 255)
    return jpeg(Image.fromarray(pixels), 90)


DESK_KINDS: dict[str, Kind] = {
    "note on a carpet": Kind(_note, 3),
    "notebook": Kind(_notebook, 3),
    "dense squares": Kind(_checked, 3),
    "whiteboard": Kind(_whiteboard, 3),
    "clutter": Kind(_clutter, 3),
    "dim": Kind(_dim, 3),
    "screen": Kind(_screen, 3),
    "A4, far away": Kind(_far, 3),
}
