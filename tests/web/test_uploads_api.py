"""Imports over HTTP: rows by line and reason, a dry run, own places only, once for a key."""

import pytest

from app.community import tree
from app.people import members
from tests.factories.doors import Town, new_key
from tests.web.answers import done, everything, refused

HEAD = "external_id,name,phone,node_code\n"


def people_file(town: Town, *more: str) -> str:
    rows = [f"A1,欧阳小满,00000008801,{town.node.code}", f"A2,苏小满,,{town.node.code}", *more]
    return HEAD + "\n".join(rows) + "\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_people_come_in_and_bad_rows_are_named(town: Town, encoding: str) -> None:
    text = people_file(town, f",没有编号,,{town.node.code}", f"A4,号码不对,123,{town.node.code}")

    brought = done(
        town.caller("staff").upload(f"{town.book}/members/import", text.encode(encoding))
    )

    assert (brought["new_count"], brought["bad_count"]) == (2, 2)
    assert [(row["line_no"], row["reason"]) for row in brought["bad_rows"]] == [
        (4, "empty"),
        (5, "validation_failed"),
    ]
    found = members.list_in(
        town.session, ledger_id=town.ledger_id, node=town.node, text="小满", limit=9, offset=0
    )
    assert len(found) == 2


def test_a_dry_run_says_the_same_and_writes_nothing(town: Town) -> None:
    staff, text = town.caller("staff"), people_file(town)
    before = everything(town.session)

    dry = done(staff.upload(f"{town.book}/members/import", text, dry_run="true"))

    assert everything(town.session) == before
    assert (dry["is_dry_run"], dry["new_count"]) == (True, 2)
    assert done(staff.upload(f"{town.book}/members/import", text))["new_count"] == 2
    assert done(staff.upload(f"{town.book}/members/import", text))["unchanged_count"] == 2


def test_an_upload_is_done_once_for_a_key_and_other_files_are_refused(town: Town) -> None:
    staff, key = town.caller("staff"), new_key()
    path = f"{town.book}/members/import"

    first = staff.upload(path, people_file(town), key=key)
    again = staff.upload(path, people_file(town), key=key)
    other = staff.upload(path, people_file(town, f"A9,别人,,{town.node.code}"), key=key)

    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    refused(other, "idempotency_mismatch", 422)


def test_rows_of_a_foreign_place_stop_the_whole_file(town: Town) -> None:
    staff = town.caller("staff")
    before = everything(town.session)

    text = people_file(town, f"A3,任清和,,{town.elsewhere.code}", "A4,某某,,no-such-place")
    answer = staff.upload(f"{town.book}/members/import", text)

    refused(answer, "validation_failed", 422)
    assert [error["line_no"] for error in answer.get_json()["errors"]] == [4]
    assert everything(town.session) == before


@pytest.mark.parametrize("who", ["volunteer", "clerk", "auditor", "second"])
def test_people_are_imported_by_staff_only(town: Town, who: str) -> None:
    caller = town.caller(who)
    before = everything(town.session)

    refused(caller.upload(f"{town.book}/members/import", people_file(town)), "permission_denied")

    assert everything(town.session) == before


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "csv_unreadable"),
        (b"name,phone\nx,y\n", "csv_unreadable"),
        (b"\xff\xfe\x00\x00", "csv_unreadable"),
        (b"x" * ((1 << 20) + 1), "payload_too_large"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(town: Town, content: bytes, code: str) -> None:
    staff = town.caller("staff")
    before = everything(town.session)

    refused(staff.upload(f"{town.book}/members/import", content), code)

    assert everything(town.session) == before


def test_an_upload_without_a_file_is_refused(town: Town) -> None:
    answer = town.caller("staff")._send("POST", f"{town.book}/members/import", data={"x": "y"})

    refused(answer, "validation_failed", 422)


NODES = "code,name,parent_code,kind,household_count,resident_count\n"


def test_places_come_in_below_ones_own(town: Town) -> None:
    admin = town.caller("administrator")
    text = (
        f"{NODES}{town.node.code}001,一格,{town.node.code},grid,400,1200\n"
        f"{town.node.code}002,二格,{town.node.code},网格,x,\n"
    )

    dry = done(admin.upload("/nodes/import", text, dry_run="true"))
    assert (dry["new_count"], dry["bad_count"]) == (1, 1)
    assert tree.children(town.session, town.node) == []
    brought = done(admin.upload("/nodes/import", text))

    assert (brought["new_count"], brought["bad_rows"][0]["reason"]) == (1, "bad_count")
    assert [each.name for each in tree.children(town.session, town.node)] == ["一格"]


@pytest.mark.parametrize(
    "row",
    [
        "R1,新省,,province",
        "X1,别处一格,{elsewhere},grid",
        "{elsewhere},改个名,{township},community",
    ],
)
def test_an_administrator_touches_no_place_but_their_own(town: Town, row: str) -> None:
    admin = town.caller("administrator")
    before = everything(town.session)
    line = row.format(elsewhere=town.elsewhere.code, township="350902200")

    answer = admin.upload("/nodes/import", f"code,name,parent_code,kind\n{line}\n")

    refused(answer, "validation_failed", 422)
    assert everything(town.session) == before


def test_places_are_imported_by_administrators_only(town: Town) -> None:
    text = f"{NODES}{town.node.code}001,一格,{town.node.code},grid,,\n"

    for who in ("volunteer", "staff", "auditor"):
        refused(town.caller(who).upload("/nodes/import", text), "permission_denied", 403)
