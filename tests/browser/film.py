"""Films for Chromium's fake camera: a code held before the lens, over and over."""

from pathlib import Path

import qrcode
from PIL import Image

WIDTH, HEIGHT, FRAMES_A_SECOND = 640, 480, 10
SIDE = 380
TILT_DEGREES = 7


def film(path: Path, *shown: str | None, seconds_each: float = 1.0) -> Path:
    """Write a film that shows each text as a tilted QR code in turn; None shows no code."""
    frames = max(1, int(seconds_each * FRAMES_A_SECOND))
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_A_SECOND}:1 Ip A1:1 C420\n".encode())
        for text in shown:
            frame = b"FRAME\n" + _luma(text) + b"\x80" * (WIDTH * HEIGHT // 2)
            for _ in range(frames):
                file.write(frame)
    return path


def _luma(text: str | None) -> bytes:
    picture = Image.new("L", (WIDTH, HEIGHT), 170)
    if text is not None:
        code = qrcode.make(text, border=4).convert("L").resize((SIDE, SIDE))
        turned = code.rotate(TILT_DEGREES, expand=True, fillcolor=170)
        picture.paste(turned, ((WIDTH - turned.width) // 2, (HEIGHT - turned.height) // 2))
    return picture.tobytes()
