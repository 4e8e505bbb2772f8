"""What a deduction takes, and how it comes back: two journals, never an edit (P7, D29, L4).

The points leave the household's account where the programme pools, else the member's own:
the soonest to expire first, and what is not there becomes 待追回. The base is never touched.
A reversal is asked for by one and confirmed by another; the first journal stays.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.db import NEVER
from app.base.errors import ValidationFailed
from app.ledger import lines as posted
from app.ledger import posting
from app.ledger import reversals as journal_reversals
from app.ledger.errors import AlreadyReversed
from app.ledger.posting import JournalDraft, Line
from app.people import homes, inbox
from app.people.errors import AlreadyDecided
from app.points import deductions, holders, programmes, second_person, verdicts, vintages, wallets
from app.points.models import Deduction
from app.points.purses import of_owners

KIND = "deduction"
REVERSED = "deduction_reversal"
REVERSAL_LEVEL = 3
"""Of the decision to reverse it: the approval before it was level 2."""


def post(session: Session, found: Deduction, actor: Actor) -> None:
    """Take the points from the purse that the member's earnings go to, and tell them.

    Raises:
        LedgerReadOnly: The book is stopped.
    """
    ledger_id = found.ledger_id
    holder_id = _holder_id(session, found)
    purse = wallets.earning_purse(session, ledger_id=ledger_id, holder_id=holder_id)
    home = purse.shared if purse.is_pooled else None
    pot = home or purse
    soonest = min((vintage for vintage, points in pot.lots.items() if points > 0), default=NEVER)
    draft = JournalDraft(
        key=f"deduction:{found.id}",
        kind=KIND,
        lines=tuple(pot.claw_back(found.points, soonest, to=wallets.POINTS_ISSUANCE)),
        actor=actor,
        reason=found.reason,
        source_id=found.id,
        occurred_at=clock.local_instant(found.happened_on),
    )
    found.household_id = purse.home_id
    found.journal_id = posting.post_one(session, ledger_id=ledger_id, draft=draft)
    found.state = "posted"
    session.flush()
    tell(session, found, "deducted", reason=found.reason)


def ask_reversal(
    session: Session, *, ledger_id: int, deduction_id: UUID, reason: str, actor: Actor
) -> Deduction:
    """Ask that a posted deduction be reversed; another person confirms.

    Raises:
        NotFound: There is no such deduction.
        ValidationFailed: No reason is given.
        AlreadyReversed: It was reversed before.
        AlreadyDecided: It was never posted, or somebody has asked already; fact `state`.
        SecondPersonRequired: It is one's own, or one's household's.
    """
    if not reason.strip():
        raise ValidationFailed("a reversal says why", field="reason")
    found = _lock_posted(session, ledger_id, deduction_id)
    if found.reversal_asked_by_id is not None:
        raise AlreadyDecided(state="reversal_asked")
    second_person.require(
        session, ledger_id=ledger_id, actor=actor, makers=[], member_ids=[found.member_id]
    )
    found.reversal_asked_by_id, found.reversal_reason = actor.person_id, reason.strip()
    session.flush()
    deductions.write_audit(session, found, actor, "deduction_reversal_asked")
    return found


def decide_reversal(
    session: Session,
    *,
    ledger_id: int,
    deduction_id: UUID,
    verdict: str,
    reason: str | None,
    actor: Actor,
) -> Deduction:
    """Confirm or refuse a reversal; confirmed, a second journal gives the points back.

    Raises:
        NotFound: There is no such deduction.
        ValidationFailed: No verdict, or no reason to refuse.
        AlreadyReversed: It was reversed before.
        AlreadyDecided: Nobody has asked for it; fact `state`.
        SecondPersonRequired: The actor asked, or it is theirs or their household's.
        LedgerReadOnly: The book is stopped.

    Rule: P7, D29, L4, A6.
    """
    verdicts.require(verdict, reason)
    found = _lock_posted(session, ledger_id, deduction_id)
    if found.reversal_asked_by_id is None:
        raise AlreadyDecided(state=found.state)
    second_person.require(
        session,
        ledger_id=ledger_id,
        actor=actor,
        makers=[found.reversal_asked_by_id],
        member_ids=[found.member_id],
    )
    if verdict == "approved":
        _reverse(session, found, actor)
        session.add(deductions.decision(found, REVERSAL_LEVEL, verdict, reason, actor))
    else:
        found.reversal_asked_by_id = found.reversal_reason = None
    session.flush()
    deductions.write_audit(session, found, actor, f"deduction_reversal_{verdict}")
    return found


def tell(session: Session, found: Deduction, topic: str, **facts: str) -> None:
    """Tell everybody whose points these are: the member, or all of the household now."""
    ledger_id = found.ledger_id
    holder_id = _holder_id(session, found)
    told = {holder_id}
    if programmes.of_ledger(session, ledger_id).pooling == "household":
        home_of = homes.homes_of(session, ledger_id=ledger_id, member_ids=[holder_id])
        for kin in homes.present_in(
            session, ledger_id=ledger_id, household_ids=home_of.values()
        ).values():
            told |= set(kin)
    said = {"points": found.points, "happened_on": found.happened_on.isoformat(), **facts}
    shown_in = found.notice_id.hex if found.notice_id else ""
    key = f"{topic}:{found.id.hex}:{shown_in}"
    notes = [
        inbox.Note(each, topic, said, natural_key=f"{key}:{each.hex}") for each in sorted(told)
    ]
    inbox.tell(session, ledger_id=ledger_id, notes=notes)


def _holder_id(session: Session, found: Deduction) -> UUID:
    ids = [found.member_id]
    return holders.of(session, ledger_id=found.ledger_id, member_ids=ids, lock=True)[ids[0]]


def _lock_posted(session: Session, ledger_id: int, deduction_id: UUID) -> Deduction:
    found = deductions.lock(session, ledger_id=ledger_id, deduction_id=deduction_id)
    if found.state == "reversed":
        raise AlreadyReversed
    if found.state != "posted":
        raise AlreadyDecided(state=found.state)
    return found


def _reverse(session: Session, found: Deduction, actor: Actor) -> None:
    assert found.journal_id is not None, "what is posted has a journal"
    found.reversal_journal_id = journal_reversals.reverse(
        session,
        ledger_id=found.ledger_id,
        journal_id=found.journal_id,
        key=f"reverse:{found.id}",
        kind=REVERSED,
        actor=actor,
        reason=found.reversal_reason or "",
        source_id=found.id,
        lines=_lines_back(session, found, found.journal_id),
    )
    found.state = "reversed"
    session.flush()
    tell(session, found, "deduction_reversed", reason=found.reversal_reason or "")


def _lines_back(session: Session, found: Deduction, journal_id: UUID) -> tuple[Line, ...]:
    """Give each part back to its vintage; what was owed first, what expired since to expired.

    What was owed and has been recovered meanwhile comes back as points of today.
    """
    ledger_id, today = found.ledger_id, clock.today()
    owner_id = found.household_id or _holder_id(session, found)
    kinds = {owner_id: "household" if found.household_id else "wallet"}
    purse = of_owners(session, ledger_id=ledger_id, kinds=kinds, lock=True)[owner_id]
    policy = programmes.of_ledger(session, ledger_id).expiry_policy
    taken = posted.moved_by(session, ledger_id=ledger_id, journal_id=journal_id)
    back: list[Line] = []
    for line in sorted(taken, key=lambda each: each.debit.kind != "receivable"):
        was_owed = line.debit.kind == "receivable"
        vintage = vintages.vintage_on(policy, today) if was_owed else line.debit.vintage_on
        if vintage < today:
            back.append(Line(line.credit, wallets.EXPIRED, line.amount))
        else:
            back += purse.earn(line.amount, vintage, source=line.credit)
    return tuple(back)
