"""Pictures as phones send them: with a place, a camera and a name in them."""

from io import BytesIO
from typing import Any

from PIL import Image

GPS_IFD, ORIENTATION, MAKE, ARTIST = 0x8825, 0x0112, 0x010F, 0x013B
PLACE = {1: "N", 2: (26.0, 40.0, 12.0), 3: "E", 4: (119.0, 32.0, 55.0)}
"""Where it was taken: in no photo that this house keeps."""


def image(size: tuple[int, int] = (400, 300), seed: int = 0) -> Image.Image:
    """A picture of its own for each seed: stripes that survive a JPEG."""
    made = Image.new("RGB", size, (240, 235, 225))
    for step in range(10):
        left = (step * 37 + seed * 13) % max(1, size[0] - 8)
        made.paste(((step * 25) % 256, (seed * 40) % 256, 90), (left, 0, left + 8, size[1]))
    return made


def photo(kind: str = "JPEG", seed: int = 0, size: tuple[int, int] = (400, 300)) -> bytes:
    """A file with GPS and the camera's name in its EXIF, and a comment where there may be one."""
    exif = Image.Exif()
    exif[MAKE], exif[ARTIST] = "SECRETCAM", "SECRETNAME"
    exif.get_ifd(GPS_IFD).update(PLACE)
    more: dict[str, Any] = {"comment": b"SECRETNOTE"} if kind == "JPEG" else {}
    file = BytesIO()
    image(size, seed).save(file, kind, exif=exif, **more)
    return file.getvalue()


def turned(orientation: int) -> bytes:
    """A lying file that says how it is to be held."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    file = BytesIO()
    image((400, 200)).save(file, "JPEG", exif=exif)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    """The picture of a file."""
    return Image.open(BytesIO(content))
