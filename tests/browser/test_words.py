"""What the page says of a model: nothing that its kind, or a measurement, denies."""

from __future__ import annotations

import re
from typing import Any

import pytest
from test_family_panels import need

import vae_core

pytestmark = pytest.mark.browser


def words_of(page: Any, url: str, panel: str, name: str, query: str = "") -> str:
    """ "What am I seeing?" of a panel for a model."""
    need(name)
    page.goto(f"{url}?panel={panel}&model={name}{query}")
    text = page.locator(f"[data-testid=panel-{panel}] .seeing-text")
    page.wait_for_function("(p) => p.textContent.length > 40", arg=text.element_handle())
    return text.text_content()


@pytest.mark.parametrize("name", ["vae-gaussian", "vae-gaussian-learned", "vae-laplace"])
def test_a_density_is_no_cost_in_nats(desktop: Any, app_url: str, name: str) -> None:
    words = words_of(desktop, app_url, "explore", name)
    metrics: Any = vae_core.inspect(name)["metrics"]
    assert "Saying a test digit with this model costs" not in words
    assert "no cost in nats" in words
    assert f"{-metrics['elbo']:.1f}".replace("-", "−") in words
    facts = desktop.text_content("[data-studio=facts]")
    assert f"−ELBO {-metrics['elbo']:.1f} of a density".replace("-", "−") in facts
    assert not re.search(r"-\d", words + facts)


def test_grey_levels_are_counted_in_bits_a_pixel(desktop: Any, app_url: str) -> None:
    words_of(desktop, app_url, "explore", "vae-logistic")
    about: Any = vae_core.inspect("vae-logistic")
    bits = about["metrics"]["bits_per_dim"]
    assert f"−ELBO {bits:.3f} bits a pixel" in desktop.text_content("[data-studio=facts]")


def test_a_bound_with_the_label_given_says_so(desktop: Any, app_url: str) -> None:
    words = words_of(desktop, app_url, "explore", "vae-conditional")
    assert "each with its label given" in words
    assert "its label given" in desktop.text_content("[data-studio=facts]")


@pytest.mark.parametrize("name", ["vae-flow", "vae-conv"])
def test_draws_are_described_by_what_was_measured_on_them(
    desktop: Any, app_url: str, name: str
) -> None:
    metrics: Any = vae_core.inspect(name)["metrics"]
    words = words_of(desktop, app_url, "sample", name, "&sampler=prior")
    assert f"{100 * metrics['not_digits']:.1f} % of the draws for no digit" in words
    # A perfect model needs a rate too: what draws suffer from is the part that no digit needs.
    split = f"The rate of {metrics['rate']:.1f} nats is what the code tells of the digit plus what"
    assert split in words
    assert f"at least {metrics['prior_gap']:.2g}"[:12] in words
    assert f"at most {metrics['prior_gap_at_most']:.1f}" in words
    assert "all codes together" in words
    words = words_of(desktop, app_url, "explore", name)
    assert "every setting is typical" not in words


@pytest.mark.parametrize("panel", ["explore", "sample", "interpolate", "reconstruct"])
def test_a_plain_autoencoder_is_shown_no_prior(desktop: Any, app_url: str, panel: str) -> None:
    """No text, tip, title or name in view speaks of the prior or of p(x|z), which it has not."""
    words_of(desktop, app_url, panel, "ae")
    answer = desktop.evaluate(
        """(panel) => {
          const root = document.querySelector(`[data-testid=panel-${panel}]`);
          const all = [root, ...root.querySelectorAll("*")];
          const isText = (node) => node.nodeType === Node.TEXT_NODE || isTerm(node);
          // The glossary marks a word wherever it finds one; it stays a word of its sentence.
          const isTerm = (one) => one.classList?.contains("term");
          const own = (one) => isTerm(one) ? "" :
            [...one.childNodes].filter(isText).map((node) => node.textContent).join("");
          const names = ["data-tip", "title", "aria-label", "aria-description"];
          const told = (one) => [own(one), ...names.map((name) => one.getAttribute(name))];
          return all.filter((one) => one.checkVisibility()).flatMap(told).filter(Boolean);
        }""",
        panel,
    )
    denied = [
        text for text in answer if re.search(r"p\(x\|z\)|q\(z\|x\)|\bprior\b|posterior", text)
    ]
    assert [text for text in denied if "no prior" not in text] == []
