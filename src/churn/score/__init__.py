"""Batch scoring: tables of any size to probabilities and decisions, part by part.

`job.start` looks at the input, cuts it into parts and records them; `part.score` does one of them, on this machine or another;
`job.finish` counts what came of it. A part is written once and whole, or not at all.
"""
