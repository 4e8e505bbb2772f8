"""What the documents say of the code is so, and what the code has they do not forget."""

import re
from pathlib import Path

import pytest

from app.community.settings import REGISTRY
from config import Config
from migrations.house import load_models

pytestmark = pytest.mark.static

DOCUMENTS = [
    Path("README.md"),
    Path("README.zh-CN.md"),
    Path("CHANGELOG.md"),
    *sorted(Path("docs").rglob("*.md")),
]
SOURCES = sorted(Path("app").rglob("*.py"))
ROOMS = sorted(path.parent.name for path in Path("app").glob("*/__init__.py"))
RULE = re.compile(r"\b([ACDEFILMOP])([1-9]\d?)\b")


def text(name: str) -> str:
    return Path(name).read_text()


def test_the_map_names_every_room_and_no_other():
    section = text("docs/architecture.md").split("## Rooms")[1].split("\n## ")[0]

    assert sorted(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == ROOMS


@pytest.mark.parametrize("room", ROOMS)
def test_the_doors_on_the_map_exist(room):
    line = re.search(rf"^\| `{room}` \|.*$", text("docs/architecture.md"), re.MULTILINE)
    assert line
    for door in re.findall(r"`(\w+)`", line[0].split("|")[3]):
        home = Path("app", room)
        assert (home / f"{door}.py").exists() or (home / door).is_dir(), f"{room}.{door}"


@pytest.mark.parametrize("room", sorted(set(ROOMS) - {"web", "cli"}))
def test_a_room_names_its_own_doors_and_those_on_the_map(room):
    home = Path("app", room)
    told = (home / "__init__.py").read_text().split("Doors in:")[1].split("Never:")[0]
    named = set(re.findall(r"`(\w+)(?:\.\w+)?`", told))
    line = re.search(rf"^\| `{room}` \|.*$", text("docs/architecture.md"), re.MULTILINE)

    assert line
    assert set(re.findall(r"`(\w+)`", line[0].split("|")[3])) <= named
    assert [each for each in named if not list(home.glob(f"{each}*"))] == []


def test_the_map_names_every_table_with_its_key():
    section = text("docs/architecture.md").split("## Tables")[1]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| \S", section, re.MULTILINE)
    tables = load_models().tables.values()

    assert dict(rows) == {table.name: table.info.get("key", "everywhere") for table in tables}
    assert len(rows) == len(tables)


def test_every_setting_of_the_installation_is_written_down():
    section = text("docs/settings.md").split("## Of a place")[0]
    names = {name for name in vars(Config) if name.isupper()}

    assert set(re.findall(r"^\| `([A-Z_]+)` \|", section, re.MULTILINE)) == names


def test_every_environment_name_is_written_down():
    for path in [Path("config.py"), *SOURCES]:
        for name in re.findall(r"environ(?:\.get\(|\[)\s*\"(\w+)\"", path.read_text()):
            assert f"`{name}`" in text("docs/settings.md"), f"{path} reads {name}"


def test_every_setting_of_a_place_is_written_down():
    rows = re.findall(
        r"^\| `([a-z]\w*\.\w+)` \| (\S+) \| (\S+)–(\S+) \| .+ \| (\S+) \|$",
        text("docs/settings.md"),
        re.MULTILINE,
    )
    expected = {
        (
            name,
            "off" if setting.default is None else f"{setting.default:,}",
            f"{setting.minimum:,}",
            f"{setting.maximum:,}",
            setting.source,
        )
        for name, setting in REGISTRY.items()
    }

    assert set(rows) == expected


def test_every_pinned_package_has_its_reason():
    pins = {
        line.strip().replace("==", " ")
        for name in ("requirements.txt", "requirements-dev.txt")
        for line in text(name).splitlines()
        if "==" in line
    }
    decision = text("docs/decisions/0001-dependencies.md")

    assert set(re.findall(r"^- (\S+ \S+): \w", decision, re.MULTILINE)) == pins


def test_every_package_is_pinned():
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in text(name).splitlines():
            assert line.startswith(("#", "-r ")) or re.fullmatch(r"[\w.\[\]-]+==[\w.]+", line)


def test_the_glossary_names_what_the_code_has():
    words = {word for path in SOURCES for word in re.findall(r"\w+", path.read_text())}
    known = words | {path.stem for path in SOURCES}
    rows = re.findall(r"^\| [^|]+ \| [^|]+ \| ([^|]+) \|", text("docs/glossary.md"), re.MULTILINE)

    assert len(rows) > 50
    for name in re.findall(r"`(\w+)`", " ".join(rows)):
        start, end = f"{name}_", f"_{name}"
        is_part = (word.startswith(start) or word.endswith(end) for word in words)
        assert name in known or any(is_part), name


def test_every_rule_that_the_code_cites_is_written_down():
    rules = set(RULE.findall(text("docs/rules.md")))
    for path in [*SOURCES, *Path("tests").rglob("*.py")]:
        for line in path.read_text().splitlines():
            if "noqa" not in line and ("#" in line or '"""' in line or "Rule" in line):
                cited = set(RULE.findall(line))
                assert cited <= rules, f"{path} cites {cited - rules}: {line.strip()}"


def test_decisions_are_numbered_without_gaps():
    decisions = sorted(Path("docs/decisions").glob("*.md"))

    assert [path.name[:4] for path in decisions] == [
        f"{n:04}" for n in range(1, len(decisions) + 1)
    ]
    for path in decisions:
        body = path.read_text()
        assert body.startswith(f"# {path.name[:4]} ")
        assert all(f"**{part}.**" in body for part in ("Context", "Decision", "Price")), path


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_named_tables_and_commands_exist(document, app):
    body = document.read_text()
    tables = load_models().tables
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))

    for name in re.findall(rf"`((?:{'|'.join(ROOMS)})_\w+)`", body):
        assert name in tables or name == "ledger_id", name
    for target in re.findall(r"`make ([a-z]+)`", body):
        assert target in targets, target
    for group, command in re.findall(r"flask ([a-z]+) ([a-z]+)", body):
        assert group in app.cli.commands, f"flask {group}"
        assert command in app.cli.commands[group].commands, f"flask {group} {command}"


def test_the_readme_opens_with_the_two_commands():
    opening = text("README.md")[:500]

    assert opening.index("make run") < opening.index("make test")


def test_the_append_only_tables_are_named_for_the_operator():
    from tests.architecture.test_migrations import APPEND_ONLY

    for name in APPEND_ONLY:
        assert name in text("docs/operations.md"), name
        assert f"`{name}`" in text("docs/architecture.md"), name
