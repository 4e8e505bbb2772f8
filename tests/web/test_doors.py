"""Every door asks who is there, unless it is named here."""

from app.web.permissions import OPEN_ENDPOINTS, PUBLIC, SIGNED_IN
from tests.web.answers import path_of


def test_every_view_has_a_policy(app):
    for endpoint, view in app.view_functions.items():
        if endpoint not in OPEN_ENDPOINTS:
            assert getattr(view, "policy", None) in {PUBLIC, SIGNED_IN}, endpoint


def test_a_stranger_is_asked_to_sign_in(app, client):
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "policy", PUBLIC) == PUBLIC:
            continue
        with app.test_request_context():
            path = path_of(rule)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            answer = client.open(path, method=method)
            assert answer.status_code in {401, 302}, f"{method} {rule}: {answer.status_code}"
