"""The page that tells a manager in ten seconds whether the model is well, and how it got there."""

from monitoring.overview.known import Known, Seen
from monitoring.overview.page import render

__all__ = ["Known", "Seen", "render"]
