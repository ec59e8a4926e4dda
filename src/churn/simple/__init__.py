"""Models that a person can hold in mind: one rule of at most two conditions, and a logistic regression on a few columns."""
