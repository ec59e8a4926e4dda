"""The pages of monitoring in a real browser, from a real server."""

import pytest

from support.server import point, running
from support.tiny import build_bundle

REPORT = """<!doctype html><title>report</title><p id="shown">nothing</p><script>
let cookies = "readable"; try { document.cookie } catch { cookies = "out of reach" }
shown.textContent = `drawn by its script; cookies ${cookies}`;
fetch("/model").then(() => { shown.textContent += "; reached the API" }, () => { shown.textContent += "; reached nothing" });
</script>"""


@pytest.fixture
def client(tmp_path):
    point(tmp_path, "1", build_bundle(tmp_path / "bundle"))
    folder = tmp_path / "reports" / "version-1"
    folder.mkdir(parents=True)
    (folder / "2026-01.html").write_text(REPORT)
    (tmp_path / "reports" / "index.html").write_text(
        "<!doctype html><style>p { color: red }</style><p>well</p><script>x</script>"
    )
    with running(tmp_path) as (_, client):
        yield client


def test_a_browser_follows_the_dashboard(client, page):
    """/dashboard shows the overview; a report draws itself, and reaches neither the API nor anything of this origin."""
    assert "<p>well</p>" in page(f"{client.base_url}/dashboard")
    drawn = page(f"{client.base_url}/dashboard/version-1/2026-01.html")
    assert "drawn by its script; cookies out of reach; reached nothing" in drawn
