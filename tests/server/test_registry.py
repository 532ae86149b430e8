"""The registry of calls is what a running app offers: no more, no less."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from gradio_client import Client
from serving import Served

from vae_core.app.server import shell
from vae_core.app.server.calls import API, Call, live_calls, takes_picture

LINE = re.compile(r"(\w+): (\w+)\((.*)\)( live)?")


@pytest.fixture(scope="module")
def listed(served: Served) -> dict[str, dict[str, list[str]]]:
    """Place -> call -> arguments, as the running app printed its registry."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in served.log.read_text().splitlines():
        if match := LINE.fullmatch(line):
            place, name, arguments = match.group(1, 2, 3)
            found.setdefault(place, {})[name] = [each for each in arguments.split(", ") if each]
    return found


def test_each_panel_and_the_api_are_listed(listed: dict[str, Any]) -> None:
    silent = set(shell.PANELS) - set(listed)
    assert silent <= {"learn"}, "lessons are made of other panels' calls"
    assert list(listed) == [name for name in (*shell.PANELS, API) if name not in silent]


def test_the_page_is_offered_what_its_panels_registered(listed: dict[str, Any], url: str) -> None:
    parts = httpx.get(f"{url}config").json()["components"]
    offered = [names for part in parts if (names := part["props"].get("server_fns"))]
    assert offered == [list(listed[name]) for name in shell.PANELS if name in listed]


def test_programs_are_offered_what_the_api_registered(listed: dict[str, Any], url: str) -> None:
    client = Client(url, verbose=False, analytics_enabled=False)
    given: Any = client.view_api(print_info=False, return_format="dict")
    offered = {
        name.removeprefix("/"): [each["parameter_name"] for each in about["parameters"]]
        for name, about in given["named_endpoints"].items()
    }
    assert offered == listed[API]


def quick(_: object) -> bool:
    return True


def test_live_calls_of_the_page_go_over_the_socket() -> None:
    drag, slow = Call(dict, "drag", live=quick), Call(dict, "slow")
    endpoint = Call(dict, "decode", live=quick)
    assert set(live_calls({"explore": (drag, slow), API: (endpoint,)})) == {"drag"}


def test_one_live_name_means_one_thing() -> None:
    one, same, other = (Call(run, "decode", live=quick) for run in (dict, dict, list))
    assert set(live_calls({"explore": (one,), "sample": (same,)})) == {"decode"}
    with pytest.raises(ValueError, match="two panels have a live call 'decode'"):
        live_calls({"explore": (one,), "sample": (other,)})


def test_endpoints_that_open_a_picture_take_one() -> None:
    listed = {"explore": (Call(dict, "a", opens=True),), API: (Call(dict, "b", opens=True),)}
    assert takes_picture(listed) == {"b"}
