"""The floor of KL(q(z) || p(z)) against a divergence that is known, and how the files carry it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from vae_core import VAE, Config, NetConfig, checkpoint
from vae_core.checkpoint.metrics import PriorGap
from vae_core.data.digits import Digits
from vae_core.evaluation import report
from vae_core.evaluation.model_card import card
from vae_core.evaluation.prior_gap import measure
from vae_core.probability.latents import DiagonalGaussian

VAE_400 = Path(__file__).parents[3] / "checkpoints" / "vae-400"
LOGVAR = -2.0


class Placed(VAE):
    """Posteriors of one width at `spread` times a place that looks normal, and `far` away."""

    spread, far = 1.0, 0.0

    def encode(self, x: torch.Tensor, y: torch.Tensor | None = None) -> DiagonalGaussian:
        place = torch.special.ndtri((x.flatten(1)[:, :2] * 255 + 0.5) / 256)
        mean = self.spread * place + self.far
        return DiagonalGaussian(mean, torch.full_like(mean, LOGVAR))


def digits(seed: int, count: int = 3000) -> Digits:
    noise = torch.Generator().manual_seed(seed)
    images = torch.randint(0, 256, (count, 1, 28, 28), generator=noise, dtype=torch.uint8)
    return Digits(images, torch.zeros(count, dtype=torch.long), torch.arange(count))


def placed(spread: float, far: float) -> Placed:
    torch.manual_seed(0)
    model = Placed(Config(name="placed", latent_dim=2, net=NetConfig(hidden_dims=(4,)))).eval()
    model.spread, model.far = spread, far
    return model


def exact(spread: float, far: float) -> float:
    """KL(N(far, spread^2 + e^LOGVAR) || N(0, 1)) in two dimensions."""
    variance = torch.tensor(spread**2).double() + torch.tensor(LOGVAR).double().exp()
    return float(variance + far**2 - 1 - variance.log())


@pytest.mark.parametrize(("spread", "far"), [(0.93, 0.0), (0.5, 0.0), (0.5, 2.0)])
def test_the_floor_meets_the_divergence_of_gaussians(spread: float, far: float):
    found = measure(placed(spread, far), digits(0), digits(1))
    assert found["prior_gap"] is not None
    assert found["prior_gap_sem"] is not None
    assert found["prior_gap_at_most"] is not None
    known = exact(spread, far)
    # The grid of greys is no exact normal, and a fit to some thousand codes costs some hundredths.
    assert found["prior_gap"] == pytest.approx(known, abs=0.05 + 4 * found["prior_gap_sem"])
    assert found["prior_gap_at_most"] > known - 0.1
    assert (found["prior_gap_digits"], found["prior_gap_draws"]) == (3000, 3000)


def test_a_prior_that_fits_has_no_gap_and_the_floor_says_so():
    spread = (1 - float(torch.tensor(LOGVAR).exp())) ** 0.5
    found = measure(placed(spread, 0.0), digits(0), digits(1))
    assert found["prior_gap"] == pytest.approx(0, abs=0.03)


def test_what_was_not_measured_again_is_kept_with_where_it_comes_from():
    measured: Any = dict.fromkeys(PriorGap.__annotations__, 2.0) | {"prior_gap_origin": {}}
    earlier: Any = {"recipe": "tiny", "importance_samples": 0, "seeds": [0], **measured}
    now: Any = dict.fromkeys(PriorGap.__annotations__) | {"fid": 1.0, "nll": None}
    assert report.with_earlier(now, earlier) == now | measured
    new: Any = now | dict.fromkeys(PriorGap.__annotations__, 1.0)
    assert report.with_earlier(new, earlier) == new


def test_a_part_taken_again_says_so_and_leaves_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(report, "write_card", lambda folder: None)
    earlier: Any = {"recipe": "tiny", "fid": 4.1, "refreshed": {"command": "before"}}
    report.rewrite(tmp_path, earlier, {"prior_gap": 1.5}, "gap")
    found = report.files.read_json(tmp_path / checkpoint.METRICS)
    origin: Any = found.pop("prior_gap_origin")
    assert found == earlier | {"prior_gap": 1.5}
    assert origin["command"] == "python -m vae_core evaluate tiny --refresh --part gap"


def test_the_card_tells_floor_and_ceiling():
    about: Any = checkpoint.inspect(VAE_400)
    gap = {"prior_gap": 2.345, "prior_gap_sem": 0.021, "prior_gap_at_most": 15.8}
    origin = {"command": "python -m vae_core evaluate vae-400 --refresh --part gap"}
    about["metrics"] |= gap | {"prior_gap_draws": 10_000, "prior_gap_origin": origin}
    assert "at least 2.35 +- 0.02, at most 15.80 nats |" in card(about)
    assert f"what no digit needs by `{origin['command']}`" in card(about)
    about["metrics"] |= {"prior_gap": None, "prior_gap_origin": None}
    assert "no digit needs" not in card(about)
