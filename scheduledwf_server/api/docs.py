"""Swagger UI, served by us: it needs no internet, and no page of ours runs a script inline."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, send_from_directory
from swagger_ui_bundle import swagger_ui_path
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

#: What is served of the bundle and as what; the rest of it is not asked for.
ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui-standalone-preset.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
A_DAY_S = 24 * 60 * 60
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>scheduledwf API</title>
  <link rel="icon" type="image/png" href="docs/favicon-32x32.png">
  <link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="docs/swagger-ui-bundle.js"></script>
  <script src="docs/swagger-ui-standalone-preset.js"></script>
  <script src="docs/start.js"></script>
</body>
</html>
"""
#: Asks for a key only if the server does, and keeps it no longer than the page.
START = """"use strict";
(async () => {
  const url = new URL("api/v1/openapi.json", new URL(".", location.href)).href;
  let key = null;
  if ((await fetch(url)).status === 401) {
    key = window.prompt("API key (swf_…)");
  }
  window.ui = SwaggerUIBundle({
    url,
    dom_id: "#swagger-ui",
    deepLinking: true,
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: "BaseLayout",
    requestInterceptor: (request) => {
      if (key) {
        request.headers.Authorization = `Bearer ${key}`;
      }
      return request;
    },
  });
})();
"""

blp = Blueprint("docs", __name__)


@blp.get("/")
def front() -> AnyResponse:
    """The way to what a person can read."""
    return redirect("docs", 302)


@blp.get("/docs")
def page() -> Response:
    """The page that holds Swagger UI."""
    return Response(PAGE, headers={"Content-Security-Policy": CSP}, content_type="text/html")


@blp.get("/docs/<name>")
def asset(name: str) -> Response:
    """One file of Swagger UI."""
    if name == "start.js":
        return Response(START, content_type="text/javascript; charset=utf-8")
    if name not in ASSETS:
        raise NotFound
    folder = str(swagger_ui_path)
    return send_from_directory(folder, name, mimetype=ASSETS[name], max_age=A_DAY_S)
