"""A quarter's figures: live while it is open, frozen when it is closed (S1, S2, A15).

`inputs` reads hours, corrections, ratings and assessments; `lines` puts them together by the
board's rule; `freezing` keeps them for good; `boards` ranks a place; `files` exports it.
"""
