"""The pages that monitoring has written: the overview, and the reports it leads to. They are files; nothing is drawn here."""

import re
from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse

from serving.keys.guard import DASHBOARD

OVERVIEW = "index.html"
REPORT = re.compile(r"version-[A-Za-z0-9_-]{1,64}/[A-Za-z0-9_-]{1,255}\.html")
CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
OVERVIEW_POLICY = f"{CLOSED}; style-src 'unsafe-inline'"
# A report is a large program of Evidently's that shows texts of customers: it runs in an origin of its own and reaches nothing.
REPORT_POLICY = (
    f"{CLOSED}; sandbox allow-scripts; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; worker-src blob:"
)


def install(app: FastAPI, reports: Path) -> None:
    """Serve the pages in a folder: the overview at /dashboard/index.html, the reports beside it, and nothing else."""

    @app.get(DASHBOARD, include_in_schema=False)
    async def begin() -> RedirectResponse:
        return RedirectResponse(f"{DASHBOARD}/{OVERVIEW}", 307)  # from there the links of the page lead to its reports

    @app.get(f"{DASHBOARD}/{{name:path}}", include_in_schema=False)
    def page(name: str) -> HTMLResponse:
        return HTMLResponse(read(reports, name), headers={"content-security-policy": policy(name)})


def read(reports: Path, name: str) -> bytes:
    """A page. Raises a 404 for a name that is none of ours, and for a page that nobody has written yet."""
    if name != OVERVIEW and not REPORT.fullmatch(name):
        raise HTTPException(404)
    try:
        return (reports / name).read_bytes()
    except OSError as error:
        raise HTTPException(404) from error


def policy(name: str) -> str:
    """What a page may load: the overview its own style, a report what it holds itself."""
    return OVERVIEW_POLICY if name == OVERVIEW else REPORT_POLICY
