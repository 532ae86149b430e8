import pytest
import torch
from torch import Tensor

from vae_core.config import CodeConfig, Config, NetConfig, SparsityConfig
from vae_core.data.digits import Digits
from vae_core.evaluation.elbo import jacobian_norm
from vae_core.models import Autoencoder
from vae_core.training.penalties import contraction, hutchinson, one_layer_norm, sparsity


def autoencoder(activation: str = "sigmoid", hidden_dims: tuple[int, ...] = ()) -> Autoencoder:
    torch.manual_seed(0)
    config = Config(
        name="tiny",
        latent_dim=6,
        objective="reconstruction",
        likelihood="squared-error",
        prior="fitted",
        net=NetConfig(hidden_dims=hidden_dims, activation="tanh"),
        code=CodeConfig(activation=activation),  # type: ignore[arg-type]
        contraction=0.1,
    )
    return Autoencoder(config)


def exact(model: Autoencoder, x: Tensor) -> Tensor:
    """The squared Frobenius norm by forming each Jacobian."""
    jacobian = torch.func.vmap(torch.func.jacrev(lambda one: model.encode(one[None]).mean[0]))
    return (jacobian(x) ** 2).flatten(1).sum(1)


@pytest.mark.parametrize("activation", ["sigmoid", "relu", "identity"])
def test_one_layer_is_charged_its_exact_jacobian(activation: str):
    model, x = autoencoder(activation), torch.rand(5, 1, 28, 28)
    torch.testing.assert_close(contraction(model, x, torch.randn(5, 6)), exact(model, x))
    torch.testing.assert_close(one_layer_norm(model, x), exact(model, x), atol=1e-5, rtol=1e-5)


def test_the_estimate_for_deeper_nets_has_the_exact_mean():
    model, x = autoencoder(hidden_dims=(20,)), torch.rand(1, 1, 28, 28)
    many = x.expand(20_000, -1, -1, -1)
    noise = torch.randn(20_000, 6, generator=torch.Generator().manual_seed(0))
    found = hutchinson(model, many, noise).detach()
    standard_error = found.std() / len(found) ** 0.5
    assert abs(found.mean() - exact(model, x)[0]) < 4 * standard_error
    torch.testing.assert_close(contraction(model, many[:9], noise[:9]), found[:9])


def test_the_estimate_can_be_trained_through():
    model = autoencoder(hidden_dims=(20,))
    contraction(model, torch.rand(3, 1, 28, 28), torch.randn(3, 6)).mean().backward()
    assert all(
        p.grad is not None and p.grad.any() for p in model.encoder.parameters() if p.ndim > 1
    )


def test_the_reported_norm_is_the_mean_of_the_norms():
    model = autoencoder(hidden_dims=(20,)).eval()
    images = torch.randint(0, 256, (20, 1, 28, 28), dtype=torch.uint8)
    few = Digits(images, torch.zeros(20, dtype=torch.long), torch.arange(20))
    expected = exact(model, few.floats()).sqrt().mean()
    assert jacobian_norm(model, few) == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize("kind", ["kl", "l1", "l2"])
def test_sparsity_is_the_weighted_departure_of_each_layer(kind: str):
    layers = [torch.rand(4, 7), torch.rand(4, 3)]
    config = SparsityConfig(kind=kind, weight=2.0, rho_hat=0.1, layer_weights=(1.0, 0.5))  # type: ignore[arg-type]
    expected = torch.zeros(4)
    for weight, layer in zip((1.0, 0.5), layers, strict=True):
        rho = layer.mean(1)
        coins = [torch.distributions.Bernoulli(p) for p in (torch.tensor(0.1), rho)]
        departure = {
            "kl": torch.distributions.kl_divergence(*coins),
            "l1": (rho - 0.1).abs(),
            "l2": (rho - 0.1) ** 2,
        }[kind]
        expected += 2.0 * weight * departure
    torch.testing.assert_close(sparsity(config, layers), expected)


def test_sparsity_is_nothing_where_the_mean_is_as_wished():
    config = SparsityConfig(kind="kl", weight=3.0, rho_hat=0.25)
    assert sparsity(config, [torch.full((2, 8), 0.25)]).abs().max() < 1e-6
