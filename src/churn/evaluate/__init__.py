"""How good a model is: figures with intervals, by slice and protected group, and as curves, on rows not learned from."""

from churn.evaluate.calibration import calibration_error, calibration_noise
from churn.evaluate.figures import figures
from churn.evaluate.interval import Interval, intervals, resamples

__all__ = ["Interval", "calibration_error", "calibration_noise", "figures", "intervals", "resamples"]
