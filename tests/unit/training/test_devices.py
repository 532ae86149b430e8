"""Every recipe on a device without memory: an operation that meets a tensor left on the CPU raises.

So a GPU is not needed to know that no recipe leaves anything behind when it moves to one.
"""

import dataclasses

import pytest
import torch
from small_models import random_digits

from vae_core import VAE, recipes, runtime
from vae_core.evaluation.elbo import measure
from vae_core.evaluation.importance import log_weights
from vae_core.models import Model, build
from vae_core.probability import likelihoods
from vae_core.training.batch import draw_batch
from vae_core.training.run import TrainingRun
from vae_core.training.step import batch_loss

META = torch.device("meta")
BATCH = 6


@pytest.fixture(autouse=True)
def _no_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device without memory has no random numbers of its own, and needs none."""
    plain = runtime.generator

    def generator(device: torch.device | str, *seeds: int) -> torch.Generator | None:
        return None if torch.device(device).type == "meta" else plain(device, *seeds)

    monkeypatch.setattr(runtime, "generator", generator)


def on_meta(name: str) -> TrainingRun:
    """A run whose model is there; torch's optimiser, which reads its learning rate, is not."""
    config = recipes.get(name)
    run = TrainingRun(dataclasses.replace(config, name="tiny"))
    run.device, run.noise = META, None  # type: ignore[assignment]
    run.model.to(META)
    run.beta = run.beta.to(META)
    return run


def draws(model: Model) -> torch.Tensor:
    return torch.empty(BATCH, model.latent_dim, device=META)


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_a_step(name: str):
    run, digits = on_meta(name), random_digits(BATCH).to(META)
    batch = draw_batch(run, digits.images, digits.labels)
    value, means = batch_loss(run.model, batch, run.beta)
    assert means.device == META
    torch.autograd.backward(value)
    assert {w.grad.device.type for w in run.model.parameters() if w.grad is not None} == {"meta"}
    assert any(w.grad is not None for w in run.model.parameters())


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_decode_evaluation_and_importance_sampling(name: str):
    model = build(recipes.get(name)).to(META).eval()
    digits = random_digits(BATCH).to(META)
    x, y, eps = digits.floats(), digits.labels, draws(model)
    with torch.inference_mode():
        u = model.to_sliders(model.from_sliders(eps, y), y)
        assert model.decode(u, y).log_prob(x).device == META
        found = measure(
            model, x, eps, y, with_mse=not likelihoods.get(model.config.likelihood).is_slow
        )
        assert {value.device for value in found.values()} == {META}
        if isinstance(model, VAE):
            q = model.encode(x[:1], y[:1])
            weights = log_weights(model, x[:1], q.mean, q.logvar, eps, y[:1])
            assert weights.device == META


def test_a_tensor_left_on_the_cpu_raises():
    """What the tests above rest on."""
    run = on_meta("vae-128")
    assert isinstance(run.model, VAE)
    with pytest.raises(RuntimeError, match="meta"):
        run.model.decode(torch.zeros(2, run.model.latent_dim))
