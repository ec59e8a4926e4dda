"""The rules for Prometheus, checked by its own tool, and a scrape by a real one."""

import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from serving.keys.key import make
from support.server import free_port, point, running, until
from support.tiny import ROW, build_bundle

FOLDER = Path(__file__).parents[3] / "monitoring" / "prometheus"
SECRET, LINE = make("scraper", ["predict", "admin"])
METRIC = re.compile(r"\bchurn_[a-z_]+")


def tool(name):
    """A program of Prometheus; without it the test is skipped."""
    found = shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.fixture
def folder(tmp_path):
    """A copy of the configuration with the key of the test."""
    shutil.copytree(FOLDER, tmp_path / "prometheus")
    (tmp_path / "prometheus" / "churn.key").write_text(SECRET)
    return tmp_path / "prometheus"


@pytest.fixture
def server(tmp_path):
    """A real server with one prediction made, whose metrics need a key."""
    state = tmp_path / "state"
    state.mkdir()
    point(state, "1", build_bundle(tmp_path / "built"))
    with running(state, CHURN_API_KEYS=LINE) as (_, client):
        client.headers["x-api-key"] = SECRET
        assert client.post("/predict", json=ROW).status_code == 200
        yield client


@pytest.mark.parametrize("words", ["check rules rules.yml", "test rules rules_test.yml", "check config prometheus.yml"])
def test_the_rules_are_sound(folder, words):
    """Rules, their scenarios and the configuration pass the tool."""
    done = subprocess.run([tool("promtool"), *words.split()], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_metric_of_the_rules_is_exposed(server):
    """No rule waits for a name that the server does not have."""
    used = set(METRIC.findall((FOLDER / "rules.yml").read_text()))
    shown = set(METRIC.findall(server.get("/metrics").text))
    assert used
    assert used <= shown


def test_a_real_prometheus_scrapes_the_server(server, folder):
    """With the key it finds the target up, reads what was counted, and records what the rules say."""
    program = tool("prometheus")
    config = (folder / "prometheus.yml").read_text().replace("127.0.0.1:8000", server.base_url.netloc.decode())
    (folder / "prometheus.yml").write_text(config.replace("15s", "1s"))
    own = f"127.0.0.1:{free_port()}"
    command = [program, "--config.file=prometheus.yml", "--storage.tsdb.path=data", f"--web.listen-address={own}"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: ask(own, 'up{job="churn"}') == [1.0])
            assert ask(own, "sum(churn_rows_scored_total)") == [1.0]
            assert ask(own, 'count(churn_model_info{version="1"})') == [1.0]
            until(lambda: len(ask(own, "churn:requests:rate5m")) == 1)
            assert ask(own, 'ALERTS{alertstate="firing"}') == []
        finally:
            process.terminate()


def ask(address, query):
    """The values that a Prometheus answers, none while it is starting."""
    try:
        answer = httpx.get(f"http://{address}/api/v1/query", params={"query": query})
    except httpx.TransportError:
        return []
    return [float(found["value"][1]) for found in answer.json()["data"]["result"]] if answer.is_success else []
