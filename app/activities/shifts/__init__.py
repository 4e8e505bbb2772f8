"""Shifts (班次): patrols by checkpoints, visits to homes, logs, series, and duty rosters."""
