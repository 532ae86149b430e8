"""What a panel is made of: one `gr.HTML` with our own markup and a module from `web`."""

from __future__ import annotations

import json
from collections.abc import Sequence

import gradio as gr

from vae_core.app.server import scripts
from vae_core.app.server.calls import Call, page_function, register

STYLED_AT_ONCE = ("explore",)
"""Panels whose styles come with the page; those of others come when they are opened."""
BULK = "core/bulk.js"
"""The module that asks for what is answered as bytes."""


def panel(name: str, calls: Sequence[Call], **words: str) -> gr.HTML:
    """Place the panel `name`: `web/panels/NAME.html`, mounted by `web/panels/NAME.js`."""
    register(name, calls)
    return component(f"panels/{name}", calls, late=name not in STYLED_AT_ONCE, **words)


def component(name: str, calls: Sequence[Call], *, late: bool = False, **words: str) -> gr.HTML:
    """Place a component: the markup `web/NAME.html` and the module `web/NAME.js`.

    The module exports `mount(element, server)`.

    Args:
        name: path of both in `web`, without their endings.
        calls: what the module may ask for, as `server.NAME(argument)`.
        late: whether its styles, `web/NAME.css`, come with it instead of with the page.
        words: replacements for `[[key]]` in the markup.
    """
    markup = scripts.text(f"{name}.html")
    for key, value in words.items():
        markup = markup.replace(f"[[{key}]]", value)
    needed = [scripts.module(f"{name}.js")]
    if late and scripts.style(name):
        needed += [
            f"{scripts.module('parts/stylesheet.js')}"
            f".then((late) => late.stylesheet({json.dumps(scripts.address(f'{name}.css'))}))"
        ]
    server = "server"
    if bulk := [each.name for each in calls if each.bulk]:
        needed.insert(1, scripts.module(BULK))
        server = f"bulk.inBulk(server, {json.dumps(bulk)})"
    return gr.HTML(
        html_template=inert(markup),
        js_on_load=f"Promise.all([{', '.join(needed)}])"
        f".then(([module, bulk]) => module.mount(element, {server}));",
        server_functions=[page_function(each) for each in calls],
        apply_default_css=False,
    )


def inert(markup: str) -> str:
    """Markup as it stands: Gradio reads templates as Handlebars and as a JS template string."""
    if "{{" in markup:
        raise ValueError("markup must not hold '{{', which Gradio's templates would fill in.")
    return markup.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
