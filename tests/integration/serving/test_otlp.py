"""Traces as a collector gets them: sent by a real server over HTTP."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support.server import point, running, until
from support.tiny import ROW, build_bundle

service = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2", reason="the extra otel is absent")


@pytest.fixture
def collector():
    """The address of a collector and the spans that it was sent."""
    spans = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            sent = service.ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["content-length"])))
            for resource in sent.resource_spans:
                spans.extend(span for scope in resource.scope_spans for span in scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{receiver.server_port}", spans
        receiver.shutdown()


def test_a_collector_gets_the_steps_of_a_request(collector, tmp_path):
    """With the standard variables alone, a prediction is a span with its decode, score and commit, in the caller's trace."""
    address, spans = collector
    point(tmp_path, "1", build_bundle(tmp_path / "built"))
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    own = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with running(tmp_path, **own) as (_, client):
        assert client.post("/predict", json=ROW, headers={"traceparent": caller}).status_code == 200
        until(lambda: any(span.name == "POST /predict" for span in spans))
        until(lambda: {span.name for span in spans} >= {"decode", "score", "commit"})
    (request,) = [span for span in spans if span.name == "POST /predict"]
    assert request.trace_id.hex() == caller.split("-")[1]
    assert request.parent_span_id.hex() == caller.split("-")[2]
    steps = [span for span in spans if span.parent_span_id == request.span_id]
    assert sorted(span.name for span in steps) == ["commit", "decode", "score"]
    assert all(request.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano for span in steps)
