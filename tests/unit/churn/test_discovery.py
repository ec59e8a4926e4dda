import pytest

from churn.discovery import Rung, assess, clearly_more, judge

NOBODY = Rung("nobody", 0.5, [0, 0, 0, 0, 0])
EVERYBODY = Rung("everybody", 0.5, [-100, -90, -110, -95, -105])


def rung(name, mean, wobble=5):
    return Rung(name, 0.7, [mean - wobble, mean + wobble, mean, mean + 2, mean - 2])


def ladder(rule, logistic, boosting):
    return [NOBODY, EVERYBODY, rung("one rule", rule, -5), rung("logistic", logistic), rung("boosting", boosting)]


@pytest.mark.parametrize(
    ("churners", "steps", "verdict", "reason"),
    [
        (99, (100, 500, 600), "not yet", "1 more are needed"),
        (100, (0, -20, 1), "no-go", "boosting does not earn more than contacting nobody"),
        (100, (600, 601, 590), "simpler", "one rule earns as much as logistic"),
        (100, (100, 500, 600), "go", "boosting earns 600 per 1,000 customers, nobody 0"),
    ],
)
def test_each_verdict_has_its_rule(churners, steps, verdict, reason):
    """Too few churners, no gain, a rule that suffices, and a model that pays each have their verdict."""
    found, text = judge(churners, ladder(*steps))
    assert found == verdict
    assert reason in text


def test_contacting_everybody_is_a_rival_too():
    """A model that earns no more than contacting everybody is no-go."""
    rich = Rung("everybody", 0.5, [700, 705, 695, 702, 698])
    steps = ladder(100, 500, 600)
    assert judge(500, [steps[0], rich, *steps[2:]]) == ("no-go", "boosting does not earn more than contacting everybody")


def test_more_must_be_more_in_most_folds():
    """A gain that one lucky fold brings is not clear."""
    assert not clearly_more(Rung("lucky", 0.7, [500, 0, 0, 0, 0]), NOBODY)
    assert clearly_more(Rung("steady", 0.7, [90, 110, 100, 95, 105]), NOBODY)


def test_equal_rungs_are_not_clearly_more():
    """A rung does not beat itself."""
    assert not clearly_more(NOBODY, NOBODY)


def test_an_assessment_climbs_every_step(rows, contract, decision, knobs):
    """The ladder has five steps, those without a model rank by chance, and the models rank better."""
    found = assess(rows, contract, decision, knobs)
    nobody, everybody, rule, *models = found.ladder
    assert (nobody.auc, everybody.auc) == (0.5, 0.5)
    assert nobody.mean_profit == 0
    assert min(model.auc for model in models) > rule.auc > 0.5
    assert found.churners == rows.label.sum()
    assert found.snapshots == {"2026-01": pytest.approx(rows.label.mean())}
