"""What a panel is made of: one `gr.HTML` with our own markup, style and script from `web`."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from vae_core.app.server.calls import Call, page_function
from vae_core.files import PACKAGE

STATIC = PACKAGE / "app" / "web"


def static(name: str) -> str:
    """The text of a file in `web`, empty when there is none."""
    path = STATIC / name
    return path.read_text("utf-8") if path.is_file() else ""


def panel(name: str, calls: Sequence[Call], **words: str) -> gr.HTML:
    """Place the component `name`: `web/NAME.html` driven by `web/NAME.js`.

    Args:
        name: file stem of the markup and the script.
        calls: what the script may ask for, as `server.NAME(argument)`.
        words: replacements for `[[key]]` in the markup.
    """
    markup = static(f"{name}.html")
    for key, value in words.items():
        markup = markup.replace(f"[[{key}]]", value)
    return gr.HTML(
        html_template=inert(markup),
        js_on_load=f"{static(f'{name}.js')}\n//# sourceURL={name}.js",
        server_functions=[page_function(each) for each in calls],
        apply_default_css=False,
    )


def inert(markup: str) -> str:
    """Markup as it stands: Gradio reads templates as Handlebars and as a JS template string."""
    if "{{" in markup:
        raise ValueError("markup must not hold '{{', which Gradio's templates would fill in.")
    return markup.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
