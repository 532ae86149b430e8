"""How data becomes words on the page: no markup."""

from __future__ import annotations

from typing import Any

import pytest

from vae_core.app.server import scripts

pytestmark = pytest.mark.browser


def test_what_comes_from_data_stays_text(desktop: Any, app_url: str) -> None:
    desktop.goto(app_url + "gradio_api/app_id")
    markup = desktop.evaluate(
        """async (address) => {
          const { bold, make, num, text } = await import(address);
          const evil = '<img src=x onerror="window.struck = true">';
          const made = text`A ${bold(evil)} of ${evil}, ${num(evil, "rate")}.`;
          document.body.append(made, make("p", {}, evil, null));
          return [document.querySelectorAll("img").length, document.body.textContent];
        }""",
        app_url + scripts.address("parts/nodes.js"),
    )
    assert markup[0] == 0
    assert markup[1].count("<img") == 4
    assert desktop.evaluate("window.struck") is None
