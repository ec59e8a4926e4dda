import numpy as np
import pandas as pd
import pytest

from churn.data.describe import describe
from churn.data.labelled import Labelled, in_time, load, split
from churn.errors import TableError
from churn.params import Split

POLICY = Split(holdout=0.3, test_snapshots=1, test_rows=1, window=2, shortest=2, train_rows=1)
MONTHS = ["2025-01", "2025-02", "2025-03"]


def month(customers=200, seed=0):
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": [f"C{i}" for i in range(customers)],
            "tenure": random.integers(0, 72, customers),
            "charge": random.normal(30, 9, customers).round(2),
            "plan": random.choice(["basic", "pro"], customers),
            "family": random.choice(["true", "false"], customers),
            "left": random.choice(["Yes", "No"], customers, p=[0.3, 0.7]),
        }
    )


@pytest.fixture
def folder(tmp_path):
    """Three months of the same customers, one file each."""
    for seed, name in enumerate(MONTHS):
        month(seed=seed).to_csv(tmp_path / f"{name}.csv", index=False)
    return tmp_path


def test_each_file_is_a_snapshot_where_none_is_declared(folder, data):
    """Without a snapshot column the name of the file names the snapshot."""
    rows = load(folder, data)
    assert len(rows) == 600
    assert list(np.unique(rows.snapshot)) == MONTHS


def test_a_snapshot_column_names_the_snapshot(tmp_path, data):
    """A declared snapshot column decides, whatever the file is called."""
    month().assign(period=np.repeat(["a", "b"], 100)).to_csv(tmp_path / "all.csv", index=False)
    rows = load(tmp_path, data.model_copy(update={"snapshot": "period"}))
    assert [int((rows.snapshot == name).sum()) for name in ("a", "b")] == [100, 100]


@pytest.mark.parametrize("immature", ["", "NaN", " "])
def test_rows_without_an_outcome_are_left_out(tmp_path, data, immature):
    """A row whose target is missing has not matured and is left out; its features need not conform."""
    frame = month()
    frame.loc[:49, "left"] = immature
    frame["charge"] = frame["charge"].astype(object)
    frame.loc[0, "charge"] = "not yet"
    frame.to_csv(tmp_path / "base.csv", index=False)
    assert len(load(tmp_path, data)) == 150


def test_a_snapshot_that_has_not_matured_at_all_adds_nothing(folder, data):
    """A file without any outcome leaves the rows of the other files as they are."""
    month().assign(left="").to_csv(folder / "2025-04.csv", index=False)
    assert sorted(set(load(folder, data).snapshot)) == MONTHS


def test_repeated_rows_of_a_customer_count_once(tmp_path, data):
    """Rows that repeat another row are read once where customers have ids."""
    pd.concat([month(), month().head(50)]).to_csv(tmp_path / "base.csv", index=False)
    assert len(load(tmp_path, data)) == 200


def test_repeated_rows_stay_on_one_side_without_an_id(tmp_path, data):
    """Without an id equal rows share a group, so no split separates them."""
    pd.concat([month(), month()]).to_csv(tmp_path / "base.csv", index=False)
    rows = load(tmp_path, data.model_copy(update={"id": None}))
    assert len(rows) == 400
    np.testing.assert_array_equal(rows.group[:200], rows.group[200:])


def test_no_customer_is_on_both_sides(folder, data):
    """A customer with rows in many months is either learnt from or judged on, never both."""
    train, test = split(load(folder, data), POLICY)
    assert len(set(train.group)) > 100
    assert len(set(test.group)) > 30
    assert not set(train.group) & set(test.group)


def test_test_rows_are_the_held_out_customers_of_the_newest_snapshot(folder, data):
    """Test rows come from the newest snapshot only."""
    assert set(split(load(folder, data), POLICY)[1].snapshot) == {"2025-03"}


@pytest.mark.parametrize(("window", "months"), [(1, MONTHS[2:]), (2, MONTHS[1:]), (9, MONTHS)])
def test_the_window_decides_what_is_learnt_from(folder, data, window, months):
    """Train rows come from the newest snapshots of the window, all of them when there are fewer."""
    train, _ = split(load(folder, data), POLICY.model_copy(update={"window": window}))
    assert sorted(set(train.snapshot)) == months


def test_the_same_customers_are_held_out_of_later_data(folder, data):
    """A new snapshot changes nobody's side."""
    before = set(split(load(folder, data), POLICY)[1].group)
    month(seed=9).to_csv(folder / "2025-04.csv", index=False)
    assert set(split(load(folder, data), POLICY)[1].group) == before


def test_ids_group_alike_as_text_and_as_numbers(tmp_path, data):
    """A customer keeps the group whether a file stores the id as text, as an integer or as a float."""
    groups = []
    for kind in (str, int, float):
        frame = month()
        frame["id"] = pd.Series(range(200)).astype(kind)
        frame.to_parquet(tmp_path / "base.parquet")
        groups.append(load(tmp_path, data).group)
    np.testing.assert_array_equal(groups[0], groups[1])
    np.testing.assert_array_equal(groups[0], groups[2])


@pytest.mark.parametrize(
    ("change", "named"),
    [({"target": "gone"}, "target column 'gone'"), ({"id": "gone"}, "id column 'gone'"),
     ({"snapshot": "gone"}, "snapshot column 'gone'"), ({"positive": "Left"}, "only one class")],
)  # fmt: skip
def test_a_role_that_the_table_lacks_is_named(folder, data, change, named):
    """An absent target, id or snapshot column, or a positive value nobody has, is refused by name."""
    with pytest.raises(TableError, match=named):
        load(folder, data.model_copy(update=change))


def test_labelled_rows_survive_their_file(folder, data):
    """Reading saved rows gives equal rows."""
    rows = load(folder, data)
    rows.save(folder / "rows.parquet")
    again = Labelled.read(folder / "rows.parquet")
    pd.testing.assert_frame_equal(again.frame, rows.frame)
    for name in ("label", "group", "snapshot"):
        np.testing.assert_array_equal(getattr(again, name), getattr(rows, name))


def test_few_new_rows_do_not_displace_the_old_ones(folder, data):
    """Test and train rows reach back to older snapshots until there are enough of them."""
    wide = POLICY.model_copy(update={"test_rows": 10**6, "window": 1, "train_rows": 10**6})
    train, test = split(load(folder, data), wide)
    assert sorted(set(train.snapshot)) == MONTHS
    assert sorted(set(test.snapshot)) == MONTHS


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (["10", "9", "1"], ["1", "9", "10"]),
        (["2026-01", "base", "feedback-2026-02", "2025-12"], ["base", "2025-12", "2026-01", "feedback-2026-02"]),
        (["2026-01", "zzz-test"], ["zzz-test", "2026-01"]),
        (["b", "a"], ["a", "b"]),
        (["02.02.2024", "05.01.2024", "26.01.2024"], ["05.01.2024", "26.01.2024", "02.02.2024"]),
        (["07/01/2024", "31/12/2023", "14/01/2024"], ["31/12/2023", "07/01/2024", "14/01/2024"]),
        (["1/31/2024", "12/31/2023", "2/1/2024"], ["12/31/2023", "1/31/2024", "2/1/2024"]),
        (["01.2024", "12.2023"], ["12.2023", "01.2024"]),
        (["202501", "202412", "202409", "202411"], ["202409", "202411", "202412", "202501"]),
        (["20241105", "20241005"], ["20241005", "20241105"]),
        (["month 10", "month 2", "month 1"], ["month 1", "month 2", "month 10"]),
        (
            ["2024-06-30 00:00:00+02:00", "2024-01-31 00:00:00+01:00"],
            ["2024-01-31 00:00:00+01:00", "2024-06-30 00:00:00+02:00"],
        ),
    ],
)
def test_snapshots_are_ordered_in_time(names, order):
    """Numbers and dates order as such whatever their text, and what is neither comes before them."""
    assert in_time(np.array(names, dtype=object)) == order


def test_a_protected_column_is_kept_and_is_no_feature(folder, data):
    """Rows keep a protected column, the contract lacks it, and a table without it has it as not known."""
    guarded = data.model_copy(update={"protected": ("plan",)})
    pd.read_csv(folder / "2025-03.csv").drop(columns="plan").to_csv(folder / "2025-03.csv", index=False)
    rows = load(folder, guarded)
    unknown = rows.frame["plan"].isna().to_numpy()
    np.testing.assert_array_equal(unknown, rows.snapshot == "2025-03")
    assert "plan" not in describe(rows.frame, guarded).features
    allowed = guarded.model_copy(update={"predict_with_protected": True})
    assert "plan" in describe(rows.frame, allowed).features


def test_a_gap_keeps_train_snapshots_away_from_test_rows(folder, data):
    """With a gap every train row is at least so many days older than every test row; without one it may be as new."""
    rows = load(folder, data)
    for days, newest in ((0, "2025-03"), (28, "2025-02"), (29, "2025-01")):
        train, test = split(rows, POLICY.model_copy(update={"gap_days": days}))
        assert set(test.snapshot) == {"2025-03"}
        assert max(train.snapshot) == newest
        assert not set(train.group) & set(test.group)


def test_a_gap_without_older_snapshots_says_so(folder, data):
    """Where no snapshot is old enough, nothing is trained."""
    with pytest.raises(TableError, match=r"split\.gap_days = 300"):
        split(load(folder, data), POLICY.model_copy(update={"gap_days": 300}))


def test_customers_whom_nobody_named_are_people_of_their_own(tmp_path, data):
    """They are not one customer, equal ones are not repetitions, and they are on both sides of a split."""
    table = month(400)
    table.loc[::2, "id"] = ""
    twice = pd.concat([table, table.iloc[:20]])
    twice.to_csv(tmp_path / "2025-01.csv", index=False)
    rows = load(tmp_path, data)
    assert len(rows) == 410  # ten with a name were there twice
    assert len(np.unique(rows.group)) > 390
    train, test = split(rows, POLICY)
    assert min(len(train), len(test)) > 80


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_a_number_that_means_missing_does_so_in_every_format(tmp_path, data, kind):
    """-999 of params.yaml is no charge, and an outcome of -1 is not known yet, whether cells are text or numbers."""
    table = month(300).assign(left=[1, 0, -1] * 100)
    table.loc[:50, "charge"] = -999
    {"csv": table.to_csv, "parquet": table.to_parquet, "xlsx": table.to_excel}[kind](tmp_path / f"a.{kind}", index=False)
    words = (*data.missing_words, "-999", "-1")
    rows = load(tmp_path, data.model_copy(update={"missing_words": words, "positive": "1"}))
    assert (len(rows), int(rows.label.sum())) == (200, 100)
    assert rows.frame["charge"].isna().sum() == 34
