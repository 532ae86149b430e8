"""Hard synthetic scenes: MNIST digits written onto paper, boards and desks, then photographed.

Every scene is a function of a digit and a random generator, so a seed gives the same picture
again; `KINDS` says how many points of accuracy each kind may cost. `kinds.py` holds them all.
Past 300 lines because every kind is a few lines on the same dozen brushes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Float = NDArray[np.floating[Any]]
Grey = NDArray[np.uint8]

WIDTH, HEIGHT = 640, 480


@dataclass(frozen=True)
class Pen:
    """How a digit is written.

    Attributes:
        colour: RGB of the ink, 0 to 1.
        size: the longest side of the digit as a share of the picture's height.
        centre: its place as shares of width and height, or None for anywhere it fits.
        width: None keeps MNIST's strokes, a number thins them (0 to 1).
    """

    colour: tuple[float, float, float] = (0.1, 0.1, 0.12)
    size: float = 0.45
    centre: tuple[float, float] | None = None
    width: float | None = None


def strokes(digit: Grey, size: int, thin: float | None = None) -> Float:
    """The digit as smooth strokes, tight (h, w), `size` pixels long, 0 paper and 1 ink."""
    side = max(28, round(size * 28 / 20))
    scale = max(side, 160)
    big = Image.fromarray(digit).resize((scale, scale), Image.Resampling.BICUBIC)
    soft = np.asarray(big, np.float32) / 255
    if thin is not None:
        soft = _thinned(soft, thin, scale / 28)
    else:
        soft = np.clip((soft - 0.25) / 0.4, 0, 1)
    if scale == side:
        return tight(soft)
    small = Image.fromarray((soft * 255).astype(np.uint8)).resize(
        (side, side), Image.Resampling.BOX
    )
    return tight(np.asarray(small, np.float32) / 255)


def tight(mask: Float) -> Float:
    """The mask cut to its ink."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return mask
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _thinned(soft: Float, width: float, pixel: float) -> Float:
    """A pen of `width` MNIST pixels along the middle of the strokes."""
    from scipy import ndimage
    from skimage.morphology import skeletonize

    middle = skeletonize(soft > 0.4)
    away = np.asarray(ndimage.distance_transform_edt(~middle))
    return np.clip(width * pixel / 2 + 0.5 - away, 0, 1).astype(np.float32)


def smooth_noise(rng: np.random.Generator, h: int, w: int, cells: int) -> Float:
    """Soft random light, (h, w), about -1 to 1, with `cells` bumps across."""
    coarse = rng.normal(size=(max(2, round(cells * h / w)), max(2, cells))).astype(np.float32)
    picture = Image.fromarray(coarse).resize((w, h), Image.Resampling.BICUBIC)
    return np.asarray(picture, np.float32) / 2


def paper(
    rng: np.random.Generator,
    colour: tuple[float, float, float] = (0.93, 0.92, 0.9),
    light: float = 0.08,
    grain: float = 0.012,
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> Float:
    """A lit sheet, (h, w, 3) in [0, 1]: its colour, uneven light, fine grain."""
    w, h = size
    y, x = across(h, w)
    turn = rng.uniform(0, 2 * np.pi)
    ramp = float(np.cos(turn)) * x + float(np.sin(turn)) * y
    lit = 1 - light * (0.5 + 0.5 * ramp) - 0.3 * light * smooth_noise(rng, h, w, 4)
    sheet = lit[..., None] * np.asarray(colour, np.float32)
    sheet += grain * noise(rng, h, w)
    return sheet


def across(h: int, w: int) -> tuple[Float, Float]:
    """y as a column (h, 1) and x as a row (1, w), from -1 to 1."""
    y, x = np.linspace(-1, 1, h, dtype=np.float32), np.linspace(-1, 1, w, dtype=np.float32)
    return y[:, None], x[None]


def noise(rng: np.random.Generator, h: int, w: int) -> Float:
    """White noise of standard deviation 1, (h, w, 1)."""
    return rng.standard_normal((h, w, 1), dtype=np.float32)


def write(scene: Float, digit: Grey, rng: np.random.Generator, pen: Pen) -> Float:
    """The scene with one digit written on it, as ink lets light through."""
    h, w, _ = scene.shape
    mask = strokes(digit, round(pen.size * h), pen.width)
    # Nobody writes off the edge of the sheet.
    edge = round(0.03 * h)
    free_x, free_y = max(1, w - mask.shape[1] - 2 * edge), max(1, h - mask.shape[0] - 2 * edge)
    if pen.centre is None:
        left, top = edge + int(rng.integers(0, free_x)), edge + int(rng.integers(0, free_y))
    else:
        left = edge + int(np.clip(pen.centre[0] * w - mask.shape[1] / 2 - edge, 0, free_x))
        top = edge + int(np.clip(pen.centre[1] * h - mask.shape[0] / 2 - edge, 0, free_y))
    mask = mask[: h - top, : w - left]
    out = scene.copy()
    spot = out[top : top + mask.shape[0], left : left + mask.shape[1]]
    spot += mask[..., None] * (np.asarray(pen.colour, np.float32) * _light(spot) - spot)
    return out


def _light(spot: Float) -> Float:
    """How brightly a place is lit, so that ink in the shade is darker too."""
    # Numpy's own maximum over an axis of three is ten times slower.
    brightest = np.maximum(np.maximum(spot[..., 0], spot[..., 1]), spot[..., 2])
    return np.clip(brightest[..., None] / 0.93, 0.05, 1)


def shade(scene: Float, rng: np.random.Generator, depth: float, softness: float) -> Float:
    """A shadow over half of the picture with an edge `softness` of the width wide."""
    h, w, _ = scene.shape
    y, x = across(h, w)
    turn = rng.uniform(0, 2 * np.pi)
    away = float(np.cos(turn)) * x + float(np.sin(turn)) * y - rng.uniform(-0.5, 0.5)
    dark = 1 / (1 + np.exp(-np.clip(away / max(softness, 1e-3), -30, 30)))
    return scene * (1 - depth * dark[..., None])


def lines(
    scene: Float, rng: np.random.Generator, step: int, colour: tuple[float, float, float],
    both: bool, strength: float, thick: float,
) -> Float:  # fmt: skip
    """Ruled lines (or a grid) every `step` pixels, slightly turned."""
    h, w, _ = scene.shape
    y, x = np.arange(h, dtype=np.float32)[:, None], np.arange(w, dtype=np.float32)[None]
    turn = rng.uniform(-0.05, 0.05)
    out = scene.copy()
    for upright in (False, True) if both else (False,):
        place = (x + turn * y) if upright else (y - turn * x)
        place = (place + rng.uniform(0, step)) % step
        cover = strength * np.clip(thick / 2 + 0.5 - np.minimum(place, step - place), 0, 1)
        lined = np.nonzero(cover)
        spot = out[lined][:, None]
        spot += cover[lined][:, None, None] * (np.asarray(colour, np.float32) * _light(spot) - spot)
        out[lined] = spot[:, 0]
    return out


def tilt(scene: Float, rng: np.random.Generator, amount: float, ground: float) -> Float:
    """The sheet seen at an angle, by a homography that moves each corner inwards."""
    h, w, _ = scene.shape
    corners = np.array([(0, 0), (w, 0), (w, h), (0, h)], float)
    seen = corners + rng.uniform(0, amount, (4, 2)) * np.sign((w / 2, h / 2) - corners) * (w, h)
    rows = []
    for (u, v), (x, y) in zip(corners, seen, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    matrix = np.linalg.solve(np.array(rows), corners.ravel())
    image = picture(scene)
    fill = (round(255 * ground),) * 3
    moved = image.transform(
        (w, h), Image.Transform.PERSPECTIVE, tuple(matrix), Image.Resampling.BICUBIC, fillcolor=fill
    )
    return np.asarray(moved, np.float32) / 255


def motion(scene: Float, rng: np.random.Generator, length: int) -> Float:
    """The camera moved by `length` pixels while it looked."""
    turn = rng.uniform(0, np.pi)
    total = np.zeros_like(scene)
    for t in np.linspace(-0.5, 0.5, length):
        dx, dy = round(t * length * np.cos(turn)), round(t * length * np.sin(turn))
        total += np.roll(scene, (dy, dx), axis=(0, 1))
    return total / length


def picture(scene: Float) -> Image.Image:
    """8-bit RGB."""
    levels = np.clip(scene, 0, 1) * 255
    levels += 0.5
    return Image.fromarray(levels.astype(np.uint8))


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    """The picture as the bytes of a JPEG file."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _plain(rng: np.random.Generator, pen: Pen, digit: Grey, **sheet: float) -> Float:
    return write(paper(rng, **sheet), digit, rng, pen)  # type: ignore[arg-type]


def _shadow(digit: Grey, rng: np.random.Generator) -> bytes:
    scene = _plain(rng, Pen(), digit, light=0.3)
    return jpeg(picture(shade(scene, rng, rng.uniform(0.4, 0.7), rng.uniform(0.02, 0.3))))


def _grain(digit: Grey, rng: np.random.Generator) -> bytes:
    scene = _plain(rng, Pen(), digit, grain=0.06)
    rough = 0.05 * smooth_noise(rng, HEIGHT, WIDTH, 160)[..., None]
    return jpeg(picture(scene + rough))


INKS = {
    "blue": (0.12, 0.2, 0.65),
    "red": (0.8, 0.12, 0.15),
    "green": (0.1, 0.5, 0.25),
    "orange": (0.95, 0.5, 0.15),
}


def _colour(digit: Grey, rng: np.random.Generator) -> bytes:
    ink = INKS[str(rng.choice(list(INKS)))]
    sheet = [(0.93, 0.92, 0.9), (0.97, 0.93, 0.6), (0.8, 0.9, 0.95)][rng.integers(0, 3)]
    return jpeg(picture(write(paper(rng, sheet), digit, rng, Pen(ink))))


def _chalk(digit: Grey, rng: np.random.Generator) -> bytes:
    board = [(0.12, 0.25, 0.2), (0.1, 0.1, 0.1), (0.15, 0.2, 0.3)][rng.integers(0, 3)]
    smear = 0.06 * smooth_noise(rng, HEIGHT, WIDTH, 9)[..., None]
    scene = paper(rng, board, light=0.2, grain=0.02) + smear
    mask = write(np.zeros_like(scene), digit, rng, Pen((15.0, 15.0, 15.0), rng.uniform(0.3, 0.7)))
    dust = 1 - 0.35 * rng.random((HEIGHT, WIDTH, 1), dtype=np.float32)
    return jpeg(picture(scene + np.clip(mask, 0, 1) * dust * (0.85 - scene)))


def _inverted(digit: Grey, rng: np.random.Generator) -> bytes:
    out = io.BytesIO()
    scene = write(np.ones((HEIGHT, WIDTH, 3), np.float32), digit, rng, Pen((0.0, 0.0, 0.0)))
    picture(1 - scene).save(out, "PNG")
    return out.getvalue()


def _size(digit: Grey, rng: np.random.Generator) -> bytes:
    return jpeg(picture(_plain(rng, Pen(size=float(rng.choice([0.08, 0.15, 0.6, 0.85]))), digit)))


def _place(digit: Grey, rng: np.random.Generator) -> bytes:
    corner = (float(rng.choice([0.0, 1.0])), float(rng.choice([0.0, 1.0])))
    centre = tuple(float(np.clip(c, 0.1, 0.9)) for c in corner)
    return jpeg(picture(_plain(rng, Pen(size=0.15, centre=(centre[0], centre[1])), digit)))


def _grid(digit: Grey, rng: np.random.Generator) -> bytes:
    colour = ((0.55, 0.65, 0.85), (0.4, 0.45, 0.5))[rng.integers(0, 2)]
    scene = lines(
        paper(rng), rng, int(rng.integers(18, 50)), colour, True, 0.9, rng.uniform(1, 2.5)
    )
    return jpeg(picture(write(scene, digit, rng, Pen(size=rng.uniform(0.2, 0.5)))))


def _ruled(digit: Grey, rng: np.random.Generator) -> bytes:
    dark = rng.random() < 0.5
    colour = (0.15, 0.15, 0.2) if dark else (0.5, 0.6, 0.85)
    scene = lines(paper(rng), rng, int(rng.integers(40, 110)), colour, False, 0.95, 2)
    return jpeg(picture(write(scene, digit, rng, Pen(size=rng.uniform(0.2, 0.5)))))


def _tilt(digit: Grey, rng: np.random.Generator) -> bytes:
    pen = Pen(
        size=rng.uniform(0.25, 0.5), centre=(rng.uniform(0.35, 0.65), rng.uniform(0.35, 0.65))
    )
    scene = _plain(rng, pen, digit)
    tilted = tilt(scene, rng, 0.2, rng.uniform(0.1, 0.45))
    return jpeg(picture(tilted + 0.02 * noise(rng, HEIGHT, WIDTH)))


def _blur(digit: Grey, rng: np.random.Generator) -> bytes:
    scene = motion(
        _plain(rng, Pen(size=rng.uniform(0.3, 0.5)), digit), rng, int(rng.integers(5, 11))
    )
    soft = picture(scene).filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 2.5)))
    return jpeg(soft)


def _jpeg20(digit: Grey, rng: np.random.Generator) -> bytes:
    return jpeg(picture(_plain(rng, Pen(size=rng.uniform(0.2, 0.5)), digit, grain=0.02)), 20)


def _thin(digit: Grey, rng: np.random.Generator) -> bytes:
    pen = Pen((0.15, 0.15, 0.3), rng.uniform(0.3, 0.6), width=rng.uniform(0.35, 0.8))
    return jpeg(picture(_plain(rng, pen, digit)))


def _pencil(digit: Grey, rng: np.random.Generator) -> bytes:
    pen = Pen((0.62, 0.62, 0.62), rng.uniform(0.25, 0.5), width=rng.uniform(0.8, 1.5))
    return jpeg(picture(_plain(rng, pen, digit, grain=0.025, light=0.2)))


def _desk(digit: Grey, rng: np.random.Generator) -> bytes:
    """A sheet on a wooden or dark desk, its edges in the picture."""
    grainy = np.abs(smooth_noise(rng, HEIGHT, 8, 3)[:, :1] + smooth_noise(rng, HEIGHT, WIDTH, 30))
    desk = np.asarray(((0.45, 0.3, 0.18), (0.12, 0.12, 0.13))[rng.integers(0, 2)], np.float32)
    ground = desk * (1 + 0.25 * grainy[..., None])
    sheet = np.asarray(picture(_plain(rng, Pen(size=0.4), digit)))
    small = Image.fromarray(sheet).resize(
        (int(WIDTH * 0.7), int(HEIGHT * 0.75)), Image.Resampling.BOX
    )
    turned = small.convert("RGBA").rotate(rng.uniform(-8, 8), Image.Resampling.BICUBIC, expand=True)
    base = picture(ground)
    at = (int(rng.integers(-20, WIDTH - turned.width + 20)), int(rng.integers(-20, 60)))
    base.paste(turned.convert("RGB"), at, turned.getchannel("A"))
    return jpeg(base.filter(ImageFilter.GaussianBlur(0.7)))


def _border(digit: Grey, rng: np.random.Generator) -> bytes:
    """A scan with black borders and specks of dust."""
    image = picture(_plain(rng, Pen(size=0.35, centre=(0.5, 0.5)), digit))
    draw = ImageDraw.Draw(image)
    for side in range(4):
        deep = int(rng.integers(0, 60))
        box = [(0, 0, WIDTH, deep), (0, HEIGHT - deep, WIDTH, HEIGHT), (0, 0, deep, HEIGHT),
               (WIDTH - deep, 0, WIDTH, HEIGHT)][side]  # fmt: skip
        if deep > 4:
            draw.rectangle(box, fill=(15, 15, 15))
    for x, y, r in rng.uniform((60, 60, 0.5), (WIDTH - 60, HEIGHT - 60, 2.5), (25, 3)):
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(30, 30, 30))
    return jpeg(image)


def _huge(digit: Grey, rng: np.random.Generator) -> bytes:
    """12 megapixels with a digit some 200 px tall somewhere."""
    sheet = picture(paper(rng, light=0.25)).resize((4000, 3000), Image.Resampling.BICUBIC)
    mask = strokes(digit, int(rng.integers(160, 320)))
    ink = Image.fromarray((mask * 255).astype(np.uint8))
    at = (int(rng.integers(50, 3950 - ink.width)), int(rng.integers(50, 2950 - ink.height)))
    sheet.paste((30, 30, 60), (*at, at[0] + ink.width, at[1] + ink.height), ink)
    return jpeg(sheet)


@dataclass(frozen=True)
class Kind:
    """A kind of scene: how it is made and how many points of accuracy it may cost."""

    make: Callable[[Grey, np.random.Generator], bytes]
    points: float


KINDS: dict[str, Kind] = {
    "shadow": Kind(_shadow, 1),
    "grain": Kind(_grain, 1),
    "colour": Kind(_colour, 1),
    "chalk on a board": Kind(_chalk, 1),
    "light on dark": Kind(_inverted, 1),
    "size": Kind(_size, 1),
    "place": Kind(_place, 1),
    "grid paper": Kind(_grid, 3),
    "ruled paper": Kind(_ruled, 3),
    "tilt": Kind(_tilt, 3),
    "blur": Kind(_blur, 3),
    "JPEG 20": Kind(_jpeg20, 3),
    "thin pen": Kind(_thin, 3),
    "pencil": Kind(_pencil, 3),
    "sheet on a desk": Kind(_desk, 3),
    "scan with borders": Kind(_border, 3),
    "12 megapixels": Kind(_huge, 3),
}


def row(digits: list[Grey], rng: np.random.Generator, ink: float = 0.1) -> bytes:
    """Several digits side by side on one sheet, in reading order."""
    scene = paper(rng)
    for index, digit in enumerate(digits):
        centre = ((index + 0.5) / len(digits), 0.5 + rng.uniform(-0.05, 0.05))
        size = min(0.4, 0.75 / len(digits))
        scene = write(scene, digit, rng, Pen((ink, ink, ink), size, centre))
    return jpeg(picture(scene))
