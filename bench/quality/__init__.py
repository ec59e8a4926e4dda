"""How good the model is: beside other learners on identical folds, against planted leaks, chance and a known truth."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads that wait for a busy core make a fit 30 times slower
