"""The digitizer against oracles: MNIST itself, canvases, file formats, the doors."""

from __future__ import annotations

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from kinds import render
from numpy.typing import NDArray
from PIL import Image, ImageSequence
from scenes import row

from vae_core.data.digits import Digits
from vae_core.digitize import Digit, Options, digitize, open_picture
from vae_core.digitize.mnist_frame import centre_of_mass, frame, is_mnist

Grey = NDArray[np.uint8]


@pytest.fixture(scope="session")
def digits(test_digits: Digits) -> Grey:
    """The 10,000 test digits, uint8 (10000, 28, 28)."""
    return test_digits.images.numpy().reshape(-1, 28, 28)


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


def test_a_sequence_is_left_at_its_first_frame() -> None:
    with Image.open(io.BytesIO(animation())) as film:
        assert len(list(ImageSequence.Iterator(film))) == 2
