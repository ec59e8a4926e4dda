"""A version that is tried out beside the champion: in its shadow, or as a canary for a share of the customers."""
