"""What a phone installs: a manifest, icons it can show, a worker that keeps nothing of a person."""

import re
from io import BytesIO

import pytest
from PIL import Image

from app.web.installable import ICON_SIZES, KEPT
from tests.factories import doors


def kept_by(client):
    """The worker's list of what it keeps, and its version."""
    text = client.get("/worker.js").text
    listed = re.search(r"const KEPT = (\[.*?\]);", text)
    version = re.search(r'const VERSION = "(\w+)"', text)
    assert listed
    assert version
    return re.findall(r'"([^"]+)"', listed[1]), version[1]


def test_the_manifest_says_what_the_app_is(client):
    answer = client.get("/manifest.webmanifest")
    said = answer.get_json(force=True)

    assert answer.mimetype == "application/manifest+json"
    assert (said["name"], said["start_url"], said["scope"]) == ("爱心银行", "/", "/")
    assert {(each["sizes"], each["purpose"]) for each in said["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }


@pytest.mark.parametrize("name", ICON_SIZES)
def test_an_icon_is_a_square_picture_in_the_colours_of_the_house(client, name):
    answer = client.get(f"/icons/{name}.png")
    picture = Image.open(BytesIO(answer.data)).convert("RGBA")
    middle, corner = picture.width // 2, picture.getpixel((0, 0))

    assert picture.size == (ICON_SIZES[name],) * 2
    assert picture.getpixel((middle, middle)) == (255, 255, 255, 255)
    assert corner == ((180, 35, 26, 255) if name == "maskable" else (0, 0, 0, 0))
    assert len(answer.data) < 40_000


def test_there_is_no_icon_of_another_name(client):
    assert client.get("/icons/9999.png").status_code == 404


def test_everything_the_worker_keeps_is_there_and_the_same_for_everybody(session, client):
    addresses, _ = kept_by(client)
    town = doors.town(session, client)
    cookie = {"Cookie": f"timebank_session={town.caller('wen').token}"}

    for address in addresses:
        with client.get(address) as stranger, client.get(address, headers=cookie) as member:
            assert stranger.data == member.data, address
        assert stranger.status_code == 200, address
        assert "Set-Cookie" not in stranger.headers
        assert b"csrf" not in stranger.data or address.endswith(".js")


def test_the_worker_keeps_static_files_and_the_offline_page_only(client):
    addresses, _ = kept_by(client)

    assert {
        address for address in addresses if not address.startswith(("/static/", "/assets/"))
    } == {
        "/offline/zh",
        "/offline/en",
    }


def test_the_version_is_the_content(client, monkeypatch):
    _, before = kept_by(client)
    _, again = kept_by(client)
    monkeypatch.setattr("app.web.installable.KEPT", KEPT[:-1] + ("css/tokens.css",))
    _, other = kept_by(client)

    assert before == again != other


def test_the_worker_itself_is_asked_for_every_time(client):
    assert client.get("/worker.js").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(("language", "words"), [("zh", "没有网络"), ("en", "No network")])
def test_the_offline_page_speaks_both_languages(client, language, words):
    assert words in client.get(f"/offline/{language}").text
    assert client.get("/offline/fr").status_code == 404


def test_a_page_knows_its_holder_by_a_tag_that_names_nobody(session, client):
    town = doors.town(session, client)
    tags = []
    for caller in [town.caller("wen"), town.caller("captain"), town.caller("wen")]:
        client.set_cookie("timebank_session", caller.token)
        page = client.get("/").text
        tags.append(re.search(r'data-holder="([\w-]{12})"', page)[1])
        assert str(caller.member.person_id) not in page
    client.delete_cookie("timebank_session")

    assert tags[0] == tags[2] != tags[1]
    assert "data-holder" not in client.get("/sign-in").text
