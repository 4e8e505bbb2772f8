"""Many tills over real HTTP and threads: one balance is spent once; what a sale costs the base."""

import http.client
import json
import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from werkzeug.serving import make_server

from app.base import idempotency
from app.base.db import db
from tests.conftest import DATABASE
from tests.factories import mall as make
from tests.factories import till as at

pytestmark = pytest.mark.slow

STATEMENTS_MAX = 19
"""One redemption by ticket, from the session's look-up to the kept answer. Only goes down."""


@contextmanager
def served(app):
    """The application behind a threaded server; yields its port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = False  # closing waits for the last answer to let go of its connection
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def send_all(port, requests):
    """Send all requests at the same moment, each on its own connection; return the answers."""
    answers, start = [None] * len(requests), threading.Barrier(len(requests))

    def send(place):
        path, headers, body = requests[place]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        start.wait()
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        answers[place] = (answer.status, answer.read())
        connection.close()

    threads = [threading.Thread(target=send, args=(place,)) for place in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def request_of(caller, body, key=None):
    headers = caller.headers() | {
        "Content-Type": "application/json",
        "Idempotency-Key": key or at.new_key(),
    }
    return f"{caller.root}/redemptions", headers, body


def test_a8_of_twenty_redemptions_of_the_last_points_one_wins(app, session):
    here = at.at_counter(app, session, clerk_count=4)
    member = make.a_member(session, here.mall, points=60)
    soap = make.put_goods(session, here.mall, price=60, stock_count=50, person_period_max=99)
    session.commit()
    requests = []
    for n in range(20):
        ticket = here.show(member, till=n % 4)["ticket"]
        caller = here.of(here.mall.clerks[n % 4].person_id)
        requests.append(request_of(caller, here.basket((soap, 1), till=n % 4, ticket=ticket)))
    here.fresh()
    with served(app) as port:
        answers = send_all(port, requests)
    assert sorted(status for status, _ in answers) == [201] + [422] * 19
    refused = [json.loads(body) for status, body in answers if status != 201]
    assert {one["code"] for one in refused} == {"insufficient_points"}
    assert (here.spendable(member), make.stock_of(session, here.mall, soap)) == (0, 49)
    make.require_clean(session, here.mall.ledger_id)


def test_e17_one_ticket_sent_twenty_times_at_once_pays_once(app, session):
    here = at.at_counter(app, session)
    member = make.a_member(session, here.mall, points=300)
    soap = make.put_goods(session, here.mall, price=1, stock_count=50, person_period_max=99)
    session.commit()
    body = here.basket((soap, 1), ticket=here.show(member)["ticket"])
    requests = [request_of(here.clerk, body) for _ in range(20)]
    here.fresh()
    with served(app) as port:
        answers = send_all(port, requests)
    assert sorted(status for status, _ in answers) == [201] + [409] * 19
    refused = [json.loads(body) for status, body in answers if status != 201]
    assert {one["code"] for one in refused} == {"code_already_used"}
    assert (here.spendable(member), make.stock_of(session, here.mall, soap)) == (299, 49)
    make.require_clean(session, here.mall.ledger_id)


def test_a7_one_request_sent_twelve_times_at_once_is_answered_alike(app, session):
    here = at.at_counter(app, session)
    member = make.a_member(session, here.mall, points=300)
    soap = make.put_goods(session, here.mall, price=1, stock_count=50)
    session.commit()
    body, key = here.basket((soap, 1), ticket=here.show(member)["ticket"]), at.new_key()
    requests = [request_of(here.clerk, body, key) for _ in range(12)]
    here.fresh()
    with served(app) as port:
        answers = send_all(port, requests)
    assert {status for status, _ in answers} == {201}
    assert len({body for _, body in answers}) == 1
    assert here.spendable(member) == 299
    make.require_clean(session, here.mall.ledger_id)


def test_one_refused_request_sent_eight_times_at_once_is_refused_alike(app, session):
    here = at.at_counter(app, session)
    member = make.a_member(session, here.mall, points=5)
    soap = make.put_goods(session, here.mall, price=20, stock_count=50)
    session.commit()
    body, key = here.basket((soap, 1), ticket=here.show(member)["ticket"]), at.new_key()
    requests = [request_of(here.clerk, body, key) for _ in range(8)]
    here.fresh()
    with served(app) as port:
        answers = send_all(port, requests)
    assert {status for status, _ in answers} == {422}
    assert len({body for _, body in answers}) == 1, "the first refusal is kept for the others"
    assert (here.spendable(member), make.stock_of(session, here.mall, soap)) == (5, 50)
    make.require_clean(session, here.mall.ledger_id)


def test_e18_of_twenty_baskets_for_ten_baskets_points_ten_are_sold(app, session):
    here = at.at_counter(app, session, clerk_count=4)
    member = make.a_member(session, here.mall, points=30)
    match = make.put_goods(session, here.mall, price=3, stock_count=50, person_period_max=99)
    session.commit()
    requests = []
    for n in range(20):
        ticket = here.show(member, till=n % 4)["ticket"]
        caller = here.of(here.mall.clerks[n % 4].person_id)
        requests.append(request_of(caller, here.basket((match, 1), till=n % 4, ticket=ticket)))
    here.fresh()
    with served(app) as port:
        answers = send_all(port, requests)
    codes = [json.loads(body).get("code", "sold") for _, body in answers]
    assert codes.count("sold") == 10
    assert set(codes) <= {"sold", "insufficient_points", "step_up_required"}
    assert (here.spendable(member), make.stock_of(session, here.mall, match)) == (0, 40)
    make.require_clean(session, here.mall.ledger_id)


@pytest.fixture
def statements(app):
    """Every statement that reaches the database, but savepoints and pings."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            seen.append(" ".join(statement.split())[:110])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_one_redemption_costs_few_statements_whatever_the_basket(app, session, statements):
    here = at.at_counter(app, session)
    member = make.a_member(session, here.mall, points=200)
    shelf = [make.put_goods(session, here.mall, price=1, person_period_max=99) for _ in range(12)]
    session.commit()
    counts = []
    for basket in (shelf[:1], shelf[:1], shelf):
        body = here.basket(*((one, 1) for one in basket), ticket=here.show(member)["ticket"])
        here.fresh()
        statements.clear()
        answer = here.clerk.post("/redemptions", body)
        assert answer.status_code == 201
        counts.append(len(statements))
    print(f"\n{counts} statements:\n" + "\n".join(statements))  # noqa: T201
    assert counts[1] == counts[2] <= STATEMENTS_MAX


def test_a_request_that_still_runs_is_in_progress(app, session):
    if DATABASE == "sqlite":
        return  # one writer at a time: whoever asks has waited until the answer was kept
    here = at.at_counter(app, session)
    key = at.new_key()
    here.clerk  # noqa: B018  signs in before the row is held
    running = idempotency.Request(
        here.mall.ledger_id, here.mall.clerk.person_id, key, "POST /x", b"\0" * 32
    )
    assert idempotency.claim(session, running) is None
    told = here.clerk.get("/operations", idempotency_key=key)
    assert told.json == {"state": "in_progress"}
    told = here.clerk.post("/operations/void", {"idempotency_key": key})
    assert told.json == {"state": "in_progress"}, "what runs is not given up"
    session.rollback()
    assert here.clerk.get("/operations", idempotency_key=key).json == {"state": "none"}
