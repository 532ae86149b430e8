"""The page around the panels: head, header, tabs, theme and launch options."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.themes import Base
from gradio.utils import get_upload_folder
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from vae_core.app import wire
from vae_core.app.server import api, assets, calls, health, routes, scripts, sockets, upkeep
from vae_core.app.server import training_socket as training
from vae_core.app.server.body_limit import RequestLimits
from vae_core.app.server.headers import SecurityHeaders
from vae_core.app.server.page import STYLED_AT_ONCE, component
from vae_core.app.server.pages import Pages
from vae_core.app.server.upload_route import UploadRoute
from vae_core.app.service import groups
from vae_core.app.service.studio import Studio
from vae_core.files import Json

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
FIRST_MODULES = ("parts/header.js", "panels/explore.js")
"""What the page mounts on arrival; the modules of other panels come when they are opened."""
METRICS = (
    *("nll", "importance_samples", "elbo", "distortion", "rate", "mse", "n_images"),
    *("active_units", "fid", "fid_floor", "sample_entropy", "test_entropy", "not_digits"),
    *("prior_gap", "prior_gap_at_most", "prior_gap_digits"),
)
"""Figures that the page shows."""
DEFAULT_MODEL = "vae-flow-digits"
FIRST_EXAMPLE = 3
"""Place in the example sheet of the digit that the app opens on."""
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
    live = calls.live_calls(calls.registry(app))
    uploads = UploadRoute(Path(get_upload_folder()))
    socket = sockets.LiveSocket(live, studio.batches)
    return {
        "head": head(studio),
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
            "middleware": [
                Middleware(SecurityHeaders),
                Middleware(scripts.Files),
                Middleware(Pages, head=preloads()),
                Middleware(RequestLimits, blocks=app),
            ],
            "routes": [
                WebSocketRoute(sockets.PATH, socket),
                WebSocketRoute(training.PATH, training.TrainingSocket(studio.trainings)),
                *health.routes(studio, socket),
                *(
                    Route(routes.UPLOAD + end, uploads.receive, methods=["POST"])
                    for end in ("", "/")
                ),
            ],
            "lifespan": upkeep.lifespan(app, uploads, studio.trainings.close),
        },
    }


def head(studio: Studio) -> str:
    """Styles, and what the page knows before any call.

    Styles go into `<head>` rather than `css=`, whose rules Gradio rewrites one by one.
    """
    styles = "\n".join(scripts.style(name) for name in STYLES)
    return (
        f"<style>{styles}</style>"
        f'<script type="application/json" id="studio-boot">{boot(studio)}</script>'
        f"<script>{scripts.text('core/preselect.js')}</script>"
    )


def preloads() -> str:
    """Links to the modules that the page begins with, all at once instead of one wave an import.

    Of low priority: they come while Gradio's own scripts, which come first, are being read.
    """
    names = scripts.needed(FIRST_MODULES)
    return "".join(
        f'<link rel="modulepreload" fetchpriority="low" href="{scripts.address(name)}">'
        for name in names
    )


def boot(studio: Studio) -> str:
    """JSON of the models' cards and the first digit, safe inside a `<script>`."""
    cards = sorted(studio.checkpoints(), key=groups.place)
    names = [card["name"] for card in cards]
    chosen = DEFAULT_MODEL if DEFAULT_MODEL in names else next(iter(names), None)
    facts = {
        "models": [card | {"metrics": shown(card["metrics"])} for card in cards],
        "chosen": chosen,
        "first": first_digit(studio, chosen),
        "panels": list(PANELS),
        "device": studio.device_label,
        "examples": assets.sheet(),
    }
    return json.dumps(facts, separators=(",", ":")).replace("<", "\\u003c")


def shown(metrics: Mapping[str, object]) -> dict[str, object]:
    """The figures of a card that the page shows."""
    return {key: metrics[key] for key in METRICS if key in metrics}


def first_digit(studio: Studio, name: str | None) -> Json:
    """An example digit and its code, sent with the page so that it opens on a real picture."""
    if name is None:
        return None
    digits, labels, _ = assets.examples()
    digit = {"pixels": wire.pack(digits[FIRST_EXAMPLE])}
    try:
        code = studio.encode(name, digit, label=labels[FIRST_EXAMPLE])
        made = studio.decode(name, code["z"], code["label"])
    except Exception:  # a model that cannot be used: the panel says why when it asks
        return None
    about = {key: code[key] for key in ("input", "z", "nearer", "label")}
    return wire.to_json({"checkpoint": name, **about, "pixels": made["pixels"]})


def theme() -> Base:
    """Gradio's plainest theme with system fonts (no font is fetched) and our paper."""
    look = Base(font=SYSTEM_FONTS, font_mono=("ui-monospace", "monospace"))
    return look.set(
        body_background_fill="#f7f5f0",
        body_background_fill_dark="#14181d",
        body_text_color="#1c1f24",
        body_text_color_dark="#ece9e1",
    )
