"""params.yaml, typed: frozen and strict, so a misspelt key stops the program and is named."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from churn.errors import ParamsError, WorkspaceError
from churn.params.data import Data as Data
from churn.params.data import Kind as Kind
from churn.params.data import Reading as Reading
from churn.params.events import Events as Events
from churn.params.release import Deployment as Deployment
from churn.params.release import Gate as Gate
from churn.params.rollout import Budget as Budget
from churn.params.rollout import Canary as Canary
from churn.params.rollout import ErrorRule as ErrorRule
from churn.params.rollout import Rollout as Rollout
from churn.params.rollout import Shadow as Shadow
from churn.params.section import Money, Share
from churn.params.section import Section as Section

Learner = Literal["logistic", "boosting", "encoded_boosting", "deep_boosting", "extra_trees", "lightgbm", "rule", "few_columns"]


class Problem(Section):
    """The business question, and what each outcome of it is worth (one currency unit throughout)."""

    goal: str
    users: str
    action: str
    horizon_days: int = Field(ge=1)
    saved_value: Money = Field(description="worth of a customer who would have left and stays")
    offer_cost: Money = Field(description="cost of the offer, paid when it is taken up")
    contact_cost: Money = Field(description="cost of reaching one customer")
    save_rate: Share = Field(description="chance that a contacted churner takes the offer and stays")
    control: float = Field(0.0, ge=0, lt=1, description="share of customers never contacted, to measure what contacts do")
    contacts_a_month: int | None = Field(None, ge=1, description="how many customers can be contacted; null: no limit")


class Bins(Section):
    """A number cut into intervals."""

    column: str
    edges: tuple[float, ...] = Field(min_length=1)


Pair = tuple[str, str]


class Features(Section):
    """Columns made of other columns, by name; models read them, requests do not bring them."""

    ratios: dict[str, Pair] = Field({}, description="first / second, missing where the second is 0")
    rates: dict[str, Pair] = Field({}, description="first / second, the second at least 1: per month of tenure, say")
    differences: dict[str, Pair] = Field({}, description="first - second")
    products: dict[str, Pair] = Field({}, description="first x second")
    bins: dict[str, Bins] = Field({}, description="intervals of a number, as a category")
    crosses: dict[str, Pair] = Field({}, description="pairs of levels of two categories, as a category")
    from_contract: bool = Field(True, description="also count what is missing and which booleans are true")


class Split(Section):
    """Which rows judge a model and which rows it may learn from."""

    holdout: Share = Field(description="share of customers, by hash, that no model ever learns from")
    test_snapshots: int = Field(ge=1, description="newest snapshots whose held-out customers are the test rows")
    test_rows: int = Field(ge=1, description="older snapshots are added until there are this many test rows")
    window: int = Field(ge=1, description="newest snapshots to learn from, at most")
    shortest: int = Field(ge=1, description="and at least; the newest outcomes choose how many between the two")
    train_rows: int = Field(ge=1, description="older snapshots are added until there are this many train rows")
    gap_days: int = Field(
        0, ge=0, description="train snapshots are at least so many days older than test rows; 0: none need be"
    )
    customers: float = Field(1.0, gt=0, le=1, description="share of customers, by hash, whose rows are used; below 1: a sample")


class Logistic(Section):
    """Logistic regression on numbers with a step, and a change of slope, at each of some quantiles."""

    bins: int = Field(ge=2, description="quantile steps for each number")
    knots: int = Field(ge=0, description="quantiles at which each number may change its slope (linear splines)")
    c: float = Field(gt=0, description="inverse strength of the L2 penalty")


class Boosting(Section):
    """Histogram gradient boosting of trees."""

    learning_rate: float = Field(gt=0, le=1)
    rounds: int = Field(ge=1, description="trees; tuning finds how many")
    leaves: int = Field(ge=2)
    min_leaf_rows: int = Field(ge=1)
    l2: float = Field(ge=0)
    columns: float = Field(gt=0, le=1, description="share of the columns that each split looks at")


class ExtraTrees(Section):
    """Extremely randomised trees."""

    trees: int = Field(ge=1)
    rows: int = Field(ge=200, description="rows that each tree learns from, drawn by lot where there are more")
    leaves: int = Field(ge=2, description="most leaves of a tree")
    min_leaf_rows: int = Field(ge=1)
    columns: float = Field(gt=0, le=1, description="share of the columns that each split looks at")


class Rule(Section):
    """One line: at most two conditions that a customer must meet."""

    conditions: int = Field(ge=1, le=2)
    edges: int = Field(ge=1, description="quantiles of each number that are tried")
    break_even: Share | None = Field(None, description="the rule earns most at this probability; null: at the base rate")


class FewColumns(Section):
    """Logistic regression on the few columns that say most."""

    columns: int = Field(ge=1)
    bins: int = Field(ge=2, description="quantile steps for each number")
    c: float = Field(gt=0, description="inverse strength of the L2 penalty")


class Tune(Section):
    """How long to look for better knobs, each learner for itself."""

    trials: int = Field(ge=0, description="tries for each learner, the first with the knobs as written; 0: no tuning")
    seconds: float | None = Field(None, gt=0, description="begin no further try after so long; results then depend on speed")
    splits: int = Field(ge=1, description="of the folds, those by which a try is judged")
    rows: int = Field(ge=200, description="at most so many rows, of customers drawn by lot")
    most_rounds: int = Field(ge=1, description="of boosting")
    patience: int = Field(ge=1, description="rounds of boosting without gain before it stops")
    trees: int = Field(ge=1, description="extremely randomised trees in a try")


class Train(Section):
    """Which learners compete and how."""

    learners: tuple[Learner, ...] = Field(min_length=1)
    folds: int = Field(ge=2)
    seed: int
    member_worth: float = Field(ge=0, description="log loss that a further member of a combination must save")
    tune: Tune
    logistic: Logistic
    boosting: Boosting
    encoded_boosting: Boosting
    deep_boosting: Boosting
    extra_trees: ExtraTrees
    lightgbm: Boosting
    rule: Rule
    few_columns: FewColumns

    @property
    def boostings(self) -> dict[Learner, Boosting]:
        """The three kinds of boosting by name."""
        return {"boosting": self.boosting, "encoded_boosting": self.encoded_boosting, "deep_boosting": self.deep_boosting}


class Discovery(Section):
    """How the ladder is climbed and judged."""

    repeats: int = Field(ge=1, description="times that the customers are cut into folds anew")
    rows: int = Field(ge=200, description="at most so many rows, of customers drawn by lot")
    worthwhile: Share = Field(description="share of what knowing the future would add that is worth a project")
    summary_rows: int = Field(0, ge=0, description="rows drawn for Evidently's page about the columns; 0: no such page")


class Evaluate(Section):
    """How figures get their intervals."""

    bootstrap: int = Field(ge=20, description="resamples behind each interval")
    level: Share = Field(description="coverage of the intervals")
    slice_rows: int = Field(ge=1, description="smallest slice that gets figures of its own")
    sample_rows: int = Field(ge=50, description="test rows by which importance and dependence are measured")
    learning_curve: tuple[Annotated[float, Field(gt=0, le=0.8)], ...] = Field(
        (), description="shares of the train rows that the chosen learners are fitted on again; none: no learning curve"
    )
    out_of_time: bool = Field(False, description="whether they are also fitted on what was known at the newest snapshot")


class Pack(Section):
    """What the bundle carries besides the model."""

    reference_rows: int = Field(ge=50, description="test rows kept in the bundle as the reference")


class Monitoring(Section):
    """When a window counts as broken, drifted or decayed."""

    min_rows: int = Field(ge=2, description="fewer rows than this answer 'insufficient' and wait for more")
    sample_rows: int = Field(ge=100, description="rows drawn from a window for the report")
    kept_reports: int = Field(ge=1, description="newest Evidently reports that are kept; older ones are deleted")
    bins: int = Field(ge=2, description="quantiles of the reference by which a number is counted")
    segments: int = Field(ge=0, description="largest levels of categories that are followed on their own")
    season: bool = Field(description="whether the same month of last year is a second reference")
    false_discovery_rate: Share = Field(description="Benjamini-Hochberg q over all tests of a window")
    windows: int = Field(ge=1, description="windows in a row that must agree; they are also tested as one")
    agreement: Share = Field(description="looser false discovery rate at which each of them alone must show the drift")
    missing_jump: Share = Field(description="change of a share of missing values that no customer makes")
    unit_factor: float = Field(gt=1, description="factor on a number that is a change of its unit")
    lost_level: Share = Field(description="usual share of a level whose rows cannot all be gone by chance")
    repeated_rows: Share = Field(description="share of repeated rows, above the usual one, that is a feed delivered twice")
    fewest_rows: Share = Field(description="share of the usual rows below which an ended window lacks some")
    min_outcomes: int = Field(ge=2, description="matured outcomes needed to judge the model; fewer are joined")
    false_decay: Share = Field(description="chance that a model which keeps its promise is ever called decayed")
    auc_margin: float = Field(ge=0, description="AUC may fall this far below the promised one")
    calibration_margin: float = Field(
        ge=0, description="how far the predicted rate of leaving of a calibrated model is off as a rule"
    )
    profit_margin: float = Field(ge=0, description="and the profit fall by this share")


class Retraining(Section):
    """When a model is trained anew, and what it learns from."""

    drifted: bool = Field(description="whether drift that moves the score starts a retraining")
    decayed: bool = Field(description="whether decay starts one")
    outcomes: int | None = Field(ge=1, description="new matured outcomes that start one; null: none do")
    growth: float | None = Field(gt=0, description="new matured outcomes that start one, for each row learned from; null: off")
    days: int | None = Field(ge=1, description="days since the last training that start one; null: none do")
    cooldown_days: float = Field(ge=0, description="days after a retraining in which no other starts")
    a_month: int = Field(ge=1, description="most retrainings in 30 days")
    min_labels: int = Field(ge=0, description="new matured outcomes without which none starts")
    backoff_days: float = Field(ge=0, description="days to wait after a challenger lost, twice as many after each further loss")
    longest_hours: float = Field(
        gt=0, description="hours after which a retraining that never ended no longer holds others back"
    )
    known_share: Share = Field(description="a snapshot is learned from once this share of its outcomes is known")
    commit: bool = Field(description="record the new data pin and dvc.lock in git")


class Campaign(Section):
    """Who is on a contact list."""

    value: str | None = Field(None, description="column with what each customer is worth; null: problem.saved_value")
    segment: str | None = Field(None, description="column by which the list is capped")
    most: dict[str, Annotated[int, Field(ge=0)]] = Field({}, description="segment: customers of it on the list")

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """A cap needs a segment."""
        if self.most and not self.segment:
            raise ValueError("most needs segment, the column whose values it caps")
        return self


class Params(Section):
    """The whole file."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]+$", description="name of the registered model")
    problem: Problem
    events: Events | None = Field(None, description="tables of events that `churn snapshots` makes data/ of")
    data: Data
    features: Features
    split: Split
    discovery: Discovery
    train: Train
    evaluate: Evaluate
    bundle: Pack
    gate: Gate
    deployment: Deployment
    rollout: Rollout
    monitoring: Monitoring
    retraining: Retraining
    campaign: Campaign

    @property
    def digest(self) -> str:
        """sha256 over every knob that a bundle depends on, independent of the order of keys in the file.

        Of `events` it depends through data/ alone, whose hash stands beside this one.
        """
        without = {"campaign", "events", "discovery", "gate", "deployment", "rollout", "monitoring", "retraining"}
        text = json.dumps(self.model_dump(mode="json", exclude=without), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def load(path: Path = Path("params.yaml")) -> Params:
    """Read and check params.yaml. Raises WorkspaceError when absent, ParamsError naming each wrong key."""
    if not path.is_file():
        raise WorkspaceError(f"{path.absolute()} does not exist: run `churn init` here, or `churn -C FOLDER ...`")
    try:
        return Params.model_validate(read_yaml(path))
    except YAMLError as error:
        raise ParamsError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        raise ParamsError(f"{path}: {describe(error)}") from error


def read_yaml(path: Path) -> Any:
    """Read YAML 1.2, which DVC writes: an unquoted Yes is a word in it, not a boolean."""
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def describe(error: ValidationError, prefix: str = "") -> str:
    """One line that names every wrong key, below `prefix`, and why."""
    reasons = {"extra_forbidden": "unknown key", "missing": "missing"}
    parts = [f"{prefix}{'.'.join(map(str, e['loc'])) or 'file'}: {reasons.get(e['type'], e['msg'])}" for e in error.errors()]
    return "; ".join(parts)
