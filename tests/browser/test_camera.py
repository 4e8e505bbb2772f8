"""The fake camera shows a code that another reader reads."""

import io

import zxingcpp
from PIL import Image

from tests.browser import windows

OPEN = """async () => {
  window.video = document.createElement('video');
  video.srcObject = await navigator.mediaDevices.getUserMedia({video: true});
  await video.play();
}"""
LOOK = """async () => {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext('2d').drawImage(video, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  return bytes.reduce((text, one) => text + String.fromCharCode(one), '');
}"""
LOOKS_MAX = 40


def test_the_camera_sees_the_code_that_is_held_before_it(filmed):
    page = filmed("TP1.2t.held-before-the-camera", windows.PHONE)
    page.goto("/sign-in")
    page.evaluate(OPEN)

    seen = []
    for _ in range(LOOKS_MAX):
        frame = Image.open(io.BytesIO(page.evaluate(LOOK).encode("latin-1")))
        seen = [code.text for code in zxingcpp.read_barcodes(frame)]
        if seen:
            break
        page.wait_for_timeout(50)

    assert seen == ["TP1.2t.held-before-the-camera"]
