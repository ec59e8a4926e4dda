"""The pages of monitoring, as the server gives them."""

from base64 import b64encode

import pytest

from churn.settings import Settings
from serving.app import create_app
from serving.keys.key import make


@pytest.fixture
def reports(settings: Settings):
    """A folder of reports as monitoring leaves it."""
    folder = settings.reports / "version-1"
    folder.mkdir(parents=True)
    (settings.reports / "index.html").write_text("<title>well</title>")
    (folder / "2026-01.html").write_text("<title>report</title>")
    (folder / "2026-01.json").write_text("{}")
    (settings.state / "secret.html").write_text("secret")
    return settings.reports


def test_the_overview_and_its_reports_are_served(client, reports):
    """/dashboard leads to the overview, whose relative links lead to the reports."""
    moved = client.get("/dashboard")
    assert (moved.status_code, moved.headers["location"]) == (307, "/dashboard/index.html")
    assert "well" in client.get(moved.headers["location"]).text
    assert "report" in client.get("/dashboard/version-1/2026-01.html").text


def test_pages_may_load_nothing(client, reports):
    """The overview runs no script; a report runs its own in an origin of its own."""
    overview, report = (
        client.get(f"/dashboard/{name}").headers["content-security-policy"] for name in ("index.html", "version-1/2026-01.html")
    )
    assert "script-src" not in overview
    assert "sandbox allow-scripts;" in report
    for policy in (overview, report):
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "connect-src" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/dashboard/",
        "/dashboard/version-1/2026-01.json",
        "/dashboard/version-1",
        "/dashboard/version-1/2026-02.html",
        "/dashboard/../secret.html",
        "/dashboard/version-1/../../../secret.html",
        "/dashboard/version-1/%2e%2e/%2e%2e/secret.html",
        "/dashboard//etc/passwd",
        "/dashboard/version-1/..%2f..%2fsecret.html",
        "/dashboard/index.html%00",
        "/dashboardx",
    ],
)
def test_nothing_else_is_served(client, reports, path):
    """Other files, other folders and pages that nobody has written are not found."""
    answer = client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_before_monitoring_has_looked_there_is_no_page(client):
    """Without a page the answer is a problem like any other."""
    answer = client.get("/dashboard/index.html")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("scope", ["predict", "outcomes", "admin"])
def test_a_key_of_an_admin_opens_the_dashboard(settings, slot, store, talk, reports, scope):
    """Also as the password that a browser asks for; another scope is refused, below the page too."""
    secret, line = make("someone", [scope])
    login = {"authorization": "Basic " + b64encode(f"me:{secret}".encode()).decode()}
    with talk(create_app(settings.model_copy(update={"api_keys": line_of(line)}), slot, store)) as guarded:
        for path in ("/dashboard/index.html", "/dashboard/version-1/2026-01.html", "/dashboard/nowhere"):
            assert guarded.get(path).status_code == 401
            assert "Basic" in guarded.get(path).headers["www-authenticate"]
            found = 404 if path.endswith("nowhere") else 200
            assert guarded.get(path, headers=login).status_code == (found if scope == "admin" else 403)
        assert guarded.get("/dashboard").status_code == 401


def line_of(line):
    """The keys as a setting."""
    return Settings(api_keys=line).api_keys
