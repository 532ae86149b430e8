"""The registry of calls is what a running app offers: no more, no less."""

from __future__ import annotations

from typing import Any

import gradio as gr
import httpx
import pytest
from gradio_client import Client
from serving import Served

from vae_core.app.server import shell
from vae_core.app.server.calls import API, Call, lines, live_functions, registry, takes_picture
from vae_core.app.server.page import panel
from vae_core.app.service.studio import Studio


@pytest.fixture(scope="module")
def app(served: Served) -> gr.Blocks:
    """The same app as the running one, not launched."""
    return shell.build_app(Studio(served.log.parent / "checkpoints", "cpu"))


def test_the_page_is_offered_what_its_panels_registered(app: gr.Blocks, url: str) -> None:
    parts = httpx.get(f"{url}config").json()["components"]
    offered = [names for part in parts if (names := part["props"].get("server_fns"))]
    listed = registry(app)
    assert set(listed) == {*shell.PANELS, API}, "\n".join(lines(app))
    assert offered == [[call.name for call in listed[name]] for name in shell.PANELS]


def test_programs_are_offered_what_the_api_registered(app: gr.Blocks, url: str) -> None:
    client = Client(url, verbose=False, analytics_enabled=False)
    given: Any = client.view_api(print_info=False, return_format="dict")
    offered = {
        name.removeprefix("/"): [each["parameter_name"] for each in about["parameters"]]
        for name, about in given["named_endpoints"].items()
    }
    listed = {call.name: list(call.arguments) for call in registry(app)[API]}
    assert offered == listed
    assert takes_picture(app) == {"encode", "interpolate", "reconstruct"}


def test_live_calls_of_the_page_go_over_the_socket(app: gr.Blocks) -> None:
    registered = {
        call.name
        for place, calls in registry(app).items()
        for call in calls
        if call.live is not None and place != API
    }
    assert set(live_functions(app)) == registered >= {"decode", "between"}


def test_one_live_name_means_one_thing() -> None:
    with gr.Blocks() as app:
        for name, run in (("explore", dict), ("sample", list)):
            panel(name, [Call(run, "decode", live=lambda _: True)])
    with pytest.raises(ValueError, match="two panels have a live call 'decode'"):
        live_functions(app)
