"""OpenTelemetry traces, with an exporter that keeps the spans in memory."""

import subprocess
import sys

import pytest

from churn.errors import ParamsError
from serving.app import create_app
from serving.traces import exporter, provider, span

sdk = pytest.importorskip("opentelemetry.sdk.trace", reason="the extra otel is not installed")
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNTOUCHED = """
import sys
from pathlib import Path
from churn.settings import Settings
from serving import traces
from serving.app import create_app
from serving.slot import ModelSlot
assert traces.provider({}) is None
create_app(Settings(state=Path(sys.argv[1])), ModelSlot(), None)
print("opentelemetry.sdk" in sys.modules)
"""


@pytest.fixture
def spans(settings, slot, store, talk, row):
    """Send one request to a traced app; gives its spans, children first."""
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: PLC0415
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter  # noqa: PLC0415

    def send(path, body=row, **headers):
        kept, made = InMemorySpanExporter(), sdk.TracerProvider()
        made.add_span_processor(SimpleSpanProcessor(kept))
        with talk(create_app(settings, slot, store, made)) as client:
            answer = client.post(path, json=body, headers=headers)
        return answer, kept.get_finished_spans()

    return send


def test_a_request_is_a_span(spans):
    """It is named after its route, tells status and id, and continues the trace of the caller."""
    answer, found = spans("/predict", traceparent=PARENT)
    request = found[-1]
    assert request.name == "POST /predict"
    assert request.attributes["http.route"] == "/predict"
    assert request.attributes["http.response.status_code"] == 200
    assert request.attributes["churn.request_id"] == answer.headers["x-request-id"]
    assert f"{request.context.trace_id:032x}" == PARENT.split("-")[1]
    assert request.status.is_ok


def test_spans_hold_nothing_that_a_customer_sent(spans, store, row):
    """Neither names, attributes nor events quote path, query or body, also where a bug ends the request."""

    def broken(made):
        raise ValueError(made[0].customer)

    store.log = broken
    answer, found = spans("/predict?who=Zq7", row | {"customer id": "Zq7"})
    assert answer.status_code == 500
    assert not found[-1].status.is_ok
    assert "Zq7" not in "".join(one.to_json() for one in found)
    _, found = spans("/Zq7")
    assert found[-1].name == "POST unmatched"


def test_a_step_outside_of_a_traced_request_is_nothing():
    """Without traces a step is the same empty context each time."""
    assert span("score") is span("commit")


def test_the_environment_decides():
    """An endpoint or an exporter turns traces on; `none` and the switch of the standard turn them off."""
    endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
    assert exporter({}) is None
    assert exporter(endpoint) == exporter({"OTEL_TRACES_EXPORTER": "otlp"}) == "otlp"
    assert exporter({"OTEL_TRACES_EXPORTER": "console"}) == "console"
    assert exporter(endpoint | {"OTEL_TRACES_EXPORTER": "none"}) is None
    assert exporter(endpoint | {"OTEL_SDK_DISABLED": "true"}) is None
    with pytest.raises(ParamsError, match="OTEL_TRACES_EXPORTER: 'zipkin'"):
        exporter({"OTEL_TRACES_EXPORTER": "zipkin"})
    made = provider({"OTEL_TRACES_EXPORTER": "console"})
    assert made.resource.attributes["service.name"] == "churn"
    made.shutdown()


def test_without_the_variables_nothing_is_imported(tmp_path):
    """A server without traces does not load the library."""
    done = subprocess.run([sys.executable, "-c", UNTOUCHED, tmp_path], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("False", 0), done.stderr


def test_the_steps_of_a_prediction_are_spans(spans, row):
    """Decode, score and commit lie inside of the request, also where others share the last two."""
    for path, body in (("/predict", row), ("/predict/batch", {"customers": [row] * 3})):
        _, found = spans(path, body)
        request, steps = found[-1], found[:-1]
        assert {"decode", "score", "commit"} <= {one.name for one in steps}
        for one in steps:
            assert one.parent.span_id == request.context.span_id
            assert request.start_time <= one.start_time <= one.end_time <= request.end_time
