"""The verdict over the newest windows: a pure function from figures to a state, its evidence and advice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from churn.params import Monitoring
from monitoring import words
from monitoring.figures import Comparison, Figures, Promise, Sign
from monitoring.rejected import rejected

State = Literal["insufficient", "steady", "suspected", "broken", "drifted", "decayed"]
HALF_SPENT = 12  # looks: a year of months
UNLIKELY = 1e-4  # chance, over all columns, at which a lost level, a constant or a renamed one is no accident


@dataclass(frozen=True)
class Verdict:
    """columns: those the evidence is about. evidence and advice: one sentence each, for a manager. retrain: a new model
    would answer it.
    """

    state: State
    columns: tuple[str, ...]
    evidence: str
    advice: str
    retrain: bool = False


def judge(windows: Sequence[Figures], policy: Monitoring) -> Verdict:
    """Judge the newest window in the light of those before it.

    windows: of one model version, oldest first. A broken feed is judged first, because nothing else can be believed on
    it; then decay, since outcomes tell more than inputs and do not depend on the size of the newest window. Drift must
    stand out in the newest `policy.windows` windows taken as one, and be visible in each of them alone; windows that
    are too small or broken are passed over.
    """
    if not windows:
        return _insufficient("No window has been observed.")
    newest = windows[-1]
    if _enough(newest, policy) and (faults := broken(newest, policy)):
        return _broken(newest, faults)
    if failed := _failed(newest, policy):
        return _decayed(newest, failed)
    if not _enough(newest, policy):
        seen = f"{newest.rows} predictions and {len(newest.comparisons)} tests in {newest.snapshot}"
        return _insufficient(f"{seen}; {policy.min_rows} predictions are needed.")
    before = [window for window in windows[:-1] if _enough(window, policy) and not broken(window, policy)]
    return _drift([*before, newest][-policy.windows :], policy)


def broken(window: Figures, policy: Monitoring) -> list[Sign]:
    """The signs of a broken feed that are beyond chance and beyond what the policy lets pass, the clearest column first."""
    tests = max(len(window.signs), 1)
    return [sign for sign in window.signs if sign.p_value <= UNLIKELY / tests and _beyond(sign, policy)]


def _beyond(sign: Sign, policy: Monitoring) -> bool:
    """Whether a sign is larger than customers could make it."""
    before, after = sign.before, sign.after
    return {
        "missing": abs(after - before) >= policy.missing_jump,
        "unit": after >= policy.unit_factor or after <= 1 / policy.unit_factor,
        "renamed": before >= policy.lost_level or before - after >= policy.lost_level,
        "lost": before >= policy.lost_level,
        "constant": True,
        "repeated": after - before >= policy.repeated_rows,
        "absent": after < policy.fewest_rows * before,
    }[sign.fault]


def _enough(window: Figures, policy: Monitoring) -> bool:
    """A window without a single test says nothing, however many rows it has."""
    return window.rows >= policy.min_rows and bool(window.comparisons)


def _failed(window: Figures, policy: Monitoring) -> list[Promise]:
    """Promises that are not kept, at a rate that sums up to `policy.false_decay` however often anybody looks.

    The t-th look may spend n / ((t + n - 1) (t + n)) of it: alpha spending whose shares add up to 1, half of it in the
    first n looks.
    """
    if window.outcomes < policy.min_outcomes or not window.looks:
        return []
    return rejected(window.promises, policy.false_decay * spent(window.looks), lambda one: one.p_value)


def spent(look: int) -> float:
    """The share of all false alarms about decay that one look may spend."""
    return HALF_SPENT / ((look + HALF_SPENT - 1) * (look + HALF_SPENT))


def _drift(run: Sequence[Figures], policy: Monitoring) -> Verdict:
    newest = run[-1]
    alone = rejected(newest.comparisons, policy.false_discovery_rate, _p_value)
    lasting = _lasting(run, policy) if len(run) == policy.windows else []
    if lasting:
        return _drifted(newest, lasting, policy)
    if alone:
        advice = (
            f"Read the report; it is drift only if {words.COUNTS.get(policy.windows, policy.windows)} windows in a row agree."
        )
        return Verdict("suspected", words.columns(alone), f"In {newest.snapshot} {words.findings(alone)}.", advice)
    evidence = f"None of {len(newest.comparisons)} tests on {newest.rows} predictions stands out in {newest.snapshot}."
    return Verdict("steady", (), evidence, "Nothing needs to be done.")


def _lasting(run: Sequence[Figures], policy: Monitoring) -> list[Comparison]:
    """Findings of the joined windows that each of the windows makes by itself, at the looser rate `policy.agreement`.

    A rate over all tests of a window, and not a p-value of its own for each: where one odd window moves many columns,
    some of them would pass that by chance in the window before.
    """
    alone = [{one.key for one in rejected(window.comparisons, policy.agreement, _p_value)} for window in run]
    both = set.intersection(*alone)
    worst = {one.key: max(_of(window, one.key) for window in run) for one in run[-1].comparisons}
    joined = rejected(
        run[-1].comparisons, policy.false_discovery_rate, lambda one: worst[one.key] if one.joined is None else one.joined
    )
    return [one for one in joined if one.key in both]


def _p_value(one: Comparison) -> float:
    return one.p_value


def _of(window: Figures, key: tuple[str, str]) -> float:
    return next((one.p_value for one in window.comparisons if one.key == key), 1.0)


def _drifted(newest: Figures, lasting: list[Comparison], policy: Monitoring) -> Verdict:
    """A drift of columns that cannot move the score by more than chance is told and not acted on."""
    moving = [one for one in lasting if one.kind == "prediction" or one.impact > newest.noise]
    told = moving or [one for one in lasting if one.kind != "together"] or lasting
    span = f"in {policy.windows} windows in a row" if policy.windows > 1 else f"in {newest.snapshot}"
    evidence = f"{words.findings(told)} {span}."
    if moving:
        return Verdict("drifted", words.columns(told), evidence, "Retrain on the newest matured outcomes.", retrain=True)
    advice = f"Nothing: the model hardly uses {words.listed(words.columns(told))}, so its scores stay as they are."
    return Verdict("drifted", words.columns(told), evidence, advice)


def _decayed(newest: Figures, failed: list[Promise]) -> Verdict:
    evidence = f"On {newest.outcomes:,} known outcomes {words.promises(failed)}."
    advice = "Retrain on the newest matured outcomes; until then trust the scores less."
    return Verdict("decayed", (), evidence, advice, retrain=True)


def _broken(newest: Figures, faults: list[Sign]) -> Verdict:
    columns = tuple(dict.fromkeys(sign.column for sign in faults))
    advice = (
        f"Repair the source of {words.listed(columns)}; nothing is learned from {newest.snapshot}, and no model repairs a feed."
    )
    return Verdict("broken", columns, f"In {newest.snapshot} {words.faults(faults)}.", advice)


def _insufficient(evidence: str) -> Verdict:
    return Verdict("insufficient", (), evidence, "Wait for more predictions; nothing can be said about drift yet.")
