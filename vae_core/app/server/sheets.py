"""The example pictures of models of other sets: one sheet a checkpoint."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from vae_core.app.service.studio import Studio

PREFIX = "studio/examples"
"""Relative to the page, which may lie below a proxy's root path."""


def address(name: str) -> str:
    """Where the sheet of a checkpoint is, relative to the page."""
    return f"{PREFIX}/{quote(name, safe='')}.png"


def route(studio: Studio) -> Route:
    """GET the sheet of a checkpoint; a browser asks again whether it is still the same."""

    async def sheet(request: Request) -> Response:
        its = studio.registry.set_of(request.path_params["name"])
        if its is None or its.examples is None:
            return Response("There is no such sheet.", 404)
        headers = {"cache-control": "no-cache", "etag": f'"{its.examples.digest}"'}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        return Response(its.examples.sheet, media_type="image/png", headers=headers)

    return Route(f"/{PREFIX}/{{name}}.png", sheet, methods=["GET"])
