"""Open any picture safely: checks first, then upright 8-bit grey or colour."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, cast

from PIL import ExifTags, Image

from vae_core.data.modes import plain

LARGEST = 64_000_000
MEMORY = 240_000_000
"""Bytes that decoding one picture may take for a moment."""
# Bytes a pixel at the worst moment, rounded up: Pillow holds RGB in four, WebP and AVIF decode into
# buffers of their own, HEIF copies, JPEG 2000 holds whole numbers, and transparency and 16 bits are
# worked on in copies.
COSTS = {
    "AVIF": 18, "BMP": 8, "DIB": 8, "GIF": 10, "HEIF": 8, "ICO": 16, "JPEG2000": 20,
    "PNG": 5, "PPM": 5, "TIFF": 9, "WEBP": 18,
}  # fmt: skip
PLAIN_MODES = ("1", "L", "P", "RGB")
COST_OF_COPIES = 16
PROGRESSIVE = 8
"""Of a JPEG that comes in several passes, whose coefficients are all held, at any scale."""
# Only formats that Pillow decodes itself: its EPS reader, say, would start another program.
FORMATS = ("AVIF", "BMP", "DIB", "GIF", "ICO", "JPEG", "JPEG2000", "PNG", "PPM", "TIFF", "WEBP")
HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
# Operations that undo the EXIF orientations 2 to 8.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

Source = bytes | bytearray | memoryview | str | Path | Image.Image


@dataclass(frozen=True)
class Picture:
    """An opened picture.

    Attributes:
        image: upright, mode L or RGB, perhaps decoded at a reduced scale.
        size: (width, height) of the upright picture at full scale.
        source: what it was read from, for a second look at full scale.
        band: 0, 1 or 2 where `image` is one colour of the source, None for luminance.
        colours: closer looks in all three colours, by size, which the three bands share.
    """

    image: Image.Image
    size: tuple[int, int]
    source: bytes | Image.Image
    band: int | None = None
    colours: dict[tuple[int, int], Image.Image] = field(
        default_factory=dict, repr=False, compare=False
    )


def open_picture(source: Source) -> Image.Image:
    """Open a picture at full scale, upright, in mode L or RGB.

    Transparency is laid on white, 16-bit and CMYK and palettes are converted, and of an
    animation the first frame is taken.

    Args:
        source: the bytes of a file, its path, or a Pillow image.

    Raises:
        ValueError: it is empty, truncated, not a picture, or above 64 megapixels; one sentence.
    """
    return read(source).image


def read(source: Source, longest: int | None = None) -> Picture:
    """Open a picture like `open_picture`, but no larger than needed.

    Args:
        source: the bytes of a file, its path, or a Pillow image.
        longest: a longest side in pixels that suffices; a JPEG is then decoded at a
            reduced scale, which is several times faster. The result is at most that long.
    """
    data = source if isinstance(source, Image.Image) else _bytes(source)
    image = data if isinstance(data, Image.Image) else _parse(data)
    if image is not data:
        _check_cost(image)
    _check_size(image.size)
    size = image.size
    turn = _orientation(image)
    try:
        if longest is not None and image is not data:
            scale = longest / max(size)
            image.draft(None, (int(size[0] * scale), int(size[1] * scale)))
        image.load()
        image = plain(image, longest)
    except Exception as error:  # decoders raise anything on damaged files
        raise ValueError(
            f"The picture is damaged or cut short and cannot be decoded ({_brief(error)})."
        ) from error
    if turn in UPRIGHT:
        image = image.transpose(UPRIGHT[turn])
        size = size if turn < 5 else (size[1], size[0])
    return Picture(image, size, data)


def closer(picture: Picture, scale: float) -> Image.Image:
    """The upright picture at `scale` (0 to 1) of full size or more, in grey, for a second look."""
    image = picture.source
    if isinstance(image, bytes):
        image = _parse(image)
        # A JPEG gives its luminance, and at halves of its size, for less than its colours.
        mode = "L" if picture.band is None else "RGB"
        image.draft(mode, (round(image.width * scale), round(image.height * scale)))
    turn = _orientation(image)
    grey = _whole(image).convert("L") if picture.band is None else _colour(image, picture)
    return grey.transpose(UPRIGHT[turn]) if turn in UPRIGHT else grey


def _colour(image: Image.Image, picture: Picture) -> Image.Image:
    """One colour of the picture, which is decoded once for all three."""
    size = image.size
    if size not in picture.colours:
        picture.colours[size] = _whole(image)
    return picture.colours[size].getchannel(picture.band or 0)


def _whole(image: Image.Image) -> Image.Image:
    image.load()
    return plain(image, None)


def _bytes(source: object) -> bytes:
    """The bytes of `source`, refusing what cannot be a file."""
    if isinstance(source, str | Path):
        path = Path(source)
        try:
            source = path.read_bytes()
        except FileNotFoundError as error:
            raise ValueError(f"There is no file {path.name!r}.") from error
        except (OSError, ValueError) as error:
            raise ValueError(f"The file {path.name!r} cannot be read.") from error
    if not isinstance(source, bytes | bytearray | memoryview):
        raise ValueError(
            f"source is a {type(source).__name__}; it must be the bytes of a picture file, "
            "a path or a Pillow image."
        )
    if not len(source):
        raise ValueError("The file is empty: it holds no bytes.")
    return bytes(source)


def _parse(data: bytes) -> Image.Image:
    """A Pillow image with its header read and its size known, nothing decoded yet."""
    if data[4:8] == b"ftyp" and _is_heif(data):
        return _parse_heif(data)
    if data[:4] == b"\0\0\1\0":
        _check_icon(data)
    try:
        Image.init()
        return Image.open(
            io.BytesIO(data), formats=[name for name in FORMATS if name in Image.OPEN]
        )
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(_too_large()) from error
    except Exception as error:  # parsers raise anything on damaged files
        raise ValueError(
            "This is not a picture that can be read; use a JPEG, PNG, HEIC, WebP, AVIF, GIF, "
            "BMP or TIFF file."
        ) from error


def _is_heif(data: bytes) -> bool:
    """Whether an ISO media file is HEIC rather than AVIF, which Pillow reads itself."""
    brands = [data[8:12], *(data[i : i + 4] for i in range(16, min(len(data), 64), 4))]
    return b"avif" not in brands and any(brand in HEIF_BRANDS for brand in brands)


class Heif(Protocol):
    """A picture as pillow-heif opens it."""

    size: tuple[int, int]

    def to_pillow(self) -> Image.Image: ...


def _parse_heif(data: bytes) -> Image.Image:
    try:
        import pillow_heif
    except ImportError as error:
        raise ValueError(
            "This is a HEIC picture, which needs the package pillow-heif; "
            "install it or send a JPEG."
        ) from error
    try:
        heif = cast(Heif, pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True))
        _check_size(heif.size)
        if heif.size[0] * heif.size[1] * COSTS["HEIF"] > MEMORY:
            raise ValueError(_too_costly("HEIC", COSTS["HEIF"]))
        return heif.to_pillow()
    except Exception as error:
        if isinstance(error, ValueError) and str(error).startswith("The picture is larger than"):
            raise
        raise ValueError(f"The HEIC picture is damaged or cut short ({_brief(error)}).") from error


def _check_cost(image: Image.Image) -> None:
    """Refuses what takes too much memory to decode; plain JPEGs alone decode at a reduced scale.

    Raises:
        ValueError: with how large a picture of its kind may be.
    """
    kind = image.format
    if kind is None:  # decoded already
        return _check_size(image.size)
    if kind in ("JPEG", "MPO"):
        cost = PROGRESSIVE if image.info.get("progressive") else 0
    else:
        cost = COSTS.get(kind, COST_OF_COPIES)
        if image.mode not in PLAIN_MODES or "transparency" in image.info:
            cost = max(cost, COST_OF_COPIES)
    width, height = image.size
    if width * height * cost > MEMORY and width * height <= LARGEST:
        name = "progressive JPEG" if cost == PROGRESSIVE else kind
        raise ValueError(_too_costly(f"{name} of its kind", cost))
    _check_size((width, height))


def _check_icon(data: bytes) -> None:
    """Refuses an ICO whose pictures are larger than its directory says: Pillow decodes to look."""
    for entry in range(6, 6 + 16 * min(int.from_bytes(data[4:6], "little"), 64), 16):
        start = int.from_bytes(data[entry + 12 : entry + 16], "little")
        inside = data[start : start + 24]
        if inside.startswith(b"\x89PNG"):
            sides = [int.from_bytes(inside[i : i + 4], "big") for i in (16, 20)]
        else:  # a BMP without its file header; the mask doubles its height
            sides = [int.from_bytes(inside[i : i + 4], "little", signed=True) for i in (4, 8)]
        if abs(sides[0] * sides[1]) * COSTS["ICO"] > MEMORY:
            raise ValueError(_too_costly("ICO", COSTS["ICO"]))


def _check_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > LARGEST:
        raise ValueError(_too_large())
    if min(size) < 1:
        raise ValueError("The picture is empty: it is zero pixels wide or high.")


def _too_large() -> str:
    return f"The picture is larger than {LARGEST // 1_000_000} megapixels; send a smaller one."


def _too_costly(kind: str, cost: int) -> str:
    return (
        f"The picture is larger than {MEMORY // cost // 1_000_000} megapixels, which is the most "
        f"for {kind}; send a smaller one, or a plain JPEG."
    )


def _brief(error: Exception) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 80 else words[:77] + "..."


def _orientation(image: Image.Image) -> int:
    """EXIF orientation 1 to 8; damaged EXIF counts as upright."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # damaged EXIF is no reason to refuse a picture
        return 1
