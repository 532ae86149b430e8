"""Names and order of sliders, measured on written digits."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from vae_core import VAE, Config, NetConfig, checkpoint
from vae_core.app.service.registry import Registry
from vae_core.data.digits import Digits
from vae_core.explore import sliders, traits
from vae_core.explore.posterior_means import posterior_means

GAINS = torch.tensor([0.01, 0.04, 0.0])


class Known(nn.Module):
    """Sliders: minus the slant; noise; the loop area. Slider i lights every pixel by GAINS[i]."""

    def __init__(self) -> None:
        super().__init__()
        self.config = SimpleNamespace(name="known", labelled_prior=False)
        self.noise = torch.Generator().manual_seed(3)

    def encode(self, x: Tensor) -> SimpleNamespace:
        grey = (x[:, 0] * 255).round().byte().numpy()
        measured = torch.from_numpy(traits.measure(grey)).float()
        noise = torch.randn(len(x), generator=self.noise)
        return SimpleNamespace(mean=torch.stack((-measured[:, 0], noise, measured[:, 4]), 1))

    def to_sliders(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        return z

    def from_sliders(self, u: Tensor) -> Tensor:
        return u

    def decode(self, z: Tensor) -> SimpleNamespace:
        return SimpleNamespace(mean=(z @ GAINS)[:, None, None, None].expand(-1, 1, 28, 28))


def known() -> Any:
    return Known()


@pytest.fixture
def digits(test_digits: Digits) -> Digits:
    return test_digits.every(500)


def test_sliders_are_named_measured_and_ordered(digits: Digits):
    about = sliders.describe(known(), digits)
    first, second, third = about["latents"]
    assert first["name"] == {"trait": "slant", "r": -1.0}
    assert second["name"] is None
    assert third["name"] is None  # only some digits have a loop
    assert third["correlations"]["loop area"] == pytest.approx(1, abs=1e-3)
    assert first["correlations"]["slant"] == pytest.approx(-1)
    assert about["digits"] == 500
    assert about["order"] == [1, 0, 2]
    assert about["order_by"] == "movement"
    for moved in (second["moved_at_zero"], second["moved_at_draws"]):
        assert moved == pytest.approx((4 * 0.04) ** 2, rel=1e-3)
    for relative in (first["relative_at_zero"], first["relative_at_draws"]):
        assert relative == pytest.approx(1 / 16, rel=1e-3)
    assert third["relative_at_zero"] == third["relative_at_draws"] == 0


def test_kl_orders_them_where_there_is_one(digits: Digits):
    about = sliders.describe(known(), digits, kl_per_dim=[0.5, 0.1, 2.0])
    assert about["order"] == [2, 0, 1]
    assert about["order_by"] == "kl"


def test_sliders_of_a_flow_stand_in_its_base_space(digits: Digits):
    torch.manual_seed(0)
    flow = VAE(Config(name="flow", latent_dim=3, prior="flow", net=NetConfig(hidden_dims=(16,))))
    assert isinstance(flow.prior, nn.Module)
    for parameter in flow.prior.parameters():
        nn.init.normal_(parameter, std=0.1)
    flow.eval().requires_grad_(False)
    about = sliders.describe(flow, digits)
    assert about["order_by"] == "movement"
    moved = [about["latents"][i]["moved_at_draws"] for i in about["order"]]
    assert moved == sorted(moved, reverse=True)
    u = flow.to_sliders(posterior_means(flow, digits)).double().numpy()
    measured, labels = traits.measure(digits.images[:, 0].numpy()), digits.labels.numpy()
    expected = traits.correlations(
        traits.within_class(measured, labels), traits.within_class(u, labels)
    )
    found = [list(each["correlations"].values()) for each in about["latents"]]
    assert torch.tensor(found).T.numpy() == pytest.approx(expected, abs=6e-4)


def test_the_app_takes_the_order_from_the_file(model: VAE, digits: Digits, tmp_path: Path):
    folder = checkpoint.save(model, tmp_path / "tiny")
    device = torch.device("cpu")
    assert Registry(tmp_path, device).cards["tiny"]["order"] == [0, 1, 2]
    about = sliders.describe(model, digits)
    assert sorted(about["order"]) == [0, 1, 2]
    sliders.write(folder, about | {"order": [2, 0, 1]})
    registry = Registry(tmp_path, device)
    assert registry.cards["tiny"]["order"] == [2, 0, 1]
    assert registry.latents["tiny"] == sliders.read(folder, 3)
    answer = [latent["relative_at_draws"] for latent in about["latents"]]
    assert registry.cards["tiny"]["moves"] == answer
    assert max(answer) == 1
    sliders.write(folder, about | {"latents": [{"name": None}] * 3})
    assert Registry(tmp_path, device).cards["tiny"]["moves"] is None
