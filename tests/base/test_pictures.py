"""Pictures: small, upright, plain; what is no picture is refused, and so is a bomb."""

import struct
import zlib
from io import BytesIO

import pytest

from app.base import pictures
from app.base.errors import PhotoTooLarge, PhotoUnreadable
from tests.factories import pictures as make

HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_comes_back_without_its_place_camera_and_names(kind):
    sent = make.photo(kind)
    assert b"SECRETCAM" in sent

    kept = make.opened(pictures.take(sent).jpeg)

    assert kept.format == "JPEG"
    assert dict(kept.getexif()) == {}
    assert {"exif", "comment", "icc_profile", "xmp"} & set(kept.info) == set()
    assert b"SECRET" not in pictures.take(sent).jpeg


def test_the_longer_side_is_1600_pixels_at_most():
    assert make.opened(pictures.take(make.photo(size=(3200, 1000))).jpeg).size == (1600, 500)
    assert make.opened(pictures.take(make.photo(size=(300, 200))).jpeg).size == (300, 200)


def test_a_photo_held_upright_stays_upright_without_saying_so():
    taken = pictures.take(make.turned(6))
    assert (taken.width, taken.height) == (200, 400)
    assert make.opened(taken.jpeg).size == (200, 400)


def test_what_is_seen_through_is_white():
    file = BytesIO()
    clear = make.image().convert("RGBA")
    clear.putalpha(0)
    clear.save(file, "PNG")
    assert make.opened(pictures.take(file.getvalue()).jpeg).getpixel((5, 5)) == (255, 255, 255)


def test_the_same_picture_makes_the_same_bytes():
    assert pictures.take(make.photo(seed=3)).jpeg == pictures.take(make.photo(seed=3)).jpeg
    assert pictures.take(make.photo(seed=3)).jpeg != pictures.take(make.photo(seed=4)).jpeg


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", HEIC, make.photo()[:900], b"GIF89a" + b"\x00" * 99, b"<svg/>"],
    ids=["nothing", "text", "heic", "cut off", "gif", "svg"],
)
def test_what_cannot_be_read_as_a_photo_is_refused(content):
    with pytest.raises(PhotoUnreadable):
        pictures.take(content)


def test_a_picture_made_to_fill_the_memory_is_refused_unread():
    with pytest.raises((PhotoTooLarge, PhotoUnreadable)):
        pictures.take(bomb(8_000, 8_000))
    with pytest.raises((PhotoTooLarge, PhotoUnreadable)):
        pictures.take(bomb(60_000, 60_000))


def test_more_bytes_than_a_photo_has_are_refused():
    with pytest.raises(PhotoTooLarge):
        pictures.take(b"\xff" * (pictures.BYTES_MAX + 1))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it is huge."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
