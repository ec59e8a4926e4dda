"""The benchmark compares fairly, counts rightly, and says plainly what falls short."""

import ast
import json

import numpy as np
import pytest

from bench.quality import figures, folds, leaks, made, pictures, report, runs, summary
from bench.quality.ours import MODEL
from bench.quality.runs import Run
from bench.quality.tables import Source, read
from bench.quality.verdicts import shuffled
from churn.decision import Decision

DECISION = Decision(saved_value=200, offer_cost=10, contact_cost=1, save_rate=0.3)


def run(name, probability, peer=False):
    return Run(name, peer, probability, 1.0, 1.0, 2**20, [])


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("a=/x/t.csv:Churn:Yes:id", ("a", "/x/t.csv", "Churn", "Yes", "id")),
        ("a=t.csv:left:1", ("a", "t.csv", "left", "1", None)),
    ],
)
def test_a_table_is_named_on_the_command_line(text, source):
    """NAME=FILE:TARGET:POSITIVE[:ID] names a table."""
    found = Source.parse(text)
    assert (found.name, str(found.path), found.target, found.positive, found.id) == source


@pytest.mark.parametrize("text", ["t.csv", "a=t.csv:left", "=t.csv:left:1", "a=t.csv::1"])
def test_another_form_is_refused(text):
    """A table without a name, a target or a positive value is no table."""
    with pytest.raises(ValueError, match="NAME=FILE"):
        Source.parse(text)


def test_folds_keep_customers_together_and_rates_alike(table):
    """Every row is held out once, with all rows of its customer, and each fold has about the rate of all."""
    fold = folds.numbered(table, 3, 7)
    assert set(fold) == {0, 1, 2}
    assert all(len(set(fold[table.rows.group == one])) == 1 for one in np.unique(table.rows.group))
    rates = [table.rows.label[fold == i].mean() for i in range(3)]
    assert max(rates) - min(rates) < 0.1


def test_the_same_folds_have_the_same_hash(table, tmp_path):
    """A peer is asked again only when what it would be given has changed."""
    one, two = folds.numbered(table, 3, 7), folds.numbered(table, 3, 8)
    first = folds.write(tmp_path, table, one)
    assert folds.write(tmp_path, table, one) == first
    assert folds.write(tmp_path, table, two) != first


def test_a_learner_predicts_rows_that_it_has_not_seen(table, tmp_path, template):
    """Every learner gives one probability for each row, and better ones than chance."""
    fold = folds.numbered(table, 3, 7)
    folds.write(tmp_path, table, fold)
    found = runs.run_ours(tmp_path, template)
    assert {one.name for one in found} == {MODEL, "default boosting", "rule", "few_columns", "logistic", "boosting"}
    assert all(figures.alone(one, table.rows.label, fold, DECISION, 1)["auc"] > 0.55 for one in found)
    assert all(one.peak_bytes > 0 for one in found)


def test_a_process_that_fails_has_the_last_word(tmp_path, template):
    """An error in the process of the learners stops the benchmark and says what it was."""
    with pytest.raises(RuntimeError, match="No such file"):
        runs.run_ours(tmp_path, template)


def test_everybody_earns_what_all_contacts_earn(table):
    """Contacting everybody brings the gain of each churner and the loss of each stayer."""
    label, fold = table.rows.label, folds.numbered(table, 3, 7)
    found = figures.constant(True, label, fold, DECISION)
    rate = label.mean()
    assert found["profit_per_1000"] == pytest.approx(1000 * (rate * DECISION.churner_gain - (1 - rate) * DECISION.stayer_loss))
    assert figures.constant(False, label, fold, DECISION)["profit_per_1000"] == 0


def test_a_difference_in_profit_is_paired(table):
    """A way that contacts the same customers differs by nothing; the interval of another holds its difference."""
    label = table.rows.label
    perfect = figures.worth(label, label == 1, DECISION)
    everybody = figures.worth(label, np.ones(len(label), dtype=bool), DECISION)
    found = figures.differences(label, table.rows.group, {MODEL: perfect, "all": everybody}, MODEL, 0.95, 1)
    assert found[MODEL] == {"value": 0, "low": 0, "high": 0}
    assert found["all"]["low"] < found["all"]["value"] < found["all"]["high"] < 0


@pytest.fixture
def learners(table):
    """Figures of a model, a peer that is a little better, and the constants."""
    label, fold, random = table.rows.label, folds.numbered(table, 3, 7), np.random.default_rng(1)
    signal = 0.2 + 0.4 * label
    tried = [run(MODEL, signal + random.uniform(-0.2, 0.4, len(label))), run("catboost", signal - 0.1, peer=True)]
    found = {one.name: figures.alone(one, label, fold, DECISION, 1) for one in tried}
    found |= {name: figures.constant(name == "everybody", label, fold, DECISION) for name in ("nobody", "everybody")}
    for one in found.values():
        gap = one["profit_per_1000"] - found[MODEL]["profit_per_1000"]
        one["profit_less_model"] = {"value": gap, "low": gap - 1, "high": gap + 1}
    found["catboost"]["auc_less_model"] = {"value": 0.1, "low": 0.05, "high": 0.15}
    return found


def test_the_summary_says_who_is_better_and_by_how_much(learners):
    """A gap is the best other learner's figure less the model's, and one that is too large is not reached."""
    line = summary.of_table(learners)
    assert line["best_auc"] == "catboost"
    assert line["auc_gap"] == pytest.approx(1 - learners[MODEL]["auc"])
    assert line["peers_that_earn_more"] == ["catboost"]
    whole = summary.overall({"small": line})
    assert not whole["auc_gap_worst"]["reached"]
    assert not whole["profit_share_of_catboost_least"]["reached"]


def test_the_report_shows_every_learner_and_what_is_not_reached(learners):
    """Text and page name each learner, and mark what falls short."""
    weight = {"chosen": "logistic", "tree_nodes": 12, "model_bytes": 2048, "row_microseconds": 20.0}
    size = {"rows": 300, "columns": 2, "rate": 0.3, "folds": 3}
    lines = {"small": summary.of_table(learners)}
    found = {
        "tables": {"small": {"table": size, "learners": learners, "model": weight}},
        "summary": {"tables": lines, "overall": summary.overall(lines)},
    }
    for shown in (report.text(found), pictures.page(found)):
        assert all(name in shown for name in learners)
        assert "NOT reached" in shown
    json.dumps(found)


def test_made_tables_are_equal_each_time_and_have_their_rate(tmp_path, params):
    """A made table is the same bytes twice and reads as a table with the churn it was made for."""
    one, two = made.rare(900), made.rare(900)
    assert one.equals(two)
    one.to_csv(tmp_path / "rare.csv", index=False)
    rows = read(Source("rare", tmp_path / "rare.csv", made.TARGET, "Yes", made.ID), params).rows
    assert 0.01 < rows.label.mean() < 0.06


def test_shuffled_labels_belong_to_the_same_customers(table):
    """Shuffling moves outcomes between rows and changes neither the rows nor the rate."""
    found = shuffled(table.rows, 1)
    assert found.label.sum() == table.rows.label.sum()
    assert (found.label != table.rows.label).any()
    assert found.frame is table.rows.frame


def test_planted_answers_are_found_and_honest_columns_are_not_accused(table, params):
    """The leak guard finds the disguised columns of a small table and accuses none of its own."""
    found, text = leaks.measure([table], params)
    assert found["accused"] == []
    assert found["honest"] == 2
    assert "answer" not in {name.partition(".")[2] for name in found["missed"]}
    assert "disguised columns found" in text


def test_the_peers_know_nothing_of_the_project():
    """The script for the other environment imports none of the project's modules."""
    tree = ast.parse(runs.PEERS.read_text(encoding="utf-8"))
    named = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    named += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert "numpy" in named
    assert {name.partition(".")[0] for name in named}.isdisjoint({"churn", "bench", "pipelines", "serving", "monitoring"})
