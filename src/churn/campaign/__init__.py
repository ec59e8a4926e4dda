"""From a scored base to the list that a retention team works through, within a budget.

`choice` decides and `profit` says what that is worth; both are pure. `run` reads the base and writes list and report.
"""
