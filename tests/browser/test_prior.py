"""The page's own arithmetic of the prior against torch's special functions."""

from __future__ import annotations

from typing import Any

import driving
import pytest
import torch

pytestmark = pytest.mark.browser

STATIC = driving.ROOT / "vae_core" / "app" / "web"


@pytest.fixture(scope="module")
def page(chromium: Any) -> Any:
    page = chromium.new_page()
    for name in ("studio.js", "prior.js"):
        page.add_script_tag(content=(STATIC / name).read_text("utf-8"))
    yield page
    page.close()


def test_the_normal_distribution(page: Any) -> None:
    x = torch.linspace(-4, 4, 41, dtype=torch.float64)
    ours = page.evaluate("(x) => x.map((v) => studio.prior.phi(v))", x.tolist())
    assert ours == pytest.approx(torch.special.ndtr(x).tolist(), abs=2e-7)


def test_its_quantiles(page: Any) -> None:
    p = torch.tensor([0.001, 0.025, 0.3, 0.5, 0.8413, 0.999], dtype=torch.float64)
    ours = page.evaluate("(p) => p.map((v) => studio.prior.quantileOf(v))", p.tolist())
    assert ours == pytest.approx(torch.special.ndtri(p).tolist(), abs=1e-4)


@pytest.mark.parametrize("d", [1, 2, 20, 32, 128])
def test_the_length_of_a_draw(page: Any, d: int) -> None:
    x = torch.linspace(0.05, 2.5, 30, dtype=torch.float64) * d
    ours = page.evaluate(
        "([x, d]) => x.map((v) => studio.prior.chiSquareBelow(v, d))", [x.tolist(), d]
    )
    half = torch.tensor(d / 2, dtype=torch.float64)
    assert ours == pytest.approx(torch.special.gammainc(half, x / 2).tolist(), abs=1e-7)


def test_the_shell_holds_95_of_100_draws(page: Any) -> None:
    shell = page.evaluate("() => studio.prior.shellOf(20)")
    draws = torch.randn(200_000, 20, generator=torch.Generator().manual_seed(0)).norm(dim=1)
    assert (draws < shell["low"]).float().mean() == pytest.approx(0.025, abs=0.002)
    assert (draws > shell["high"]).float().mean() == pytest.approx(0.025, abs=0.002)
    assert (draws > shell["edge"]).float().mean() == pytest.approx(0.001, abs=0.0003)
