"""The whole demo world: all five books, each lived through once, in the order of its days.

`flask demo load` has 金溪社区 and 武庙村 alone and is quick. `--all` adds 建阳 (时间银行),
the other 89 villages of 潘集 (积分制), 长安 (爱心储蓄银行) and 荔城 (hours only), to the last
point of the books that `flask demo reconcile` shows beside their plan.
"""
