"""Rooms import only rooms below them; only the named rooms post; only doors commit."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.static


def test_the_import_contracts_hold():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache", "--no-logo"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
