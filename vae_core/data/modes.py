"""Any of Pillow's modes brought to 8-bit grey or colour: transparency, 16 bits, palettes."""

from __future__ import annotations

import numpy as np
from PIL import Image


def plain(image: Image.Image, longest: int | None) -> Image.Image:
    """Bring an image of any mode to L or RGB, at most `longest` px long if that is given."""
    if image.mode.startswith("I") or image.mode == "F":
        image = _from_deep(image)
    elif "transparency" in image.info or image.mode in ("RGBA", "RGBa", "LA", "La", "PA"):
        image = _on_white(_rgba(image))
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    return _reduced(image, longest)


def _reduced(image: Image.Image, longest: int | None) -> Image.Image:
    if longest is None or max(image.size) <= longest:
        return image
    scale = longest / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    # The gap makes large reductions several times faster at no visible cost.
    return image.resize(size, Image.Resampling.BOX, reducing_gap=2.0)


def _from_deep(image: Image.Image) -> Image.Image:
    """16-bit, 32-bit and float grey to 8 bits, by the number of bits really in use."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float32), nan=0, posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    if low < 0 or high <= 1 or high > 65535:
        values, top = values - low, max(high - low, 1e-12)
    else:
        top = 2.0 ** max(8, int(np.ceil(np.log2(high + 1)))) - 1
    return Image.fromarray(np.round(values * (255 / top)).astype(np.uint8))


def _rgba(image: Image.Image) -> Image.Image:
    if image.mode == "La":
        image = image.convert("LA")
    return image.convert("RGBA")


def _on_white(image: Image.Image) -> Image.Image:
    """Lay a transparent picture on white, or on black when its ink is white itself."""
    ink = Image.new("RGB", image.size, "white")
    alpha = image.getchannel("A")
    ink.paste(image.convert("RGB"), mask=alpha)
    low, high = alpha.getextrema()
    if low != high and int(np.asarray(ink).min()) >= 240:
        ink = Image.new("RGB", image.size, "black")
        ink.paste(image.convert("RGB"), mask=alpha)
    return ink
