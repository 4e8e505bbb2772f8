"""Mall (积分超市): merchants, shops, tills, goods, stock, redemptions.

Owns: every mall_* table.
Stands on: points, risk, people, ledger, community, base.
Doors in: `merchants`, `shops`, `clerks`, `goods`, `stock`, `stalls`, `tills`, `quotes`,
`redemptions`, `refunds`, `settlements`, `offers`, `offer_uses`, `offer_lists`, `vouchers`,
`voucher_returns`, `classes`, `stall_closing`, `reservations`, `collecting` (write);
`day_end`, `figures`, `for_sale`, `claim_lists`, `claim_owners`, `listings`, `monthly_lists`,
`order_places`, `service_lists`, `statements`, `proof_checks` (read).
Never: chooses vintages (that is `points.wallets`), or takes cash in any form.
"""
