"""What decoding costs decides how many pixels are read."""

import io

import pillow_heif
import pytest
from PIL import Image

from vae_core.data import image_files
from vae_core.data.image_files import read


def saved(mode: str, size: tuple[int, int], kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("mode", "kind", "options"),
    [("RGBA", "PNG", {}), ("RGB", "WEBP", {"method": 0}), ("RGB", "JPEG", {"progressive": True})],
)
def test_what_is_dear_to_decode_is_refused_in_words(mode: str, kind: str, options: dict) -> None:
    data = saved(mode, (6000, 6000), kind, **options)
    with pytest.raises(ValueError, match=r"larger than \d+ megapixels, which is the most for"):
        read(data, 1024)


def test_a_plain_jpeg_of_the_same_size_is_read_at_a_reduced_scale() -> None:
    picture = read(saved("RGB", (6000, 6000), "JPEG"), 1024)
    assert picture.size == (6000, 6000)
    assert max(picture.image.size) <= 1024


def test_an_icon_is_as_large_as_the_picture_in_it() -> None:
    """Its directory says 256 x 256; the PNG inside says otherwise."""
    large = saved("L", (9000, 9000), "PNG")
    head = b"\0\0\1\0\1\0" + b"\0\0\0\0\1\0\x20\0" + len(large).to_bytes(4, "little")
    with pytest.raises(ValueError, match="megapixels"):
        read(head + (22).to_bytes(4, "little") + large, 1024)


def test_a_heic_has_its_own_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no reduced decode: 48 megapixels would take 340 MB."""
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (1200, 1000))).save(buffer)
    assert read(buffer.getvalue(), 1024).size == (1200, 1000)
    monkeypatch.setattr(image_files, "MEMORY", 8_000_000)
    with pytest.raises(ValueError, match=r"than 1 megapixels, which is the most for HEIC"):
        read(buffer.getvalue(), 1024)
