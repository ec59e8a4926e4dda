"""Where a version stands: its verdict on its newest window, and what it is an occasion for."""

from churn import params
from churn.feedback import broken, ripe
from churn.registry import Version
from churn.store import Store
from churn.store.tables import now
from monitoring.retrain import Occasion, last_training, learned_from
from monitoring.verdict import Verdict, judge
from pipelines.observed import known_windows


def standing(log: Store, version: str) -> tuple[str, Verdict] | None:
    """The newest window that was judged, and the verdict on it; None before there is one."""
    windows = [figures for _, figures in known_windows(log, version)]
    return (windows[-1].snapshot, judge(windows, params.load().monitoring)) if windows else None


def occasion(log: Store, champion: Version, snapshot: str, verdict: Verdict) -> Occasion:
    """What a verdict on a window of the champion is an occasion for; outcomes that nobody may learn from do not count."""
    history, knobs = log.history(), params.load()
    policy, horizon = knobs.retraining, knobs.problem.horizon_days
    trained, learned = last_training(history, champion.version, policy, now()), learned_from(history, champion.version)
    new = log.outcomes_since(trained) if trained else {}
    sound = new.keys() - broken(log)
    labels = sum(new[name] for name in ripe(log, sound, share=policy.known_share, horizon_days=horizon))
    return Occasion(champion.version, snapshot, verdict, labels, trained, learned)
