"""What happens next, as sentences."""

from datetime import timedelta

from monitoring.overview.candidate import candidate
from monitoring.overview.known import Known, moment
from monitoring.overview.past import BECAUSE
from monitoring.retrain import Choice, held_back, last_training, running

QUIET = {"steady", "suspected", "insufficient"}
Fact = tuple[str, str]  # what it is about, and what is said


def ahead(known: Known) -> list[Fact]:
    """The candidate on its way, the next look, the state of retraining, and the next routine one."""
    tried = candidate(known.history)
    told = [("Candidate", tried)] if tried else []
    return [*told, ("Next look", _look(known)), ("Retraining", retraining(known)), *_routine(known)]


def shortly(known: Known) -> str:
    """The one thing to know, in a few words."""
    if running(known.history, known.params.retraining, known.now):
        return "retraining runs"
    if known.choice and known.choice.start:
        return "retraining asked for"
    if known.choice and known.choice.held:
        return "retraining held back"
    if candidate(known.history):
        return "a candidate is tried"
    if known.verdict is None:
        return "the first look"
    return "nothing to do" if known.verdict.state in QUIET else "people look into it"


def retraining(known: Known) -> str:
    """Whether one runs, is asked for, or is held back, and why."""
    choice, policy = known.choice, known.params.retraining
    if running(known.history, policy, known.now):
        return f"One is running: {held_back(known.history, '', policy, known.now)}."
    if choice and choice.start:
        return f"One has been asked for: {_ended(_why(choice))}"
    if choice and choice.held:
        return f"One is held back: {_ended(choice.held)} What asks for it: {_ended(_why(choice))}"
    held = held_back(known.history, "drifted", policy, known.now)
    return f"Nothing asks for one, and none would start now: {_ended(held)}" if held else "Nothing asks for one."


def _why(choice: Choice) -> str:
    """The finding itself stands at the head of the page."""
    return BECAUSE[choice.trigger] if choice.trigger in {"decayed", "drifted"} else choice.reason


def _look(known: Known) -> str:
    if known.next_look:
        return f"{moment(known.next_look)}."
    return "None is planned; start one with `prefect deployment run monitoring/churn`."


def _routine(known: Known) -> list[Fact]:
    policy = known.params.retraining
    days, trained = policy.days, last_training(known.history, known.champion, policy, known.now)
    if days is None or trained is None:
        return []
    due = trained + timedelta(days=days)
    said = "is due" if due <= known.now else f"falls due on {due:%Y-%m-%d}"
    return [("Routine", f"The last training was on {trained:%Y-%m-%d}; the next one {said}, every {days} days.")]


def _ended(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
