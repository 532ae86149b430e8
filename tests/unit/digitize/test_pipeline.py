"""The digitizer against oracles: MNIST itself, canvases, file formats, entry points."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from vae_core.digitize import Options, digitize, open_picture

Grey = NDArray[np.uint8]


def drawn(angle: float = 0.0) -> Image.Image:
    """A 7 in black on white, which no turn or mirror leaves as it is; needs no data."""
    from PIL import ImageDraw

    image = Image.new("L", (200, 160), 255)
    draw = ImageDraw.Draw(image)
    draw.line([(60, 30), (130, 30), (90, 130)], fill=0, width=9, joint="curve")
    return image.rotate(angle, fillcolor=255)


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    """The picture as the bytes of a file."""
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def rmse(one: Grey, two: Grey) -> float:
    """Root mean square difference as a share of full white."""
    return float(np.sqrt(np.mean((one / 255.0 - two / 255.0) ** 2)))


def test_the_result_tells_its_story() -> None:
    found = digitize(drawn())
    assert found.pixels.dtype == np.uint8
    assert found.pixels.shape == (28, 28)
    assert [stage.name for stage in found.stages] == [
        "picture", "light", "marks", "ink", "pen", "frame",
    ]  # fmt: skip
    for stage in found.stages:
        assert stage.image.dtype == np.uint8
        assert max(stage.image.shape) <= 256
        assert stage.title
        assert stage.note.endswith(".")
    assert found.verdict == "One digit found."
    assert found.chosen == 0
    assert found.polarity == "dark"
    x0, y0, x1, y1 = found.boxes[0]
    assert abs(x0 - 56) <= 4
    assert abs(y0 - 26) <= 4
    assert abs(x1 - 135) <= 4
    assert abs(y1 - 133) <= 4


def test_settings_are_followed() -> None:
    thin = digitize(drawn(), Options(stroke=1.0))
    fat = digitize(drawn(), Options(stroke=4.0))
    assert thin.stroke_width < 1.4
    assert fat.stroke_width > 3.2
    assert digitize(drawn(), Options(threshold=0.3)).threshold == pytest.approx(0.3)
    assert digitize(drawn(), Options(polarity="dark")).polarity == "dark"
    kept = digitize(drawn(), Options(stroke="keep"))
    assert kept.pixels.any()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"polarity": "grey"}, "polarity is 'grey'"),
        ({"threshold": 2.0}, "threshold is 2.0"),
        ({"threshold": float("nan")}, "threshold is nan"),
        ({"threshold": True}, "threshold is True"),
        ({"stroke": "thick"}, "stroke is 'thick'"),
        ({"stroke": 99.0}, "stroke is 99.0"),
        ({"choose": -1}, "choose is -1"),
        ({"choose": True}, "choose is True"),
    ],
)
def test_bad_settings_get_a_sentence(settings: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Options(**settings)


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises a size and holds nothing."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"", "empty"),
        (b"hello, this is no picture", "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not a picture"),
        (saved(drawn(), "PNG")[:200], "damaged or cut short"),
        (saved(drawn(), "JPEG")[:900], "damaged or cut short"),
        (png_header(8001, 8000), "larger than 64 megapixels"),
        (png_header(10001, 10000), "larger than 64 megapixels"),
        (png_header(60000, 60000), "larger than 64 megapixels"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic rubbish", "HEIC"),
        ("no-such-picture.png", "no file 'no-such-picture.png'"),
        (Path(), "cannot be read"),
        (17, "source is a int"),
        (Image.new("L", (64, 64), 255), "Nothing drawn"),
        (Image.new("L", (1, 1), 0), "Nothing drawn"),
    ],
)
def test_bad_pictures_get_a_sentence(source: object, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        digitize(source)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def sixteen_bits() -> bytes:
    values = np.asarray(drawn(), np.uint16) * 16  # 12 bits in 16, as many scanners do
    return saved(Image.fromarray(values), "PNG")


def see_through(ink: int) -> bytes:
    image = Image.new("RGBA", (200, 160), (0, 0, 0, 0))
    mask = Image.eval(drawn(), lambda v: 255 - v)
    image.paste((ink, ink, ink, 255), (0, 0), mask)
    return saved(image, "PNG")


def palette() -> bytes:
    return saved(drawn().convert("RGB").quantize(8), "PNG", transparency=7)


def animation() -> bytes:
    frames = [drawn(), Image.new("L", (200, 160), 255)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:])


def heic() -> bytes:
    heif = pytest.importorskip("pillow_heif")
    out = io.BytesIO()
    heif.from_pillow(drawn().convert("RGB")).save(out, quality=90)
    return out.getvalue()


FORMATS = {
    "16 bits": sixteen_bits,
    "black ink on nothing": lambda: see_through(0),
    "white ink on nothing": lambda: see_through(255),
    "palette": palette,
    "first frame": animation,
    "CMYK": lambda: saved(drawn().convert("CMYK"), "JPEG", quality=95),
    "one bit": lambda: saved(drawn().convert("1"), "PNG"),
    "float": lambda: saved(drawn().convert("F"), "TIFF"),
    "32 bits": lambda: saved(drawn().convert("I"), "TIFF"),
    "WebP": lambda: saved(drawn().convert("RGB"), "WEBP", quality=90),
    "AVIF": lambda: saved(drawn().convert("RGB"), "AVIF", quality=90),
    "HEIC": heic,
    "inverted": lambda: saved(Image.eval(drawn(), lambda v: 255 - v), "PNG"),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_the_same_digit(kind: str) -> None:
    expected = digitize(drawn()).pixels
    assert rmse(digitize(FORMATS[kind]()).pixels, expected) < 0.1


UNDO = {
    1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
}  # fmt: skip


@pytest.mark.parametrize("orientation", UNDO)
def test_exif_is_followed(orientation: int) -> None:
    upright, turn = drawn(), UNDO[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = upright.transpose(turn) if turn is not None else upright
    source = saved(stored, "PNG", exif=exif)
    assert open_picture(source).size == upright.size
    found, expected = digitize(source), digitize(upright)
    assert np.array_equal(found.pixels, expected.pixels)
    assert found.boxes == expected.boxes


def test_a_heic_turned_by_its_camera_is_turned_once() -> None:
    heif = pytest.importorskip("pillow_heif")
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    stored = drawn().transpose(Image.Transpose.ROTATE_90).convert("RGB")
    heif.from_pillow(stored).save(out, quality=90, exif=exif.tobytes())
    assert rmse(digitize(out.getvalue()).pixels, digitize(drawn()).pixels) < 0.08


def test_a_path_and_its_bytes_agree(tmp_path: Path) -> None:
    path = tmp_path / "seven.png"
    path.write_bytes(saved(drawn(), "PNG"))
    by_bytes = digitize(path.read_bytes())
    assert np.array_equal(digitize(path).pixels, by_bytes.pixels)
    assert np.array_equal(digitize(str(path)).pixels, by_bytes.pixels)


def test_the_caller_keeps_its_picture() -> None:
    image = drawn()
    before = np.array(image)
    digitize(image)
    assert np.array_equal(np.array(image), before)


def test_a_sequence_is_left_at_its_first_frame() -> None:
    with Image.open(io.BytesIO(animation())) as film:
        assert len(list(ImageSequence.Iterator(film))) == 2
