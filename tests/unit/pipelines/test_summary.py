"""What the demo says at its end."""

from pipelines.demo import Line
from pipelines.summary import show


def test_each_month_and_each_page_is_shown(capsys, tmp_path, monkeypatch):
    """The pages are those that `churn up` opens in the demo's workspace, whatever ports the demo itself used."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHURN_MLFLOW_PORT", "61234")
    show([Line("2025-07", 1500, "1", "steady", 0.79, ["prices rise"])])
    told = capsys.readouterr().out
    assert all(part in told for part in ("2025-07", "1,500", "0.790", "steady", "prices rise", str(tmp_path)))
    assert all(f"http://127.0.0.1:{port}" in told for port in (4200, 5000, 8001, 8000))
