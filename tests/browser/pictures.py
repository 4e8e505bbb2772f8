"""Pictures of pages, small enough to keep in the repository."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Page

BYTES_MAX = 40_000
HEIGHT_MAX = 1_500
COLOURS = (64, 32, 16)
ALIKE_PERCENT = 0.2
"""Below this share of changed points the old picture stays: a time, a digit of a code."""


def take(page: Page, path: Path, *, height_max: int = HEIGHT_MAX, scale: float = 1.0) -> bool:
    """Take a picture of the page into a file; return whether it changed."""
    page.evaluate("document.fonts.ready")
    raw = page.screenshot(full_page=True, animations="disabled", caret="hide")
    picture = Image.open(BytesIO(raw)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, height_max)))
    if scale != 1.0:
        size = (round(picture.width * scale), round(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    if path.exists() and is_alike(picture, Image.open(path).convert("RGB")):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(small(picture))
    return True


def small(picture: Image.Image) -> bytes:
    """Return the picture as a PNG with few colours, fewer if that keeps it small."""
    written = b""
    for colours in COLOURS:
        out = BytesIO()
        few = picture.quantize(colours, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(out, "PNG", optimize=True)
        written = out.getvalue()
        if len(written) <= BYTES_MAX:
            break
    return written


def is_alike(one: Image.Image, other: Image.Image) -> bool:
    """Whether two pictures show the same, but for a little."""
    if one.size != other.size:
        return False
    apart = ImageChops.difference(one, other).convert("L").point([0] * 64 + [255] * 192)
    changed = apart.histogram()[255]
    return changed * 100 <= one.width * one.height * ALIKE_PERCENT
