// Reading codes: camera and photo, by zxing-wasm from our own host; nothing leaves the device.
//
//   openScanner(video, {onText, onTrouble}) → Promise<{stop()}>
//     onText(text)     each code once; the same one again only after it left the picture
//     onTrouble(code)  "insecure"  the page is not on https: no browser opens a camera there
//                      "no-camera" there is none
//                      "denied"    the person, or the phone, said no
//                      "busy"      another program holds the camera
//                      "lost"      the camera stopped, or the reader could not be loaded
//   readPhoto(file) → Promise<text | null>
//
// Pages bring the words for these codes. Formats: QR, EAN-13, Code 128.

const BASE = new URL("../vendor/zxing/", import.meta.url);
const OPTIONS = { formats: ["QRCode", "EAN13", "Code128"], tryHarder: true, maxNumberOfSymbols: 1 };
const WIDTH_MAX = 1280;
const PHOTO_SIDE_MAX = 2000;
const PAUSE_MS = 120; // between frames; a slow phone rests as long as it worked
const GONE_MS = 2000; // a code is new again once it was out of the picture so long
const REFUSED = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "no-camera",
  OverconstrainedError: "no-camera",
  NotReadableError: "busy",
  AbortError: "busy",
};

let loading = null;

function load(src) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src, onload: resolve, onerror: reject });
    document.head.append(script);
  });
}

// The reader weighs a megabyte: it comes with the first camera or photo, not with the page.
function reader() {
  loading ??= (async () => {
    await load(new URL("reader.js", BASE).href);
    await window.ZXingWASM.prepareZXingModule({
      overrides: { locateFile: (path) => new URL(path, BASE).href },
      fireImmediately: true,
    });
    return window.ZXingWASM;
  })();
  loading.catch(() => { loading = null; });
  return loading;
}

async function textOf(picture) {
  const found = await (await reader()).readBarcodes(picture, OPTIONS);
  return found.find((each) => each.isValid && each.text)?.text ?? null;
}

function askCamera() {
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: "environment" }, width: { ideal: WIDTH_MAX }, height: { ideal: 720 } },
  });
}

class Scanner {
  constructor(video, { onText, onTrouble }) {
    this.video = video;
    this.onText = onText;
    this.onTrouble = onTrouble;
    this.canvas = document.createElement("canvas");
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
    this.isStopped = false;
    this.last = { text: "", seenAt: 0 };
    this.wake = () => { if (!document.hidden && this.isDead()) this.start(); };
    document.addEventListener("visibilitychange", this.wake);
  }

  isDead() {
    return !this.isStopped && this.stream?.getTracks().every((track) => track.readyState === "ended");
  }

  async start() {
    if (!window.isSecureContext) return this.fail("insecure");
    if (!navigator.mediaDevices?.getUserMedia) return this.fail("no-camera");
    try {
      this.stream = await askCamera();
    } catch (error) {
      return this.fail(REFUSED[error.name] ?? "lost");
    }
    if (this.isStopped) return this.rest();
    for (const track of this.stream.getTracks()) {
      track.addEventListener("ended", () => { if (!document.hidden) this.fail("lost"); });
    }
    Object.assign(this.video, { muted: true, playsInline: true, srcObject: this.stream });
    this.video.setAttribute("playsinline", "");
    try {
      await Promise.all([this.video.play(), reader()]);
    } catch {
      return this.isStopped ? undefined : this.fail("lost");
    }
    if (!this.timer) this.look();
  }

  async look() {
    const began = performance.now();
    try {
      if (!document.hidden && this.video.readyState >= 2) this.saw(await textOf(this.frame()));
    } catch {
      return this.fail("lost");
    }
    if (this.isStopped) return;
    const worked = performance.now() - began;
    this.timer = setTimeout(() => this.look(), Math.max(PAUSE_MS, worked));
  }

  frame() {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, WIDTH_MAX / Math.max(videoWidth, videoHeight));
    const width = Math.round(videoWidth * scale);
    const height = Math.round(videoHeight * scale);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      Object.assign(this.canvas, { width, height });
    }
    this.pen.drawImage(this.video, 0, 0, width, height);
    return this.pen.getImageData(0, 0, width, height);
  }

  saw(text) {
    if (!text || this.isStopped) return;
    const now = performance.now();
    const isNew = text !== this.last.text || now - this.last.seenAt > GONE_MS;
    this.last = { text, seenAt: now };
    if (isNew) this.onText(text);
  }

  fail(code) {
    if (this.isStopped) return;
    this.rest();
    this.onTrouble?.(code);
  }

  rest() {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
  }

  stop() {
    this.isStopped = true;
    document.removeEventListener("visibilitychange", this.wake);
    this.rest();
    this.video.srcObject = null;
  }
}

export async function openScanner(video, handlers) {
  const scanner = new Scanner(video, handlers);
  await scanner.start();
  return { stop: () => scanner.stop() };
}

export async function readPhoto(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, PHOTO_SIDE_MAX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return textOf(pen.getImageData(0, 0, canvas.width, canvas.height));
}
