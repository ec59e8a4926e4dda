import json
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from churn.discovery import Rung, Verdict, assess, judge
from churn.discovery.compare import estimate
from churn.discovery.folds import folds
from churn.discovery.power import power
from churn.discovery.problem import missing
from churn.discovery.profile import over_time
from churn.discovery.quality import findings
from churn.discovery.record import Record, demand_worthwhile, overrule
from churn.discovery.report import render
from churn.errors import NotWorthwhile
from churn.params import Discovery, load

COUNT = 4000
CUSTOMERS = np.arange(COUNT)
NOISE = np.random.default_rng(0).normal(0, 900, (9, COUNT))
NOISE -= NOISE.mean(axis=1, keepdims=True)
SHARED = np.random.default_rng(1).normal(0, 9000, COUNT)  # some customers are worth more to every learner


def rung(name, learner, mean, wobble):
    profit = mean + (SHARED - SHARED.mean()) * (learner is not None) + NOISE[wobble]
    return Rung(name, learner, np.full(COUNT, 0.7), np.full(COUNT, 0.5), profit)


def ladder(rule, few, logistic, boosting, everybody=-1000):
    means = {"rule": rule, "few_columns": few, "logistic": logistic, "boosting": boosting}
    learners = [rung(name, name, mean, i) for i, (name, mean) in enumerate(means.items())]
    return [flat("nobody", 0), flat("everybody", everybody), *learners]


def flat(name, mean):
    """What nobody and everybody earn, as far from the learners as these from one another."""
    return Rung(name, None, np.full(COUNT, 0.5), np.full(COUNT, 0.6), mean + SHARED - SHARED.mean())


def verdict(churners, steps, worthwhile=0.005):
    return judge(churners, steps, CUSTOMERS, perfect=10000, worthwhile=worthwhile, level=0.95)


@pytest.mark.parametrize(
    ("churners", "means", "word", "learner", "reason"),
    [
        (99, (100, 500, 600, 900), "not yet", None, "1 more are needed"),
        (500, (0, -20, 1, 10), "no-go", None, "more than contacting nobody"),
        (500, (890, 600, 890, 900), "simpler", "rule", "as much as boosting within the interval"),
        (500, (100, 890, 700, 900), "simpler", "few_columns", "as much as boosting"),
        (500, (100, 500, 900, 700), "simpler", "logistic", "logistic earns most"),
        (500, (100, 500, 600, 900), "go", "boosting", "nothing simpler earns as much"),
    ],
)
def test_each_verdict_has_its_rule(churners, means, word, learner, reason):
    """Too few churners, no gain, something simple that suffices, and a model that pays each have their verdict."""
    found = verdict(churners, ladder(*means))
    assert (found.word, found.learner) == (word, learner)
    assert reason in found.reason


def test_contacting_everybody_is_a_rival_too():
    """A model that earns no more than contacting everybody is no-go."""
    found = verdict(500, ladder(100, 500, 600, 895, everybody=900))
    assert found.word == "no-go"
    assert "contacting everybody" in found.reason


def test_a_gain_that_is_uncertain_and_may_be_worthwhile_is_not_yet():
    """Where the interval holds no gain as well as a large one, the verdict says how many more churners would tell."""
    steps = ladder(0, 0, 0, 0)
    wild = replace(steps[-1], profit=200 + steps[0].profit + 30 * NOISE[0])
    found = verdict(150, [*steps[:-1], wild])
    assert found.word == "not yet"
    assert found.churners_needed > 150


def test_an_uncertain_gain_of_those_who_rank_by_lot_is_no_go():
    """More churners would not help where no learner's AUC is clear of 0.5, nor where the best learner earned no more."""
    steps = ladder(0, 0, 0, 0)
    wild = replace(steps[-1], profit=200 + steps[0].profit + 30 * NOISE[0])
    blind = [replace(step, auc=np.full(COUNT, 0.5)) for step in [*steps[:-1], wild]]
    assert verdict(150, blind).word == "no-go"
    assert "beyond chance" in verdict(150, blind).reason
    poorer = [replace(step, profit=steps[0].profit - 10 + 30 * NOISE[0]) if step.learner else step for step in steps]
    assert verdict(150, poorer).word == "no-go"
    assert "is no gain" in verdict(150, poorer).reason


def test_a_gain_that_is_sure_and_too_small_is_no_go():
    """A gain beyond doubt of 100 is no reason for a project where 500 would be worthwhile."""
    found = verdict(500, ladder(0, 0, 0, 100), worthwhile=0.05)
    assert found.word == "no-go"
    assert "less than the 500 that would be worthwhile" in found.reason


def test_without_anything_more_complex_a_logistic_regression_is_go():
    """Simpler needs something that it is simpler than."""
    steps = ladder(100, 500, 900, 0)[:-1]
    assert verdict(500, steps).word == "go"


def test_a_ladder_that_could_not_be_climbed_is_not_yet():
    """Too few churners to cross-validate leave no learner to judge."""
    assert verdict(120, []).word == "not yet"


def test_the_interval_counts_customers_and_not_rows():
    """Four equal rows of each customer leave the interval as wide as one; 1.96 standard errors on either side."""
    values = NOISE[0] + 50
    one, four = estimate(values, CUSTOMERS, 0.95), estimate(np.tile(values, 4), np.tile(CUSTOMERS, 4), 0.95)
    assert (one.value, one.half) == pytest.approx((50, 1.96 * values.std() / np.sqrt(COUNT)), rel=1e-3)
    assert (four.value, four.half) == pytest.approx((one.value, one.half))


def test_customers_are_judged_by_what_was_learned_from_others_earlier(rows):
    """With several snapshots no fold learns from a customer it judges, or from a snapshot as late as those that judge."""
    months = np.array(["2025-01", "2025-02", "2025-03"], dtype=object)
    several = replace(rows, group=np.sort(rows.group) >> np.uint64(58), snapshot=months[np.arange(len(rows)) % 3])
    found = folds(several, count=4, repeats=2, seed=0)
    assert len(found.pairs) == 8
    assert found.judged_on == ["2025-03"]
    for fit, held in found.pairs:
        assert not set(several.group[fit]) & set(several.group[held])
        assert set(several.snapshot[fit]) == {"2025-01", "2025-02"}
        assert set(several.snapshot[held]) == {"2025-03"}


def test_one_snapshot_is_cut_into_folds_of_all_rows(rows):
    """Without time every row judges once in each repeat."""
    found = folds(rows, count=4, repeats=2, seed=0)
    judged = np.concatenate([held for _, held in found.pairs])
    assert (np.bincount(judged) == 2).all()
    assert found.judging.tolist() == list(range(len(rows)))


def test_power_is_what_repeated_samples_show():
    """A ranking with the smallest detectable AUC is told from chance in about 80 of 100 samples."""
    random, found = np.random.default_rng(0), power(100, 300)
    shift = 2**0.5 * norm.ppf(found.auc)  # normal scores so far apart have this AUC
    error = np.sqrt(401 / (12 * 100 * 300))
    aucs = [(random.normal(shift, 1, 100)[:, None] > random.normal(0, 1, 300)).mean() for _ in range(400)]
    assert np.mean(np.array(aucs) - 0.5 > 1.96 * error) == pytest.approx(0.8, abs=0.06)


@pytest.fixture
def rows(rows):
    """Customers whose hashes are spread as those of names are."""
    spread = np.random.default_rng(0).integers(0, 2**64, len(rows), dtype=np.uint64, endpoint=False)
    return replace(rows, group=spread)


@pytest.fixture
def shipped(data, knobs, template):
    few = Discovery(repeats=2, rows=20000, worthwhile=0.05)
    return load(template).model_copy(update={"data": data, "train": knobs, "discovery": few})


@pytest.fixture
def found(rows, shipped):
    return assess(rows, shipped, shipped)


def test_an_assessment_climbs_every_step(found):
    """There is a step for each learner; those without a model rank by chance, models better."""
    assert [step.learner for step in found.ladder] == [None, None, "rule", "few_columns", "logistic", "boosting"]
    assert [step.auc.value for step in found.ladder[:2]] == [0.5, 0.5]
    assert found.ladder[0].profit_per_1000.value == 0
    assert all(step.auc.low > 0.5 for step in found.ladder[3:])


def test_the_few_columns_are_named(found):
    """The report names as many columns as the small logistic regression reads, and those that decide are among them."""
    assert len(found.few) == 2
    assert set(found.few) <= {"tenure", "family", "plan"}


def test_an_assessment_leaves_the_held_out_customers_alone(rows, shipped, found):
    """Only customers that models may learn from are described and counted."""
    kept = rows.group.astype(float) / 2.0**64 >= shipped.split.holdout
    assert found.rows == kept.sum()
    assert found.churners == rows.label[kept].sum()


def test_the_ladder_is_the_same_whatever_is_trained(rows, shipped, found):
    """A stack of other learners in train.learners changes no step of the ladder."""
    other = shipped.model_copy(update={"train": shipped.train.model_copy(update={"learners": ("rule",)})})
    assert assess(rows, other, other).ladder == found.ladder


def test_more_rows_are_judged_by_the_same_customers(found):
    """Each part is half of the next, the last is what the ladder learned from, and each but the first says what it brought."""
    sizes = [one.rows for one in found.growth]
    np.testing.assert_allclose(np.divide(sizes[1:], sizes[:-1]), 2, rtol=0.05)
    assert sizes[-1] == pytest.approx(found.rows / 2, rel=0.02)  # two folds
    assert [one.brought is None for one in found.growth] == [True] + [False] * (len(sizes) - 1)
    assert f"{sizes[-1]:,}" in found.more_rows


def test_what_is_odd_is_found(rows, shipped, data):
    """Repeated rows, an empty and a constant column, many names, one value nearly everywhere and a silent month are told."""
    count, names = len(rows), np.array([f"name {i % 120}" for i in range(len(rows))], dtype=object)
    odd = {
        "tenure": np.full(count, 5.0), "charge": np.full(count, np.nan), "plan": names,
        "family": (np.arange(count) == 3).astype(float),
    }  # fmt: skip
    months = np.array(["2026-01", "2026-02"], dtype=object)[np.arange(count) // 120 % 2]
    table = replace(rows, frame=pd.DataFrame(odd), snapshot=months, label=rows.label * (months == "2026-01"))
    told = [(one.where, one.what) for one in findings(table, data, over_time(table, 0.95))]
    repeated = count - 1  # all but the row that alone has a family
    assert ("rows", f"{repeated:,} rows equal another one in every column") in told
    assert ("rows", "nobody left in 2026-02") in told
    for finding in (("tenure", "5.0 in every row"), ("charge", "no value at all"), ("plan", "120 values")):
        assert finding in told
    assert ("family", "0.0 in all but 1 rows") in told
    assert any("different outcomes" in what for _, what in told)


def test_a_clean_table_has_no_findings(rows, data):
    """Rows that all differ and columns that vary give no finding."""
    known = rows.frame.assign(charge=np.arange(len(rows), dtype=float))
    assert findings(replace(rows, frame=known), data, over_time(rows, 0.95)) == []


def test_a_limit_on_contacts_limits_the_profit(rows, shipped):
    """Where only a tenth can be contacted, contacting everybody earns a tenth, and a model no more than before."""
    few = shipped.problem.model_copy(update={"contacts_a_month": len(rows) // 10})
    free, limited = assess(rows, shipped, shipped), assess(rows, shipped.model_copy(update={"problem": few}), shipped)
    assert limited.ladder[1].profit_per_1000.value == pytest.approx(free.ladder[1].profit_per_1000.value / 10)
    assert limited.ladder[-1].profit_per_1000.value < free.ladder[-1].profit_per_1000.value


def test_a_larger_table_is_drawn_by_whole_customers(rows, shipped):
    """Above discovery.rows the ladder is climbed on fewer rows, and says so."""
    few = shipped.model_copy(update={"discovery": Discovery(repeats=1, rows=300, worthwhile=0.05)})
    assert "of the rows, whole customers drawn by lot" in assess(rows, few, few).notes[0]


def test_what_the_problem_lacks_is_said(shipped):
    """Costs that nobody changed, an unlimited list, an empty goal and an offer that cannot pay are each named."""
    changes = {"goal": " ", "saved_value": 5}
    gaps = " ".join(missing(shipped.problem.model_copy(update=changes), shipped.problem))
    for word in ("goal: nothing is said", "the cost of the offer", "contacts_a_month", "no contact can ever pay"):
        assert word in gaps
    assert "your own" in missing(shipped.problem, shipped.problem)[0]


def test_an_offer_that_cannot_pay_is_no_go(rows, shipped):
    """With costs above any gain nobody is contacted, whatever the model, and the verdict is no-go."""
    dear = shipped.model_copy(update={"problem": shipped.problem.model_copy(update={"saved_value": 5})})
    assert assess(rows, dear, shipped).verdict.word == "no-go"


class Page(HTMLParser):
    """Collects the tags that open and those left open, and every address."""

    def __init__(self):
        super().__init__()
        self.open, self.addresses = [], []

    def handle_starttag(self, tag, attrs):
        self.addresses += [value for name, value in attrs if name in ("src", "href") and value]
        if tag not in ("meta", "path", "circle", "rect", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.open and tag == self.open[-1]:
            self.open.pop()


def test_the_report_is_one_page_without_a_network(found):
    """The page is well formed, names each part, and loads nothing from anywhere."""
    page = Page()
    html = render(found, "<churn>", "columns.html")
    page.feed(html)
    assert (page.open, page.addresses) == ([], ["columns.html"])
    assert "<script" not in html
    for text in ("&lt;churn&gt;", "1 ·", "2 ·", "3 ·", "4 ·", "5 ·", found.verdict.reason.split(":")[0], found.rule):
        assert text in html
    assert all(column.name in html for column in found.columns)


def test_the_assessment_is_plain_json(found):
    """The assessment goes through JSON with the verdict on top, without a value that JSON has not."""
    tree = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert next(iter(tree)) == "verdict"
    assert tree["verdict"]["word"] == found.verdict.word


@pytest.fixture
def nogo(tmp_path, shipped):
    record = Record.of(Verdict("no-go", "nobody pays"), "hash", shipped.problem)
    record.save(tmp_path)
    return tmp_path


def test_no_go_stops_development_until_it_is_overruled(nogo, shipped):
    """The refusal says why and how to go on; once overruled it is none."""
    with pytest.raises(NotWorthwhile, match=r"nobody pays.*--anyway"):
        demand_worthwhile("hash", shipped.problem, nogo)
    assert overrule("hash", shipped.problem, nogo)
    demand_worthwhile("hash", shipped.problem, nogo)


def test_a_verdict_on_other_data_or_another_problem_stops_nothing(nogo, shipped):
    """After a change of data or costs the old verdict says nothing, and an unreadable one neither."""
    demand_worthwhile("other", shipped.problem, nogo)
    demand_worthwhile("hash", shipped.problem.model_copy(update={"offer_cost": 1}), nogo)
    (nogo / "verdict.json").write_text("{")
    demand_worthwhile("hash", shipped.problem, nogo)


def test_nobody_has_to_run_discovery(tmp_path, shipped):
    """Without a verdict development goes on."""
    demand_worthwhile("hash", shipped.problem, tmp_path)
    assert not overrule("hash", shipped.problem, tmp_path)
