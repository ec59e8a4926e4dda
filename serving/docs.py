"""The API page, with its script and style from this server: it works on a machine without the internet."""

import re
from base64 import b64encode
from hashlib import sha256

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

PAGE = "/docs"
ASSETS = f"{PAGE}/assets"
INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def install(app: FastAPI) -> None:
    """Serve the page at /docs. The app is built without FastAPI's own, which loads from elsewhere."""
    app.mount(ASSETS, StaticFiles(packages=[("fastapi_offline", "static")]), name="assets")
    shown = get_swagger_ui_html(
        openapi_url="/openapi.json",
        title=app.title,
        swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{ASSETS}/favicon.png",
    )
    shown.headers["content-security-policy"] = policy(bytes(shown.body))

    @app.get(PAGE, include_in_schema=False)
    async def page() -> HTMLResponse:
        return shown


def policy(html: bytes) -> str:
    """What the page may load: files of this server and the script it holds itself, which is named by its hash.

    Its library writes styles into elements and draws symbols from data addresses.
    """
    scripts = [f"'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in INLINE.findall(html)]
    return (
        f"default-src 'none'; script-src 'self' {' '.join(scripts)}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
