"""Settings, read once from the environment. A new name goes to docs/settings.md too."""

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
KEY_NAMES = ("session", "field", "code")
KEY_BYTES_MIN = 32


def database_url(instance: Path) -> str:
    """The database to use: DATABASE_URL, else one SQLite file in the instance folder."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{instance / 'timebank.db'}"
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def host_names(public_url: str) -> list[str] | None:
    """The names this house answers to: TIMEBANK_HOSTS, in production else its public address.

    None lets any name in: a first look at home may come by any address.
    """
    named = os.environ.get("TIMEBANK_HOSTS")
    if named:
        return [name.strip() for name in named.split(",") if name.strip()]
    is_production = os.environ.get("TIMEBANK_ENV") == "production"
    return (
        [urlsplit(public_url).hostname or "", "127.0.0.1", "localhost"] if is_production else None
    )


class Config:
    """What every environment shares."""

    INSTANCE_PATH = Path(os.environ.get("TIMEBANK_INSTANCE", ROOT / "instance"))
    ENVIRONMENT = os.environ.get("TIMEBANK_ENV", "development")
    PUBLIC_URL = os.environ.get("TIMEBANK_URL", "http://127.0.0.1:8000").rstrip("/")
    TRUSTED_HOSTS = host_names(PUBLIC_URL)
    PROXY_COUNT = int(os.environ.get("TIMEBANK_PROXIES", "0"))
    SQLALCHEMY_DATABASE_URI = database_url(INSTANCE_PATH)
    SMS_SENDER = os.environ.get("TIMEBANK_SMS_SENDER", "console")
    REPORT_SECONDS = int(os.environ.get("TIMEBANK_REPORT_SECONDS", "60"))
    MAX_CONTENT_LENGTH = 10_000_000
    MAX_FORM_MEMORY_SIZE = 500_000


def load_keys(settings: type[Config]) -> dict[str, str]:
    """The three root keys: from TIMEBANK_KEYS, else from instance/keys.json.

    The file is written on the first run (mode 0600) outside production, so that
    the embedded default needs no set-up; production must bring its own keys.

    Raises:
        RuntimeError: Production has no keys, or a key is too short.
    """
    path = Path(os.environ.get("TIMEBANK_KEYS", settings.INSTANCE_PATH / "keys.json"))
    if not path.exists():
        if settings.ENVIRONMENT == "production":
            raise RuntimeError(f"no keys at {path}: create them before production starts")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_private(path, {name: secrets.token_hex(KEY_BYTES_MIN) for name in KEY_NAMES})
    keys: dict[str, str] = json.loads(path.read_text())
    for name in KEY_NAMES:
        if len(keys.get(name, "")) < 2 * KEY_BYTES_MIN:
            raise RuntimeError(f"key {name!r} in {path} is missing or shorter than 256 bits")
    return keys


def _write_private(path: Path, content: dict[str, str]) -> None:
    """Write a file whole that only its owner can read; a file that exists already is kept."""
    draft = path.with_suffix(f".{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(content, file)
    with suppress(FileExistsError):  # another process was faster: its keys stand
        os.link(draft, path)
    draft.unlink()
