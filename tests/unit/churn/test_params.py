from pathlib import Path

import pytest
from ruamel.yaml import YAML

from churn.errors import ParamsError, WorkspaceError
from churn.params import Params, load, read_yaml

ROOT = Path(__file__).parents[3]
TEMPLATES = ROOT / "src/churn/templates"
TEXT = (TEMPLATES / "params.yaml").read_text(encoding="utf-8")


NAMED = {f"data.{key}" for key in ("columns", "drop", "spellings", "dates", "accused", "reading.units")} | {"campaign.most"}


def write(folder, text):
    path = folder / "params.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def keys(tree, prefix=""):
    """Dotted keys of a tree; what a user names himself, columns and reasons, is no key."""
    for key, value in tree.items():
        yield prefix + key
        if isinstance(value, dict) and f"{prefix}{key}" not in NAMED:
            yield from keys(value, f"{prefix}{key}.")


@pytest.mark.parametrize("name", ["params.yaml", "dvc.yaml", "prefect.yaml"])
def test_the_checkout_equals_the_template(name):
    """A new workspace starts with the same file that stands at the root of the checkout."""
    assert (ROOT / name).read_bytes() == (TEMPLATES / name).read_bytes()


def test_file_and_types_have_the_same_keys():
    """Every key of params.yaml is typed, and every typed key stands in params.yaml."""
    tree = read_yaml(ROOT / "params.yaml")
    assert set(keys(tree)) == set(keys(Params.model_validate(tree).model_dump()))


@pytest.mark.parametrize(
    ("right", "wrong", "named"),
    [
        ("  folds: 5", "  fold: 5", "train.fold: unknown key"),
        ("  folds: 5", "", "train.folds: missing"),
        ("rounds: 150", "rounds: many", "train.boosting.rounds"),
        ("holdout: 0.3", "holdout: 1.3", "split.holdout"),
        ("    age: number", "    age: numbr", "data.columns.age"),
        ("trusted: []", "trusted: [gender]", "trusted: 'gender' is not among the columns"),
        ("accused: {}", "accused: {gender: a leak}", "accused: 'gender' is not among the columns"),
        ("spellings: {}", "spellings: {gender: {M: male}}", "spellings: 'gender' is not among the columns"),
        ("units: {}", 'units: {price: "$"}', "reading.units: 'price' is not among the columns"),
        ("dates: {}", 'dates: {joined: ["%Y"]}', "dates: 'days_since_joined' is not among the columns"),
        ("suspects: leave_out", "suspects: drop", "data.suspects"),
        ("encoding: utf-8", "encoding: klingon", "data.reading.encoding: Value error, 'klingon' is no encoding"),
        ('delimiter: ","', 'delimiter: "::"', "data.reading.delimiter"),
        ("positive_when: value", "positive_when: present", "positive goes with positive_when: value"),
        ("most_levels: 60", "most_levels: 1", "data.most_levels"),
        ("protected: []", "protected: [gender]", "protected: 'gender' is not among the columns"),
        ("[logistic, boosting,", "[logistic, forest,", "train.learners.1"),
        ("name: churn ", "name: my model ", "name"),
        ("gate:", "gates:", "gates: unknown key"),
    ],
)
def test_a_wrong_key_or_value_is_named(tmp_path, right, wrong, named):
    """A key that is misspelt, missing or out of range stops the program in one line that names it."""
    assert right in TEXT
    with pytest.raises(ParamsError) as caught:
        load(write(tmp_path, TEXT.replace(right, wrong, 1)))
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "name: [", "just text", "name: a\nname: b\n"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path, text):
    """Empty, broken, plain and ambiguous files are refused in one line."""
    with pytest.raises(ParamsError, match=r"params\.yaml") as caught:
        load(write(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_an_absent_file_says_what_to_do(tmp_path):
    """Without params.yaml the error tells how to make a workspace."""
    with pytest.raises(WorkspaceError, match="churn init"):
        load(tmp_path / "params.yaml")


@pytest.mark.parametrize(("written", "read"), [("Yes", "Yes"), ("no", "no"), ("1", "1"), ('"Yes"', "Yes"), ("on", "on")])
def test_an_unquoted_word_stays_a_word(tmp_path, written, read):
    """YAML 1.2 knows no Yes: an unquoted word or number is the text of the table."""
    assert load(write(tmp_path, TEXT.replace('positive: "Yes"', f"positive: {written}"))).data.positive == read


def test_an_unquoted_true_is_the_word_as_written(tmp_path):
    """An unquoted true means the text true, as a table holds it."""
    assert load(write(tmp_path, TEXT.replace('positive: "Yes"', "positive: true"))).data.positive == "true"


def test_the_digest_does_not_depend_on_order(tmp_path):
    """Keys in another order have the same digest."""
    tree = read_yaml(TEMPLATES / "params.yaml")
    turned = {key: dict(reversed(value.items())) if isinstance(value, dict) else value for key, value in reversed(tree.items())}
    path = tmp_path / "params.yaml"
    YAML().dump(turned, path)
    assert load(path).digest == load(TEMPLATES / "params.yaml").digest


def test_the_digest_changes_with_every_knob(tmp_path):
    """Another value of a knob has another digest."""
    changed = load(write(tmp_path, TEXT.replace("rounds: 150", "rounds: 151")))
    assert changed.digest != load(TEMPLATES / "params.yaml").digest


def test_params_are_frozen():
    """Nothing changes a knob after it was read."""
    with pytest.raises(ValueError, match="frozen"):
        load(TEMPLATES / "params.yaml").train.folds = 3
