"""The page for managers in a real browser."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from string import Template

import numpy as np
import pytest

from churn.store import Event
from monitoring.counts import Block
from monitoring.measure import Past, measure
from monitoring.overview import Known, Seen, render
from monitoring.retrain import Choice
from monitoring.verdict import judge
from support.companies import outcomes, rows, yardstick
from support.policy import params

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
FRAME = Template("""<iframe id="f" width="$width" height="900" srcdoc="$page"></iframe><p id="told"></p><script>
f.onload = () => {
  const root = f.contentDocument.documentElement;
  told.textContent = root.scrollWidth + " of " + root.clientWidth;
}
</script>""")


@pytest.fixture(scope="module")
def html() -> str:
    """The page after six real windows, the last of which has moved."""
    known, policy = yardstick(), params()
    seen, judged = [], []
    for i in range(6):
        window = rows(800, i, first=1000 * i)
        moved = window.matrix + (i == 5) * np.array([1, 0], dtype=np.float32)
        block = Block(moved, window.probability, window.customer)
        figures = measure(
            known, f"2026-{i + 1:02d}", block, Past(matured=[outcomes(window, i)], looks=i + 1), policy.monitoring
        )
        judged.append(figures)
        verdict = judge(judged, policy.monitoring)
        seen.append(Seen(figures, "1", verdict.state, NOW - timedelta(days=30 * (5 - i)), f"version-1/2026-{i + 1:02d}.html"))
    history = [Event("registered", "1", {}, NOW - timedelta(days=181)), Event("promoted", "1", {}, NOW - timedelta(days=180))]
    return render(Known(policy, "1", seen, history, verdict, Choice(None, ""), NOW, NOW + timedelta(days=1)))


def test_a_browser_draws_the_page(html: str, page: Callable[[str], str], tmp_path: Path) -> None:
    """A manager reads the answer, the worth, and why; every picture is there, and none of it needs another machine."""
    (tmp_path / "index.html").write_text(html)
    drawn = page((tmp_path / "index.html").as_uri())
    assert "Is the model well?" in drawn
    assert "tenure moved" in drawn
    assert "expected profit" in drawn
    assert drawn.count("<svg") == html.count("<svg") >= 10
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(html: str, page: Callable[[str], str], tmp_path: Path, width: int) -> None:
    """On a phone and on a desk the page does not scroll sideways."""
    (tmp_path / "frame.html").write_text(FRAME.substitute(width=width, page=escape(html)))
    drawn = page((tmp_path / "frame.html").as_uri())
    wide, room = drawn.split('<p id="told">')[1].split("</p>")[0].split(" of ")
    assert 0 < int(wide) <= int(room) <= width
