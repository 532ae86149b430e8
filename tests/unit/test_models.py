import dataclasses
from pathlib import Path

import pytest
import torch
from small_models import sparse

import vae_core
from vae_core import VAE, Config, NetConfig, TrainConfig
from vae_core.config import CodeConfig, CorruptionConfig
from vae_core.data.digits import Digits, corrupt
from vae_core.models import Autoencoder, build, largest
from vae_core.probability.latents import FittedGaussian
from vae_core.training.run import TrainingRun, fit


def conditional() -> VAE:
    torch.manual_seed(0)
    config = Config(name="t", latent_dim=3, net=NetConfig(hidden_dims=(16,)), conditional=True)
    return VAE(config).eval()


def test_only_the_k_largest_by_magnitude_survive():
    code = torch.tensor([[0.1, -3.0, 2.0, 0.0, -0.5]])
    assert largest(code, 2).tolist() == [[0.0, -3.0, 2.0, 0.0, 0.0]]


def test_gradients_pass_the_survivors_alone():
    code = torch.randn(4, 10, requires_grad=True)
    kept = largest(code, 3)
    kept.sum().backward()
    assert code.grad is not None
    assert torch.equal(code.grad, (kept != 0).float())


def test_a_sparse_code_has_k_units():
    code = sparse(5).encode(torch.rand(8, 1, 28, 28)).mean
    assert (code != 0).sum(1).tolist() == [5] * 8


def tied(k: int, start: int) -> Config:
    code = CodeConfig(topk=k, topk_start=start)
    return dataclasses.replace(
        sparse(k).config, net=NetConfig(hidden_dims=(), tied=True), code=code
    )


def test_a_tied_decoder_is_the_encoder_transposed():
    model = Autoencoder(tied(5, 12))
    code = torch.randn(3, 12)
    weight, bias = model.encoder.get_parameter("1.0.weight"), model.decoder.get_parameter("0.bias")
    expected = torch.sigmoid(code @ weight + bias).view(3, 1, 28, 28)
    torch.testing.assert_close(model.decode(code).mean, expected)
    assert sum(p.numel() for p in model.parameters()) == 784 * 12 + 12 + 784


def test_a_tied_model_stays_tied_and_ends_at_its_k(tmp_path: Path):
    images = torch.randint(0, 256, (40, 1, 28, 28), dtype=torch.uint8)
    digits = Digits(images, torch.zeros(40, dtype=torch.int64), torch.arange(40))
    config = dataclasses.replace(tied(5, 12), train=TrainConfig(epochs=2, batch_size=10))
    run = TrainingRun(config)
    spoken = [
        run.model.topk for _ in fit(run, digits, every=1) if isinstance(run.model, Autoencoder)
    ]
    assert spoken == [12, 10, 8, 7, 5, 5, 5, 5]
    model = run.result()
    vae_core.save(model, tmp_path / "tied")
    back = vae_core.load(tmp_path / "tied")
    x = digits.floats()
    assert (back.encode(x).mean != 0).sum(1).tolist() == [5] * 40
    assert torch.equal(back.reconstruct(x), model.reconstruct(x))
    assert not torch.equal(back.reconstruct(x), Autoencoder(config).reconstruct(x))


def test_the_activations_end_with_the_code():
    config = dataclasses.replace(sparse(5).config, net=NetConfig(hidden_dims=(9, 7)))
    model, x = Autoencoder(config), torch.rand(2, 1, 28, 28)
    found = model.activations(x)
    assert [a.shape[1] for a in found] == [9, 7, 12]
    assert torch.equal(found[-1], model.encode(x).mean)


def test_the_label_matters_and_may_be_unknown():
    model, x, z = conditional(), torch.rand(2, 1, 28, 28), torch.randn(2, 3)
    three, five = torch.full((2,), 3), torch.full((2,), 5)
    assert not torch.equal(model.decode(z, three).mean, model.decode(z, five).mean)
    assert not torch.equal(model.encode(x, three).mean, model.encode(x, five).mean)
    unknown = torch.full((2,), -1)
    assert torch.equal(model.decode(z, unknown).mean, model.decode(z).mean)
    assert torch.equal(model.encode(x, unknown).mean, model.encode(x).mean)
    shares = torch.eye(10)[[3, 3]]
    assert torch.equal(model.decode(z, shares).mean, model.decode(z, three).mean)


def test_codes_of_any_leading_shape_are_decoded(model: VAE):
    z = torch.randn(4, 5, 3)
    flat = model.decode(z.flatten(0, 1)).mean.unflatten(0, (4, 5))
    torch.testing.assert_close(model.decode(z).mean, flat)


def test_the_sliders_of_a_plain_autoencoder_count_standard_deviations():
    model = sparse(5)
    codes = 3 + 2 * torch.randn(5000, 12)
    assert isinstance(model.prior, FittedGaussian)
    model.prior.fit(codes)
    u = model.to_sliders(codes)
    torch.testing.assert_close(u.mean(0), torch.zeros(12), atol=1e-4, rtol=0)
    torch.testing.assert_close(u.std(0), torch.ones(12), atol=1e-4, rtol=0)
    torch.testing.assert_close(model.from_sliders(u), codes)
    log_density = torch.distributions.Normal(codes.mean(0), codes.std(0)).log_prob(codes).sum(1)
    torch.testing.assert_close(model.prior.log_prob(codes), log_density)


@pytest.mark.parametrize("kind", ["gaussian", "masking", "salt-pepper"])
def test_corruptions_do_what_they_say(kind: str):
    x, g = torch.full((50, 1, 28, 28), 0.5), torch.Generator().manual_seed(0)
    seen = corrupt(x, CorruptionConfig(kind=kind, level=0.3), g)  # type: ignore[arg-type]
    assert 0 <= seen.min() <= seen.max() <= 1
    if kind == "gaussian":
        # Cut off at 5/3 standard deviations to either side.
        assert abs(seen.mean() - 0.5) < 0.01
        assert 0.25 < seen.std() < 0.3
    else:
        assert abs((seen != x).float().mean() - 0.3) < 0.01
        white = {"masking": 0.0, "salt-pepper": 0.15}[kind]
        assert abs((seen == 1).float().mean() - white) < 0.01


def test_build_tells_the_two_kinds_apart():
    assert isinstance(build(sparse(3).config), Autoencoder)
    assert isinstance(build(conditional().config), VAE)
