"""The store: predictions, outcomes, monitored windows and the history of the model, in one SQL database."""

from churn.store.kept import KeptAnswer
from churn.store.store import Store
from churn.store.tables import ChallengerScore, Event, Outcome, Prediction, Window

__all__ = ["ChallengerScore", "Event", "KeptAnswer", "Outcome", "Prediction", "Store", "Window"]
