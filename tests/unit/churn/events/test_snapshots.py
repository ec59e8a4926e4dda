import os
import sqlite3
from datetime import date

import pandas as pd
import pytest

from churn.errors import ParamsError, TableError
from churn.params import Events

ROWS = [
    ("a", "2025-02-20", "2025-02-20", 10.0, "web"),
    ("a", "2025-02-27", "2025-02-27", 20.5, "shop"),
    ("a", "2025-03-01 23:59:59", "2025-03-01 23:59:59", 1.0, "web"),
    ("a", "2025-03-15", "2025-03-15", 3.0, "web"),
    ("b", "2025-02-05", "2025-02-05", 7.0, "fair"),
    ("c", "2024-12-24", "2024-12-24", 9.0, "web"),
    ("c", "2025-03-31", "2025-03-31", 9.0, "web"),
]


def test_features_say_what_they_are(shop):
    """Counts, sums, means, shares, trends, the last value and days since, worked out by hand."""
    shop.write(ROWS)
    shop.bring()
    a, b = (shop.snapshot("2025-03-01").loc[who] for who in "ab")
    assert (a["orders_count_7d"], a["orders_count_30d"], b["orders_count_7d"], b["orders_count_30d"]) == (2, 3, 0, 1)
    assert (a["orders_amount_sum_7d"], a["orders_amount_mean_30d"], b["orders_amount_sum_7d"]) == (21.5, 10.5, 0)
    assert pd.isna(b["orders_amount_mean_7d"])
    assert (a["orders_channel_web_share_7d"], a["orders_channel_shop_share_30d"]) == (0.5, pytest.approx(1 / 3))
    assert (a["orders_trend_7d"], a["orders_trend_30d"]) == (pytest.approx(1 / 3), 1)
    assert (a["orders_amount_last"], a["orders_channel_last"], a["orders_days_since"], b["orders_days_since"]) == (
        1,
        "web",
        0,
        24,
    )
    assert (a["largest"], a["age"]) == (20.5, 9)


def test_customers_are_active_and_outcomes_follow_from_the_horizon(shop):
    """Who did something in 30 days is a customer; who does nothing in the next 20 churns; what is not known yet is absent."""
    shop.write(ROWS)
    brought = shop.bring()
    assert [str(day) for day in brought.made] == ["2025-03-01", "2025-03-11", "2025-03-21", "2025-03-31"]
    assert shop.snapshot("2025-03-01")["churned"].to_dict() == {"a": "no", "b": "yes"}
    assert shop.snapshot("2025-03-11")["churned"].to_dict() == {"a": "no"}
    assert shop.snapshot("2025-03-21")["churned"].isna().all()
    assert sorted(shop.snapshot("2025-03-31").index) == ["a", "c"]


def test_a_subscription_that_is_renewed_in_time_goes_on(shop, declared):
    """Who ends in the horizon churns unless another begins within the days of grace; an end is no feature before its day."""
    rows = [
        ("stays", "2025-01-01", ""), ("ends", "2025-01-01", "2025-03-10"), ("renews", "2025-01-01", "2025-03-10"),
        ("renews", "2025-03-14", ""), ("late", "2025-01-01", "2025-03-10"), ("late", "2025-03-16", ""),
        ("gone", "2025-01-01", "2025-03-01"), ("after", "2025-01-01", "2025-03-25"), ("new", "2025-04-30", ""),
    ]  # fmt: skip
    pd.DataFrame(rows, columns=["who", "start", "stop"]).to_csv(shop.folder / "plans.csv", index=False)
    plans = {"table": "plans.csv", "customer": "who", "time": "start", "ended": "stop", "features": {"windows": [90]}}
    churn = {"subscription": "plans", "renewed_within_days": 5}
    shop.bring(date(2025, 3, 1), declared | {"sources": {"plans": plans}, "churn": churn, "own": {}})
    found = shop.snapshot("2025-03-01")["churned"].to_dict()
    assert found == {"stays": "no", "ends": "yes", "renews": "no", "late": "yes", "after": "no"}


def test_a_time_with_an_offset_is_turned_into_utc(shop):
    """The evening of one day in New York is the next day in UTC, with an offset in the text as without one."""
    shop.write([("a", "2025-02-20T23:30:00-05:00", "", 1, "web"), ("a", "2025-03-01T22:30:00-05:00", "", 2, "web"), *ROWS[4:]])
    shop.bring(date(2025, 3, 1))
    found = shop.snapshot("2025-03-01").loc["a"]
    assert (found["orders_count_30d"], found["orders_amount_last"], found["orders_days_since"]) == (1, 1, 8)


def test_what_lies_in_the_future_tells_nothing_yet(shop, declared):
    """A subscription that is sold already and begins in years makes no snapshot of them, and no outcome known."""
    rows = [("a", "2025-01-01", ""), ("b", "2025-04-01", ""), ("a", "2999-01-01", "")]
    pd.DataFrame(rows, columns=["who", "start", "stop"]).to_csv(shop.folder / "plans.csv", index=False)
    plans = {"table": "plans.csv", "customer": "who", "time": "start", "ended": "stop", "features": {"windows": [90]}}
    churn = {"subscription": "plans", "renewed_within_days": 5}
    planned = declared | {"sources": {"plans": plans}, "churn": churn, "own": {}}
    assert [str(day) for day in shop.bring(declared=planned).made] == [
        "2025-03-01", "2025-03-11", "2025-03-21", "2025-03-31"
    ]  # fmt: skip
    assert shop.snapshot("2025-03-21")["churned"].isna().all()
    pd.DataFrame(rows[2:], columns=["who", "start", "stop"]).to_csv(shop.folder / "plans.csv", index=False)
    with pytest.raises(TableError, match=r"events\.sources\.plans: every event lies in the future; look at its column 'start'"):
        shop.bring(declared=planned)


def test_sums_of_whole_numbers_are_usual_numbers(shop, declared):
    """What SQL calls HUGEINT and DECIMAL is written as other numbers are, so that every reader knows it."""
    shop.write(ROWS)
    sql = "SELECT customer_id, sum(CASE WHEN amount > 5 THEN 1 ELSE 0 END) AS many, 1.5 * count(*) AS weight FROM orders"
    own = {"mine": {"of": ["orders"], "days": 90, "sql": f"{sql} GROUP BY customer_id"}}
    shop.bring(declared=declared | {"own": own})
    found = shop.snapshot("2025-03-01")
    assert (found["many"].to_dict(), found["weight"].to_dict()) == ({"a": 2.0, "b": 1.0}, {"a": 4.5, "b": 1.5})
    assert {str(found[name].dtype) for name in ("many", "weight")} == {"float64"}


def test_another_month_of_events_leaves_older_snapshots_alone(shop):
    """Only snapshots whose windows or horizon reach new events are made anew; the others are not even written again."""
    shop.write(ROWS)
    assert len(shop.bring().anew) == 4
    assert shop.bring().anew == []
    untouched = (shop.data / "snapshot-2025-03-01.parquet").stat()
    shop.write([*ROWS, ("a", "2025-05-02", "2025-05-02", 1.0, "web")])
    anew = [str(day) for day in shop.bring().anew]
    assert anew == ["2025-03-21", "2025-03-31", "2025-04-10", "2025-04-20", "2025-04-30"]
    assert (shop.data / "snapshot-2025-03-01.parquet").stat() == untouched


def test_equal_events_give_equal_bytes_however_they_come(shops, declared):
    """One file, two files in a folder, Parquet, shuffled rows and a database: the snapshots are equal byte for byte."""
    contents = []
    for way in ("file", "folder", "parquet", "query"):
        shop, orders = shops(), declared["sources"]["orders"]
        frame = pd.DataFrame(ROWS, columns=["who", "when", "known", "amount", "channel"])
        (shop.folder / "many").mkdir()
        if way == "file":
            shop.write(ROWS)
        elif way == "folder":
            shop.write(ROWS[:3], "many/1.csv")
            shop.write(ROWS[3:][::-1], "many/2.csv")
            orders = orders | {"table": "many"}
        elif way == "parquet":
            dates = {name: pd.to_datetime(frame[name], format="mixed") for name in ("when", "known")}
            frame.assign(**dates).sample(frac=1, random_state=0).to_parquet(shop.folder / "orders.parquet")
            orders = orders | {"table": "*.parquet"}
        else:
            with sqlite3.connect(shop.folder / "shop.db") as database:
                frame.to_sql("orders", database, index=False)
            database.close()
            orders = {key: value for key, value in orders.items() if key != "table"}
            orders |= {"url": f"sqlite:///{shop.folder}/shop.db", "query": "SELECT * FROM orders"}
        shop.bring(declared=declared | {"sources": {"orders": orders}})
        contents.append([path.read_bytes() for path in sorted(shop.data.iterdir())])
    assert all(content == contents[0] for content in contents)


def test_a_new_file_is_added_to_what_was_read(shop, declared):
    """Of a folder only the new file is read; a file that changed means that all are, and events count once either way."""
    many = declared | {"sources": {"orders": declared["sources"]["orders"] | {"table": "many"}}}
    (shop.folder / "many").mkdir()
    for place, rows in enumerate((ROWS[:3], ROWS[3:])):
        shop.write(rows, f"many/{place}.csv")
        shop.bring(declared=many)
    counts = shop.snapshot("2025-03-01")["orders_count_30d"].to_dict()
    assert counts == {"a": 3, "b": 1}
    os.utime(shop.folder / "many/0.csv", (0, 0))
    assert shop.bring(declared=many).anew == []


def test_a_run_that_fails_leaves_whole_snapshots_only(shop, declared, tmp_path):
    """A feature that cannot be made for the second date leaves the first snapshot whole, and the next run goes on there."""
    shop.write(ROWS)
    broken = "SELECT customer_id, CASE WHEN snapshot_date() > DATE '2025-03-05' THEN error('no') ELSE 1 END AS one FROM orders"
    own = {"mine": {"of": ["orders"], "days": 400, "sql": f"{broken} GROUP BY customer_id"}}
    with pytest.raises(TableError, match=r"snapshot 2025-03-11.*no|events\.own\.mine.*no"):
        shop.bring(declared=declared | {"own": own})
    assert [path.name for path in shop.data.iterdir()] == ["snapshot-2025-03-01.parquet"]
    own["mine"]["sql"] = "SELECT customer_id, 1 AS one FROM orders GROUP BY customer_id"
    assert len(shop.bring(declared=declared | {"own": own}).made) == 4


@pytest.mark.parametrize(
    "sql", ["SELECT who AS customer_id, 1 AS x FROM read_csv('{}/orders.csv')", "COPY orders TO '{}/out.csv'"]
)
def test_own_features_open_no_file(shop, declared, sql):
    """The user's SQL sees the cut tables alone: it can neither read the source behind them nor write."""
    shop.write(ROWS)
    own = {"mine": {"of": ["orders"], "days": 30, "sql": sql.format(shop.folder)}}
    with pytest.raises(TableError, match=r"events\.own\.mine"):
        shop.bring(declared=declared | {"own": own})


def test_own_features_may_be_python(shop, declared, monkeypatch):
    """A function gets a connection to the cut tables and the date, and returns a frame or a relation."""
    shop.write(ROWS)
    query = "SELECT customer_id, max(amount) AS most FROM orders GROUP BY customer_id"
    code = f'def most(tables, day):\n    return tables.sql("{query}").df()\n'
    (shop.folder / "mine.py").write_text(code, encoding="utf-8")
    monkeypatch.chdir(shop.folder)
    shop.bring(declared=declared | {"own": {"mine": {"of": ["orders"], "days": 30, "python": "mine:most"}}})
    assert shop.snapshot("2025-03-01")["most"].to_dict() == {"a": 20.5, "b": 7.0}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("a", "2025-03-01", "2025-03-01", "many", "web"), "column 'amount': 'many' is not a number"),
        (("a", "yesterday", "2025-03-01", 1, "web"), "column 'when': 'yesterday' is not a time"),
    ],
)
def test_a_cell_of_another_kind_is_named(shop, row, said):
    """What is not of its kind is refused with its column, and no snapshot is made."""
    shop.write([*ROWS, row])
    with pytest.raises(TableError, match=said):
        shop.bring()
    assert not shop.data.exists()


def test_a_date_that_events_do_not_reach_is_refused(shop):
    """Nobody knows yet who is a customer tomorrow."""
    shop.write(ROWS)
    with pytest.raises(TableError, match="complete until 2025-03-31"):
        shop.bring(date(2025, 4, 1))


def test_rows_of_nobody_are_counted_and_passed_over(shop, declared):
    """An event without a customer is no event of anybody; values that do not count are passed over too."""
    shop.write([*ROWS, ("", "2025-03-01", "2025-03-01", 1, "web")])
    orders = declared["sources"]["orders"] | {"only": {"channel": ["web"]}}
    shop.bring(declared=declared | {"sources": {"orders": orders}})
    assert shop.snapshot("2025-03-01")["orders_count_30d"].to_dict() == {"a": 2}


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("churn", "no_activity_in"), ["visits"], "churn: 'visits' is not among the sources"),
        (("sources", "orders", "columns"), {}, r"features\.sum: 'amount' is not among the columns that are a number"),
        (("sources", "orders", "url"), "sqlite://", "give either table, or url and query"),
        (("own", "mine", "python"), "a:b", "give either sql or python"),
    ],
)
def test_a_wrong_declaration_is_named(declared, path, value, said):
    """What contradicts itself stops before anything is read."""
    tree = dict(declared)
    inner = tree
    for key in path[:-1]:
        inner[key] = dict(inner[key])
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(ValueError, match=said):
        Events.model_validate(tree)


def test_an_address_takes_its_secret_from_the_environment(shop, declared):
    """A variable that is not set stops the run and names it."""
    orders = {key: value for key, value in declared["sources"]["orders"].items() if key != "table"}
    orders |= {"url": "postgresql://me:$NO_SUCH_VARIABLE@host/shop", "query": "SELECT 1"}
    with pytest.raises(ParamsError, match="NO_SUCH_VARIABLE"):
        shop.bring(declared=declared | {"sources": {"orders": orders}})
