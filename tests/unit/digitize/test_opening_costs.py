"""What decoding costs decides how many pixels are read."""

import io

import pytest
from PIL import Image

from vae_core.digitize.image_files import read


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
