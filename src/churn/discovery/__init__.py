"""Is this a problem for a model? What is asked, what the data can tell, and the ladder from doing nothing to a model."""

from churn.discovery.assess import assess
from churn.discovery.assessment import Assessment
from churn.discovery.judge import Verdict, judge
from churn.discovery.ladder import Rung

__all__ = ["Assessment", "Rung", "Verdict", "assess", "judge"]
