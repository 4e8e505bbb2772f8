"""Settings and root keys: nothing to set for the default, nothing half-set in production."""

import json
import stat
from pathlib import Path

import pytest

from config import KEY_NAMES, Config, database_url, load_keys


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.delenv("TIMEBANK_KEYS", raising=False)

    class Settings(Config):
        INSTANCE_PATH = tmp_path / "instance"
        ENVIRONMENT = "development"

    return Settings


def written(settings: type[Config]) -> Path:
    return settings.INSTANCE_PATH / "keys.json"


def test_the_first_run_writes_keys_that_only_the_owner_reads(settings):
    keys = load_keys(settings)

    assert set(keys) == set(KEY_NAMES)
    assert len(set(keys.values())) == len(KEY_NAMES)
    assert stat.S_IMODE(written(settings).stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.INSTANCE_PATH.stat().st_mode) & 0o077 == 0
    assert [path.name for path in settings.INSTANCE_PATH.iterdir()] == ["keys.json"]


def test_the_second_run_keeps_the_keys(settings):
    assert load_keys(settings) == load_keys(settings)


def test_production_refuses_to_invent_keys(settings):
    settings.ENVIRONMENT = "production"

    with pytest.raises(RuntimeError, match="create them before production starts"):
        load_keys(settings)

    assert not written(settings).exists()


@pytest.mark.parametrize("environment", ["development", "production"])
@pytest.mark.parametrize("name", KEY_NAMES)
def test_a_short_or_missing_key_is_refused(settings, environment, name):
    keys = load_keys(settings)
    settings.ENVIRONMENT = environment

    for weak in ({**keys, name: "ab" * 16}, {key: keys[key] for key in keys if key != name}):
        written(settings).write_text(json.dumps(weak))
        with pytest.raises(RuntimeError, match=f"key '{name}'"):
            load_keys(settings)


def test_keys_may_lie_elsewhere(settings, tmp_path, monkeypatch):
    keys = load_keys(settings)
    elsewhere = tmp_path / "elsewhere.json"
    written(settings).rename(elsewhere)
    monkeypatch.setenv("TIMEBANK_KEYS", str(elsewhere))

    assert load_keys(settings) == keys
    assert not written(settings).exists()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:////var/lib/bank.db", "sqlite:////var/lib/bank.db"),
    ],
)
def test_database_url_picks_the_database(monkeypatch, given, used):
    monkeypatch.setenv("DATABASE_URL", given)

    assert database_url(Path("/instance")) == used


def test_without_database_url_one_file_in_the_instance_folder_is_used(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)

    assert database_url(Path("/instance")) == "sqlite:////instance/timebank.db"
