"""Percentiles among the test digits, against ranks counted one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from vae_core import VAE, Bernoulli, Config, NetConfig, checkpoint, files
from vae_core.data import loading
from vae_core.data.digits import Digits
from vae_core.evaluation import percentiles
from vae_core.probability.latents import Point, StandardNormal


def some_digits(count: int) -> Digits:
    """Random grey pictures, no two of which cost the same."""
    images = torch.randint(0, 256, (count, 1, 28, 28), generator=torch.Generator().manual_seed(3))
    return Digits(images.byte(), torch.zeros(count, dtype=torch.int64), torch.arange(count))


class Folded(StandardNormal):
    """A normal prior that claims not to factorise, so that the rate must be estimated."""

    factorises = False


class Deterministic(torch.nn.Module):
    """A model with a code and nothing else: the contract of plain autoencoders."""

    def __init__(self, model: VAE) -> None:
        super().__init__()
        self.model, self.latent_dim, self.prior = model, model.latent_dim, model.prior
        self.config, self.to_sliders = model.config, model.to_sliders

    def encode(self, x: torch.Tensor) -> Point:
        return Point(self.model.encode(x).mean)

    def decode(self, z: torch.Tensor) -> object:
        return self.model.decode(z)


def test_every_digit_finds_its_own_rank(model: VAE) -> None:
    digits = some_digits(251)
    known = percentiles.measure(model, digits)
    with torch.inference_mode():
        values = percentiles.placed(model, digits.floats())
    assert set(values) == {"distortion", "rate", "cost", "length"}
    for key, value in values.items():
        ranks = value.argsort().argsort().numpy() / (len(digits) - 1)
        found = [known.share_below(key, float(v)) for v in value]
        assert np.allclose(np.array(found, float), ranks, atol=0.5 / 250), key
        assert known.share_below(key, float(value.min()) - 1) == 0
        assert known.share_below(key, float(value.max()) + 1) == 1
        assert known.medians[key] == pytest.approx(float(value.median()), rel=1e-3)


def test_a_batch_costs_what_its_pictures_cost_alone(model: VAE) -> None:
    x = some_digits(3).floats()
    with torch.inference_mode():
        together = percentiles.costs(model, x)
        alone = [percentiles.costs(model, one[None]) for one in x]
    for key, value in together.items():
        assert torch.allclose(value, torch.cat([each[key] for each in alone]), rtol=1e-5)
    assert torch.allclose(together["cost"], together["distortion"] + together["rate"])


def test_the_rate_of_a_prior_that_does_not_factorise_is_estimated(model: VAE) -> None:
    x = some_digits(4).floats()
    with torch.inference_mode():
        exact = percentiles.costs(model, x)["rate"]
        q = model.encode(x)
        z = percentiles.codes(q, torch.randn(20_000, 3, generator=torch.Generator().manual_seed(0)))
        model.prior = Folded(3)
        estimated = percentiles.rate(model, q, z)
    assert estimated is not None
    assert torch.allclose(estimated, exact, rtol=0.02, atol=0.01)


def test_a_deterministic_model_has_a_distortion_alone(model: VAE) -> None:
    plain: Any = Deterministic(model)
    digits = some_digits(12)
    known = percentiles.measure(plain, digits)
    assert set(known.quantiles) == {"distortion", "length"}
    shares = known.shares_below({"distortion": 1e9, "rate": None})
    assert shares == {"distortion": 1.0, "rate": None}
    with torch.inference_mode():
        x = digits.floats()
        right = -model.decode(model.encode(x).mean).log_prob(x)
        assert torch.allclose(percentiles.costs(plain, x)["distortion"], right, rtol=1e-5)


def test_the_file_is_small_and_belongs_to_its_weights(model: VAE, tmp_path: Path) -> None:
    checkpoint.save(model, tmp_path)
    assert percentiles.read(tmp_path) is None
    known = percentiles.measure(model, some_digits(20))
    percentiles.write(tmp_path, known)
    again = percentiles.read(tmp_path)
    assert again is not None
    for key, ladder in known.quantiles.items():
        assert np.array_equal(again.quantiles[key], ladder)
    assert (tmp_path / percentiles.FILE).stat().st_size < 20_000
    torch.nn.init.zeros_(next(model.parameters()))
    checkpoint.save(model, tmp_path)  # trained anew: the old ranks no longer hold
    assert percentiles.read(tmp_path) is None


def test_the_floor_is_what_a_perfect_bernoulli_still_pays(model: VAE) -> None:
    x = some_digits(5).floats()
    perfect = -Bernoulli(torch.logit(x.clamp(1e-6, 1 - 1e-6))).log_prob(x)
    assert torch.allclose(percentiles.floor(model, x), perfect, rtol=1e-3)
    assert percentiles.floor(model, x.round()).abs().max() == 0  # ink without greys has none
    gaussian = Config(name="tiny", likelihood="gaussian", net=NetConfig(hidden_dims=(16,)))
    assert percentiles.floor(VAE(gaussian), x).abs().max() == 0


def test_greyer_ink_alone_does_not_raise_the_rank(model: VAE) -> None:
    """Two pictures that a model foretells equally well, one of them with greys."""
    *_, last = (part for part in model.decoder.modules() if isinstance(part, torch.nn.Linear))
    for values in last.parameters():
        torch.nn.init.zeros_(values)  # every pixel 1/2, whatever the code
    grey, hard = torch.full((2, 1, 28, 28), 0.5).unbind()
    hard[:, ::2], hard[:, 1::2] = 0, 1
    with torch.inference_mode():
        values = percentiles.placed(model, torch.stack([grey, hard]))["distortion"]
        plain = percentiles.costs(model, torch.stack([grey, hard]))["distortion"]
    assert plain[0] == pytest.approx(float(plain[1]), rel=1e-4)
    assert values[0] == pytest.approx(0, abs=1e-2)  # nobody could do better
    assert values[1] == pytest.approx(784 * np.log(2), rel=1e-4)


def test_the_length_is_of_the_sliders(model: VAE) -> None:
    x = some_digits(9).floats()
    known = percentiles.measure(model, some_digits(9))
    with torch.inference_mode():
        lengths = model.to_sliders(model.encode(x).mean).norm(dim=1)
    assert known.lengths([0, 1]) == pytest.approx([float(lengths.min()), float(lengths.max())])
    assert known.lengths([0.5]) == pytest.approx([float(lengths.median())], rel=1e-4)


def test_what_does_not_fit_any_more_is_measured_again(
    model: VAE, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "load", lambda *_, **__: some_digits(20))
    for name in ("one", "other"):
        checkpoint.save(model, tmp_path / name)
    assert percentiles.rebuild(None, tmp_path) == ["one", "other"]
    assert percentiles.rebuild(None, tmp_path) == []
    path = tmp_path / "one" / percentiles.FILE
    facts = files.safetensors_metadata(path) | {"pixels": "grey"}  # by the rule of before
    files.write_tensors(path, files.read_tensors(path), facts)
    assert percentiles.rebuild(None, tmp_path, ["other"]) == []
    assert percentiles.rebuild(None, tmp_path) == ["one"]
