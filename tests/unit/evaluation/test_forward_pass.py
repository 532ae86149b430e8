"""One picture's way: its numbers add up to what `evaluate` reports, for every kind of model."""

from __future__ import annotations

import pytest
import torch

import vae_core
from vae_core import data, evaluation
from vae_core.data.examples import examples
from vae_core.evaluation.elbo import is_binary
from vae_core.evaluation.forward_pass import forward_pass, noise_of, shown
from vae_core.models import VAE, Autoencoder, Model

VARIATIONAL = (
    *("vae-400", "vae-2d", "vae-conv", "vae-burda", "beta-vae", "vae-freebits"),
    *("vae-flow", "vae-flow-digits", "vae-conditional", "vae-pixelcnn"),
    *("vae-gaussian", "vae-gaussian-learned", "vae-laplace", "vae-logistic"),
)
PLAIN = ("ae", "ae-cross-entropy", "ae-linear", "ae-overcomplete", "sae-topk", "dae-masking")
PLACE = 3
"""Of the example digit in its sheet."""


def digit() -> data.Digits:
    images, labels, _ = examples()
    some = slice(PLACE, PLACE + 1)
    pictures = torch.from_numpy(images[some].copy())[:, None]
    return data.Digits(pictures, torch.tensor(labels[some]), torch.tensor([PLACE]))


def grey() -> torch.Tensor:
    return digit().floats()


@pytest.mark.parametrize("name", VARIATIONAL)
def test_the_parts_add_up_to_what_evaluate_reports(name: str) -> None:
    model = vae_core.load(name)
    for seed in (0, 1):
        x, eps = shown(model, grey()), noise_of(model, grey(), seed)
        with torch.inference_mode():
            way = forward_pass(model, x, eps, digit().labels)
            expected = evaluation.measure(model, x, eps, digit().labels, with_mse=False)
        assert way.rate is not None
        assert way.distortion == pytest.approx(expected["distortion"].item(), rel=1e-6)
        assert -way.log_probs.double().sum().item() == pytest.approx(way.distortion, rel=1e-5)
        assert way.rate.total == pytest.approx(expected["rate"].item(), rel=1e-6)
        if way.rate.kl is not None:
            assert way.rate.kl.double().sum().item() == pytest.approx(way.rate.total, rel=1e-5)
        else:
            assert way.rate.log_q - way.rate.log_prior == pytest.approx(way.rate.total)


@pytest.mark.filterwarnings("ignore:var")  # one digit has none
@pytest.mark.parametrize("name", VARIATIONAL)
def test_at_seed_0_the_sum_is_the_elbo_of_evaluation(name: str) -> None:
    """The same noise for pixels and code: `elbo` over this one digit is the same number."""
    model = vae_core.load(name)
    way = forward_pass(model, shown(model, grey()), noise_of(model, grey(), 0), digit().labels)
    expected = evaluation.elbo(model, digit(), with_mse=False).elbo
    assert way.rate is not None
    assert expected is not None
    assert -(way.distortion + way.rate.total) == pytest.approx(expected, rel=1e-5)


@pytest.mark.filterwarnings("ignore:var")
@pytest.mark.parametrize("name", PLAIN)
def test_a_deterministic_model_has_a_distortion_alone(name: str) -> None:
    model = vae_core.load(name)
    way = forward_pass(model, shown(model, grey()), noise_of(model, grey(), 0))
    assert (way.rate, way.logvar, way.eps, way.base) == (None, None, None, None)
    assert torch.equal(way.mean, way.z)
    expected = evaluation.elbo(model, digit()).distortion
    assert -way.log_probs.double().sum().item() == pytest.approx(expected, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("name", ["vae-400", "vae-flow-digits"])
def test_the_draw_is_the_mean_and_sigma_eps(name: str) -> None:
    model = vae_core.load(name)
    eps = noise_of(model, grey(), 5)
    way = forward_pass(model, shown(model, grey()), eps)
    assert way.logvar is not None
    torch.testing.assert_close(way.z, way.mean + torch.exp(way.logvar / 2) * eps[0])
    if way.base is None:
        assert name == "vae-400"
    else:
        torch.testing.assert_close(
            model.from_sliders(way.base[None])[0], way.z, rtol=1e-3, atol=1e-3
        )


def test_only_the_noise_follows_the_seed() -> None:
    model = vae_core.load("vae-burda")
    assert is_binary(model)
    x = shown(model, grey())
    assert torch.equal(x, shown(model, grey()))
    assert set(x.unique().tolist()) == {0.0, 1.0}
    first, second = (noise_of(model, grey(), seed) for seed in (0, 1))
    assert not torch.equal(first, second)
    assert torch.equal(first, noise_of(model, grey(), 0))
    plain = vae_core.load("vae-gaussian")
    assert torch.equal(shown(plain, grey()), grey())


def hooks(model: Model) -> int:
    return sum(len(part._forward_hooks) for part in model.modules())


def test_the_model_that_all_share_is_left_alone() -> None:
    model = vae_core.load("vae-conv")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    forward_pass(model, shown(model, grey()), noise_of(model, grey(), 0))
    assert hooks(model) == 0
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_layers_are_those_between_picture_and_code() -> None:
    conv = vae_core.load("vae-conv")
    assert isinstance(conv, VAE)
    way = forward_pass(conv, shown(conv, grey()), noise_of(conv, grey(), 0))
    assert [tuple(layer.values.shape[1:]) for layer in way.encoder] == [(14, 14), (7, 7), (4, 4)]
    assert [tuple(layer.values.shape[1:]) for layer in way.decoder] == [(4, 4), (7, 7), (14, 14)]
    # The last of them is what the code is read from.
    features = way.encoder[-1].values.flatten()[None]
    head = conv.encoder.get_submodule("head")
    torch.testing.assert_close(head(features)[0, : conv.latent_dim], way.mean)
    plain = vae_core.load("ae")
    assert isinstance(plain, Autoencoder)
    way = forward_pass(plain, grey(), noise_of(plain, grey(), 0))
    expected = plain.activations(grey())[:-1]
    assert len(way.encoder) == len(expected) == 2
    for layer, values in zip(way.encoder, expected, strict=True):
        torch.testing.assert_close(layer.values, values[0])
