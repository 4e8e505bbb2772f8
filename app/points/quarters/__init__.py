"""Quarters (季度): which day counts in which, and when a quarter is closed for good (S2, A15).

`calendar` knows their days, `counting` under which day a posting counts, `closing` the two
people who close one, `corrections` what a quarter counts of earlier ones.
"""
