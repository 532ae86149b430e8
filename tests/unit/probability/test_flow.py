"""The flow prior against change of variables, quadrature and its own inverse."""

import statistics
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from vae_core.checkpoint.folder import load_weights
from vae_core.files import write_tensors
from vae_core.probability.flow import LOG_SCALE_LIMIT, FlowPrior
from vae_core.probability.latents import StandardNormal


def bent(dim: int, **settings: Any) -> FlowPrior:
    """A flow far from the identity: every weight is random."""
    torch.manual_seed(0)
    flow = FlowPrior(dim, **settings)
    for parameter in flow.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    return flow.eval().requires_grad_(False)


def noise(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_a_new_flow_is_standard_normal():
    flow, z = FlowPrior(5), noise(4, 5)
    torch.testing.assert_close(flow.to_sliders(z), z)
    torch.testing.assert_close(flow.log_prob(z), StandardNormal(5).log_prob(z))


@pytest.mark.parametrize("dim", [2, 7, 40])
def test_there_and_back_is_where_it_was(dim: int):
    flow, u = bent(dim), noise(3, 6, dim)
    z = flow.from_sliders(u)
    assert (z - u).abs().mean() > 0.1
    assert (flow.to_sliders(z) - u).abs().max() < 1e-4
    assert flow.log_prob(z).shape == (3, 6)


def test_the_density_is_that_of_the_change_of_variables():
    flow = bent(7).double()
    for z in noise(5, 7).double():
        jacobian = torch.func.jacrev(flow.to_sliders)(z)
        assert isinstance(jacobian, Tensor)
        expected = StandardNormal(7).log_prob(flow.to_sliders(z)) + jacobian.slogdet()[1]
        torch.testing.assert_close(flow.log_prob(z), expected)


def test_the_density_integrates_to_one():
    flow = bent(2, hidden_dims=(16,))
    # Far enough for a flow whose entries move by a few units, fine enough for its bends.
    axis = torch.linspace(-25, 25, 1501)
    z = torch.cartesian_prod(axis, axis)
    mass = flow.log_prob(z).double().exp().sum() * float(axis[1] - axis[0]) ** 2
    assert float(mass) == pytest.approx(1, abs=1e-3)


def test_draws_follow_the_density():
    """E[1 / p(z) over a box] = its area where z ~ p: the two directions are one distribution."""
    flow = bent(2, hidden_dims=(16,))
    z = flow.from_sliders(noise(200_000, 2))
    inside = (z.abs() < 1).all(1)
    weights = torch.where(inside, (-flow.log_prob(z)).exp(), 0)
    error = float(weights.std()) / len(z) ** 0.5
    assert float(weights.mean()) == pytest.approx(4, abs=4 * error)
    assert error < 0.1


def test_one_coupling_stretches_within_its_limit():
    flow = FlowPrior(4, couplings=1).requires_grad_(False)
    for parameter in list(flow.nets[0].parameters())[-2:]:
        torch.nn.init.constant_(parameter, 100.0)
    z = noise(6, 4).abs().double()
    volume = flow.double().log_prob(z) - StandardNormal(4).log_prob(flow.to_sliders(z))
    assert (volume.abs() < 2 * LOG_SCALE_LIMIT).all()
    assert (volume.abs() > 1.9 * LOG_SCALE_LIMIT).all()


def test_every_weight_learns():
    torch.manual_seed(0)
    flow = FlowPrior(6)
    target = noise(512, 6) @ noise(6, 6, seed=2) + 1
    optimizer = torch.optim.Adam(flow.parameters(), lr=3e-3)
    before = float(flow.log_prob(target).mean().detach())
    for _ in range(60):
        optimizer.zero_grad()
        (-flow.log_prob(target).mean()).backward()
        optimizer.step()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in flow.parameters())
    assert float(flow.log_prob(target).mean().detach()) > before + 5


def test_bf16_around_it_changes_nothing():
    flow, z = bent(8), noise(3, 8)
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(flow.log_prob(z), flow.log_prob(z.clone()), rtol=0, atol=0)
        inside = flow.log_prob(z)
    torch.testing.assert_close(inside, flow.log_prob(z), rtol=0, atol=0)


def test_weights_live_in_safetensors(tmp_path: Path):
    flow, again = bent(6), FlowPrior(6)
    write_tensors(tmp_path / "flow.safetensors", flow.state_dict())
    load_weights(again, tmp_path / "flow.safetensors")
    z = noise(3, 6)
    torch.testing.assert_close(again.log_prob(z), flow.log_prob(z), rtol=0, atol=0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"dim": 1}, "dim is 1"), ({"dim": 4, "couplings": 0}, "couplings is 0")],
)
def test_what_cannot_be_built_is_refused(settings: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        FlowPrior(**settings)


@pytest.mark.benchmark
def test_one_slider_position_takes_less_than_a_millisecond():
    flow, u = bent(40), noise(1, 40)
    seconds = []
    with torch.inference_mode():
        for _ in range(300):
            start = time.perf_counter()
            flow.from_sliders(u)
            seconds.append(time.perf_counter() - start)
    median = 1e3 * statistics.median(seconds)
    print(f"\nfrom_sliders of one z (40 dimensions, 6 couplings): {median:.2f} ms on one core")
    assert median < 1


def test_a_labelled_flow_is_another_under_each_label_and_goes_back_under_its_own():
    flow, z = bent(6, classes=10), noise(4, 6)
    seven, two = torch.full((4,), 7), torch.full((4,), 2)
    u = flow.to_sliders(z, seven)
    torch.testing.assert_close(flow.from_sliders(u, seven), z, atol=1e-4, rtol=0)
    assert (flow.from_sliders(u, two) - z).abs().mean() > 1e-3
    unknown = torch.full((4,), -1)
    torch.testing.assert_close(flow.to_sliders(z, unknown), flow.to_sliders(z))


def test_without_a_label_the_density_is_the_exact_mixture():
    flow, z = bent(6, classes=10), noise(4, 6)
    each = torch.stack([flow.log_prob(z, torch.full((4,), y)).exp() for y in range(10)])
    torch.testing.assert_close(flow.log_prob(z).exp(), each.mean(0))
    reading = flow.class_log_probs(z).softmax(-1)
    torch.testing.assert_close(reading, (each / each.sum(0)).T)
