"""The topics of the inbox: for each the facts that its sentence needs.

The doors hold the sentences. Whoever adds a topic adds its facts here and its
sentence there. Dates and instants are ISO text, amounts whole numbers; ids are
not facts a person reads.
"""

TOPICS: dict[str, set[str]] = {
    # activities
    "plan_approved": {"title", "respond_by_at"},
    "plan_refused": {"title", "reason"},
    "no_response": {"title"},
    "enrolled": {"title", "starts_at"},
    "waiting_list": {"title", "starts_at", "place"},
    "promoted": {"title", "starts_at"},
    "activity_cancelled": {"title", "starts_at", "reason"},
    "checkin_refused": {"title", "outcome"},
    "attendance_confirmed": {"title", "minutes"},
    "attendance_refused": {"title", "reason"},
    "attendance_corrected": {"title", "minutes", "reason"},
    "late_scan_dismissed": {"title"},
    # points
    "granted": {"minutes", "points", "served_on"},
    "grant_waiting": {"minutes", "served_on", "reason"},
    "grant_refused": {"minutes", "served_on", "reason"},
    "reversed": {"minutes", "points", "reason"},
    "backfill_decided": {"verdict", "minutes", "reason"},
    "backfill_barred": {"until_on", "minutes"},
    "star_noticed": {"stars", "closes_on"},
    "star_risen": {"stars"},
    "star_refused": {"stars", "reason"},
    "star_fallen": {"from_stars", "stars"},
    "opening_balance": {"minutes", "points"},
    "opening_refused": {"minutes", "points", "reason"},
    "expiring": {"points", "expires_on", "days"},
    "expired": {"points", "expired_on"},
    # mall
    "redemption_refused": {"shop", "outcome"},
    "debited": {"points", "number", "shop"},
    "refunded": {"points", "number", "shop"},
    "refunded_in_part": {"points", "number", "shop", "expired_points"},
    # neighbours, claims and wishes
    "help_taken": {"title", "points"},
    "help_left": {"title", "points"},
    "help_withdrawn": {"title", "points"},
    "help_done": {"title", "points"},
    "help_lapsed": {"title", "points"},
    "wish_claimed": {"title"},
    "wish_left": {"title"},
    "wish_fulfilled": {"title"},
    "wish_returned": {"title", "reason"},
    "claim_refused": {"title", "reason"},
    "claim_released": {"title"},
    # people and risk
    "objection_answered": {"verdict", "answer"},
    "card_issued": {"card_no"},
    "card_lost": {"card_no"},
    "card_found": {"card_no"},
    "card_cancelled": {"card_no"},
    "frozen": {"reason"},
    "released": {"reason"},
    "role_granted": {"role", "place"},
    "role_revoked": {"role", "place"},
    "on_duty": {"served_on"},
    "sighting_decided": {"number", "verdict", "reason"},
    "skill_called": {"title", "skill"},
    "agent_begun": {"relation"},
    "agent_ended": {"relation"},
    "merged": {"volunteer_no"},
    "merge_refused": {"old_no", "kept_no"},
    "name_corrected": set(),
}
