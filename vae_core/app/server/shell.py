"""The page around the panels: head, header, tabs, theme and launch options."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.themes import Base
from gradio.utils import get_upload_folder
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from vae_core.app.server import (
    api,
    boot,
    bulk,
    calls,
    first_look,
    frontend,
    health,
    linking,
    routes,
    scripts,
    sheets,
    sockets,
    upkeep,
)
from vae_core.app.server import training_socket as training
from vae_core.app.server.body_limit import RequestLimits
from vae_core.app.server.headers import SecurityHeaders
from vae_core.app.server.page import STYLED_AT_ONCE, component
from vae_core.app.server.pages import Pages
from vae_core.app.server.root_path import RootPath
from vae_core.app.server.upload_route import UploadRoute
from vae_core.app.service.studio import Studio
from vae_core.files import JsonObject

PANELS = (
    "explore",
    "sample",
    "interpolate",
    "reconstruct",
    "compare",
    "map",
    "inside",
    "train",
    "use",
    "learn",
)
"""Each is NAME.py here, whose `build` places it, and `web/panels/NAME.{html,js}`, perhaps .css."""
STYLES = (
    "styles/tokens",
    "styles/base",
    "parts/picture",
    *(f"panels/{name}" for name in STYLED_AT_ONCE),
)
WAITING, THREADS, SESSIONS = 256, 64, 200
"""Calls in Gradio's queue, those it lets in at once (ours wait in no thread), and sessions, which
hold nothing. Exactly 40 threads would be shared with whoever opens the page."""
SYSTEM_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")


def build_app(studio: Studio) -> gr.Blocks:
    """The whole app as Blocks, not launched: header, one tab a panel, the named endpoints."""
    with gr.Blocks(title="VAE Studio", fill_width=True, analytics_enabled=False) as app:
        component("parts/header", [], device=studio.device_label)
        with gr.Tabs(overflow_behavior="wrap", elem_id="panels"):
            for name in PANELS:
                with gr.Tab(name.capitalize(), id=name, elem_id=f"tab-{name}"):
                    importlib.import_module(f"{__package__}.{name}").build(studio)
        api.build(studio)
    return app.queue(max_size=WAITING)


def launch_options(studio: Studio, app: gr.Blocks) -> dict[str, Any]:
    """Keyword arguments for `Blocks.launch`: our look, no Gradio footer, bounded requests."""
    listed = calls.registry(app)
    live = calls.live_calls(listed)
    uploads = UploadRoute(Path(get_upload_folder()))
    first = boot.first_digit(studio)
    socket = sockets.LiveSocket(live, studio.batches)
    return {
        "head": head(studio, first),
        "theme": theme(),
        "favicon_path": scripts.WEB / "favicon.png",
        "footer_links": [],
        "ssr_mode": False,
        "pwa": False,
        "run_history": False,
        "enable_monitoring": False,
        "max_file_size": "64mb",
        "max_threads": THREADS,
        "state_session_capacity": SESSIONS,
        "quiet": True,
        "app_kwargs": {
            "middleware": middleware(app, first),
            "routes": [
                WebSocketRoute(sockets.PATH, socket),
                WebSocketRoute(training.PATH, training.TrainingSocket(studio.trainings)),
                *health.routes(studio, socket),
                sheets.route(studio),
                bulk.route(calls.bulk_calls(listed)),
                *(
                    Route(routes.UPLOAD + end, uploads.receive, methods=["POST"])
                    for end in ("", "/")
                ),
            ],
            "lifespan": upkeep.lifespan(app, uploads, studio.trainings.close),
        },
    }


def middleware(app: gr.Blocks, first: JsonObject | None) -> list[Middleware]:
    """What stands before Gradio's own ways, the outermost first."""
    return [
        Middleware(RootPath),
        Middleware(SecurityHeaders),
        Middleware(scripts.Files),
        Middleware(frontend.Frontend),
        Middleware(Pages, head=preloads(), body=first_look.markup(first)),
        Middleware(RequestLimits, blocks=app),
    ]


def head(studio: Studio, first: JsonObject | None = None) -> str:
    """Styles, and what the page knows before any call.

    Styles go into `<head>` rather than `css=`, whose rules Gradio rewrites one by one.
    """
    known = boot.boot(studio, PANELS, first)
    styles = "\n".join(scripts.style(name) for name in STYLES)
    return (
        f"<style>{styles}</style>"
        f'<script type="application/json" id="studio-boot">{known}</script>'
        f"<script>{linking.without_comments(scripts.text('core/preselect.js'))}</script>"
    )


def preloads() -> str:
    """Links to all that the page begins with, all at once instead of one wave an import."""
    of_gradio = frontend.first_files()
    links = [
        *(_preload(name) for name in of_gradio),
        _preload(scripts.address(linking.FILE), 'fetchpriority="low" '),
    ]
    return "".join(links)


def _preload(address: str, more: str = "") -> str:
    if address.endswith(".css"):
        return f'<link rel="preload" as="style" crossorigin {more}href="{address}">'
    return f'<link rel="modulepreload" {more}href="{address}">'


def theme() -> Base:
    """Gradio's plainest theme with system fonts (no font is fetched) and our paper."""
    look = Base(font=SYSTEM_FONTS, font_mono=("ui-monospace", "monospace"))
    return look.set(
        body_background_fill="#f7f5f0",
        body_background_fill_dark="#14181d",
        body_text_color="#1c1f24",
        body_text_color_dark="#ece9e1",
    )
