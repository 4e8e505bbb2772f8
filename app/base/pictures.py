"""Pictures that people send: decoded, made small, written anew as a plain JPEG.

What comes out is pixels and nothing else: no place, no camera, no name, no thumbnail,
whatever the file carried. The same picture sent twice comes out as the same bytes.
"""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from app.base.errors import PhotoTooLarge, PhotoUnreadable

BYTES_MAX = 9_000_000
"""Under the limit of a whole request; a phone's photo has 2 to 6 MB."""
PIXELS_MAX = 60_000_000
SIDE_MAX = 1_600
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")

Image.MAX_IMAGE_PIXELS = PIXELS_MAX
"""Pillow's own guard, for whatever else may open a picture here."""

BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow raises of files that are no picture, cut off, or made to fill the memory."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept: JPEG, at most 1600 pixels a side, without metadata."""

    jpeg: bytes
    width: int
    height: int


def take(content: bytes) -> Picture:
    """Return what a file shows, as a small plain JPEG.

    Raises:
        PhotoTooLarge: More bytes or pixels than a photo has.
        PhotoUnreadable: No JPEG, PNG or WebP (HEIC too), or a damaged one.
    """
    if len(content) > BYTES_MAX:
        raise PhotoTooLarge
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                raise PhotoTooLarge
            opened.draft("RGB", (SIDE_MAX, SIDE_MAX))
            return _written(_upright(opened))
    except BROKEN as error:
        raise PhotoUnreadable from error


def _upright(opened: Image.Image) -> Image.Image:
    """Return the pixels as they are meant to be seen, no larger than wanted."""
    opened.thumbnail((SIDE_MAX, SIDE_MAX), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(opened)
    if upright.mode in ("RGB", "L"):
        return upright.convert("RGB")
    return upright.convert("RGBA")


def _written(pixels: Image.Image) -> Picture:
    """Write the pixels alone: onto a new picture, which has no metadata to hand on."""
    plain = Image.new("RGB", pixels.size, "white")
    plain.paste(pixels, mask=pixels if pixels.mode == "RGBA" else None)
    file = BytesIO()
    plain.save(file, "JPEG", quality=QUALITY)
    return Picture(file.getvalue(), plain.width, plain.height)
