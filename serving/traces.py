"""OpenTelemetry traces, when the standard OTEL_* variables say where to send them; else nothing of it is imported.

A request is a span, named after its route, and a child of the caller's span if it sends `traceparent`; `span` adds its
steps. Exceptions are marked and not described, since their text may quote what a customer sent.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from churn.errors import ParamsError
from serving.logs import METHODS, request_id
from serving.measure import route_of

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
NOTHING: AbstractContextManager[Any] = nullcontext()
QUIET: dict[str, Any] = {"record_exception": False, "set_status_on_exception": False}

_tracer: "ContextVar[Tracer | None]" = ContextVar("tracer", default=None)


def span(name: str) -> AbstractContextManager[Any]:
    """A step of the request that is being served; it costs nothing while there are no traces."""
    tracer = _tracer.get()
    return NOTHING if tracer is None else tracer.start_as_current_span(name, **QUIET)


def step(name: str, began: int, ended: int) -> None:
    """A step that was done for this request among others, elsewhere; times are nanoseconds since the epoch."""
    tracer = _tracer.get()
    if tracer is not None:
        tracer.start_span(name, start_time=began).end(ended)


def provider(environment: Mapping[str, str]) -> "TracerProvider | None":
    """What the OTEL_* variables ask for, None if they ask for nothing. Raises ParamsError without the extra `otel`.

    The library itself reads the other variables: headers, timeouts, sampler, service name, size of its batches.
    """
    kind = exporter(environment)
    if kind is None:
        return None
    try:
        return _provider(kind)
    except ImportError as error:
        raise ParamsError("OTEL_* variables ask for traces; install the extra: pip install 'churn[otel]'") from error


def exporter(environment: Mapping[str, str]) -> str | None:
    """The exporter that the environment names: otlp as soon as it has an endpoint, console, or None."""
    reached = any(environment.get(name) for name in ENDPOINTS)
    kind = environment.get("OTEL_TRACES_EXPORTER", "").strip().lower() or ("otlp" if reached else "none")
    if kind not in {"otlp", "console", "none"}:
        raise ParamsError(f"environment variable OTEL_TRACES_EXPORTER: {kind!r} is not one of otlp, console, none")
    off = kind == "none" or environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    return None if off else kind


def _provider(kind: str) -> "TracerProvider":
    """Imports what few servers need. Spans are sent in batches by a thread of the library."""
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter  # noqa: PLC0415

    out: SpanExporter = ConsoleSpanExporter()
    if kind == "otlp":
        # Only the extra brings this one, so the type checker may or may not find it.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
            OTLPSpanExporter,
        )

        out = OTLPSpanExporter()
    made = TracerProvider(resource=Resource.create({"service.name": "churn"}))
    made.add_span_processor(BatchSpanProcessor(out))
    return made


class Traced:
    """ASGI middleware: a span for each request."""

    def __init__(self, app: ASGIApp, made: "TracerProvider") -> None:
        from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

        self.app = app
        self._tracer = made.get_tracer("churn.serving")
        self._parent = TraceContextTextMapPropagator().extract
        self._kind, self._error = SpanKind.SERVER, StatusCode.ERROR

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on inside its span."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name = f"{scope['method'] if scope['method'] in METHODS else 'OTHER'} {route_of(scope)}"
        sent = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"] if key.startswith(b"trace")}
        known = {"http.route": route_of(scope), "churn.request_id": request_id.get()}
        parent = self._parent(sent)
        with self._tracer.start_as_current_span(name, parent, self._kind, attributes=known, **QUIET) as request:

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    request.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= 500:
                        request.set_status(self._error)
                await send(message)

            token = _tracer.set(self._tracer)
            try:
                await self.app(scope, receive, noted)
            finally:
                _tracer.reset(token)
