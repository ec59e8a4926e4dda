"""Why a score is what it is: exact Shapley values of the log-odds, and reason codes in plain words.

`build` reads a fitted model and needs scikit-learn; `explainer` and `reasons` are what the server uses and need numpy only.
"""
