"""Cameras: a clip of one code, as Chromium's fake camera plays it; a code read off a page."""

import io
from pathlib import Path

import qrcode
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page

WIDTH, HEIGHT = 640, 480
FRAMES_PER_SECOND = 5
EMPTY_COUNT, SHOWN_COUNT = 2, 8
"""Frames without a code, as before a hand comes up; then frames with it, slightly turning."""
WALL, NEUTRAL = 150, 128


def flags(clip: Path) -> tuple[str, ...]:
    """Return what makes Chromium take the clip for its camera, and ask nobody's leave."""
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
    )


def film(text: str, path: Path) -> Path:
    """Write a y4m clip (yuv420p) of a QR code held before the camera."""
    code = qrcode.make(text, border=4, error_correction=qrcode.ERROR_CORRECT_M).convert("L")
    code = code.resize((360, 360), Image.Resampling.NEAREST)
    colour = bytes([NEUTRAL]) * (WIDTH // 2 * (HEIGHT // 2) * 2)
    with path.open("wb") as clip:
        clip.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420\n".encode())
        for number in range(EMPTY_COUNT + SHOWN_COUNT):
            frame = Image.new("L", (WIDTH, HEIGHT), WALL)
            if number >= EMPTY_COUNT:
                turned = code.rotate(number % 4 * 2 - 3, Image.Resampling.BICUBIC, fillcolor=255)
                frame.paste(turned, ((WIDTH - 360) // 2, (HEIGHT - 360) // 2))
            clip.write(b"FRAME\n" + frame.tobytes() + colour)
    return path


def read(shown: Locator | Page) -> str:
    """Return what a scanner reads from the one code on the screen."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(shown.screenshot())))
    text: str = found.text
    return text
