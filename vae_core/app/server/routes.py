"""Which requests there are, and what each may carry; everything else is not answered.

Gradio brings routes that this app has no use for: recordings, proxies, editors, other hosts' files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from gradio import Blocks
from starlette.types import Scope

API = "/gradio_api"
UPLOAD = f"{API}/upload"
TEXT_LIMIT = 128
"""Characters of a session's or an event's name: Gradio keeps thousands of them."""

CLOSED = re.compile(
    rf"(?:{API})?/(?:proxy=|monitoring|login(?:/|$)|logout|deep_link|custom_component/|stream/|vibe-"
    r"|undo-vibe|mcp/|runs|run-history|profiling|process_recording|dev/|file/|file=\s*\w\w+:/)"
)
CALLS = re.compile(rf"{API}/(?P<way>run|api|call|call/v2)/(?P<name>[^/]+)/?")
BULK = "/studio/bulk"
OTHERS = re.compile(rf"{API}/(?:queue/join|component_server|cancel|reset|mcp)/?|{BULK}/\w+")
"""`mcp` is there where the app was started with it."""
STREAMS = re.compile(rf"{API}/(?:heartbeat/|queue/data|upload_progress|call/|mcp)")
RENDERED = re.compile(rf"(?:{API})?/(?:config|info|openapi\.json|theme\.css|manifest\.json)?/?")
EVENT = re.compile(rf"{API}/call/(?:v2/)?[^/]+/(?P<event>[^/]+)")


class NotHereError(LookupError):
    """There is nothing of that name, with a sentence for the caller."""


def path_of(scope: Scope) -> str:
    """The path of a request below the app's own root."""
    return scope["path"].removeprefix(scope.get("root_path", "").rstrip("/")) or "/"


def is_open(method: str, path: str) -> bool:
    """Whether a request is one of this app's."""
    if method in ("GET", "HEAD", "OPTIONS"):
        return not CLOSED.match(path)
    return method == "POST" and bool(CALLS.fullmatch(path) or OTHERS.fullmatch(path))


class Directory:
    """What there is to call in an app, so that a wrong name gets a sentence.

    Args:
        blocks: the app.
        takes_picture: names of the endpoints that take a picture.
    """

    def __init__(self, blocks: Blocks, takes_picture: Collection[str]) -> None:
        self.blocks, self.takes_picture = blocks, takes_picture

    def check(self, path: str, body: dict[str, object], pictures: Iterable[str]) -> None:
        """See that a body names what there is and holds pictures only where one is taken.

        Args:
            path: of the request, an open one.
            body: its parsed body.
            pictures: names of the pending pictures in it.

        Raises:
            NotHereError: there is no such function, component or event.
            ValueError: a name too long or of a wrong kind.
            OverflowError: a picture where none is taken.
        """
        for key, value in body.items():
            if not isinstance(value, str) or key in ("data", "event_data"):
                continue
            if len(value) > TEXT_LIMIT and value not in pictures:
                raise ValueError(f"{key} may have up to {TEXT_LIMIT} characters.")
        if call := CALLS.fullmatch(path):
            places = self._of_call(call["name"], call["way"], body)
        elif path.startswith(f"{API}/component_server"):
            places = self._of_component(body)
        elif path.startswith(f"{API}/queue/join"):
            places = self._of_queue(body)
        elif path.startswith(f"{API}/mcp"):
            places = self._of_tool(body)
        else:
            places = []
        if any(picture not in places for picture in pictures):
            raise OverflowError

    def knows_event(self, event: str) -> bool:
        """Whether the result of a call can still be fetched."""
        queue = self.blocks._queue
        return (
            event in queue.event_ids_to_events
            or event in queue.pending_messages_per_session
            or any(event in ids for ids in queue.pending_event_ids_session.values())
        )

    def _of_call(self, name: str, way: str, body: dict[str, object]) -> list[object]:
        if name not in {fn.api_name for fn in self.blocks.fns.values()}:
            raise NotHereError(f"There is no endpoint {name[:40]!r}.")
        if name not in self.takes_picture:
            return []
        if way == "call/v2":
            return list(body.values())
        return self._listed(body)

    def _of_component(self, body: dict[str, object]) -> list[object]:
        number, name, data = (body.get(key) for key in ("component_id", "fn_name", "data"))
        known = self.blocks.blocks.get(number) if type(number) is int else None
        given = getattr(known, "server_fns", None) or ()
        if name not in [each.__name__ for each in given]:
            raise NotHereError("There is no such function in this app; please load the page again.")
        if "session_hash" not in body or "data" not in body:
            raise ValueError("The request must hold data and session_hash.")
        return [data.get(key) for key in ("picture", "file")] if isinstance(data, dict) else []

    def _of_queue(self, body: dict[str, object]) -> list[object]:
        number = body.get("fn_index")
        found = self.blocks.fns.get(number) if type(number) is int else None
        if found is None:
            raise NotHereError("There is no function of that number in this app.")
        return self._listed(body) if found.api_name in self.takes_picture else []

    def _of_tool(self, body: dict[str, object]) -> list[object]:
        asked = body.get("params")
        if not isinstance(asked, dict) or asked.get("name") not in self.takes_picture:
            return []
        given = asked.get("arguments")
        return list(given.values()) if isinstance(given, dict) else []

    def _listed(self, body: dict[str, object]) -> list[object]:
        data = body.get("data")
        return data if isinstance(data, list) else []
