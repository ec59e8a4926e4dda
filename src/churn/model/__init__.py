"""Candidates: learners, the contest between them, and the calibrated combination that wins it."""

from churn.model.combine import Model
from churn.model.contest import Contest
from churn.model.member import Floats, Labels, Member, fit_member
from churn.model.train import Progress, train

__all__ = ["Contest", "Floats", "Labels", "Member", "Model", "Progress", "fit_member", "train"]
