"""Side by side: repairs, non-digits, traversals and PCA, each against another way of saying it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA

from vae_core import VAE, Config, NetConfig, data, recipes
from vae_core.config import CorruptionConfig
from vae_core.evaluation import family
from vae_core.models import Autoencoder, build


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def linear(dim: int = 3, seed: int = 0) -> Autoencoder:
    """ae-linear with another code size and random weights."""
    torch.manual_seed(seed)
    config = recipes.get("ae-linear").to_dict() | {"latent_dim": dim}
    model = build(Config.from_dict(config))
    assert isinstance(model, Autoencoder)
    return model.eval().requires_grad_(False)


def digits(count: int, rank: int = 6, seed: int = 0) -> data.Digits:
    """Pictures of a few hidden causes, as bytes."""
    rng = np.random.default_rng(seed)
    causes = rng.random((count, rank)) @ np.random.default_rng(9).random((rank, 784))
    images = torch.from_numpy((255 * causes / causes.max()).astype(np.uint8))
    return data.Digits(images.view(-1, 1, 28, 28), torch.zeros(count).long(), torch.arange(count))


# ------------------------------------------------------------------ reconstruction and repair
def test_reconstructions_stay_in_the_range_of_a_picture() -> None:
    model = linear()
    x = 5 * torch.rand(4, 1, 28, 28, generator=seeded())
    made, free = family.reconstruct(model, x), model.reconstruct(x)
    assert free.min() < 0 or free.max() > 1
    assert torch.equal(made, free.clip(0, 1))


@pytest.mark.parametrize("kind", ["gaussian", "masking", "salt-pepper"])
def test_denoise_is_corrupt_then_reconstruct(model: VAE, kind: str) -> None:
    x = torch.rand(5, 1, 28, 28, generator=seeded(1))
    corruption = CorruptionConfig(kind=kind, level=0.4)  # type: ignore[arg-type]
    repair = family.denoise(model, x, corruption, seeded(2))
    damaged = data.corrupt(x, corruption, seeded(2))
    assert torch.equal(repair.damaged, damaged)
    assert torch.equal(repair.repaired, model.reconstruct(damaged))
    numpy_error = ((damaged.numpy() - x.numpy()) ** 2).reshape(5, -1).mean(1)
    assert repair.before.numpy() == pytest.approx(numpy_error, rel=1e-5)
    assert repair.after[0] == pytest.approx(
        torch.nn.functional.mse_loss(repair.repaired[0], x[0]).item(), rel=1e-5
    )


def test_non_digits_are_none_and_the_same_for_a_seed() -> None:
    x = torch.rand(1, 28, 28, generator=seeded(3)) ** 4
    made = family.non_digits(x, seeded())
    assert made.shape == (len(family.NON_DIGITS), 1, 28, 28)
    assert made.min() >= 0
    assert made.max() <= 1
    assert torch.equal(made, family.non_digits(x, seeded()))
    assert torch.equal(made[2].flatten().sort().values, x.flatten().sort().values)
    assert not torch.equal(made[2], x)


# ------------------------------------------------------------------ codes
def test_around_moves_one_slider_of_the_code(model: VAE) -> None:
    x = torch.rand(1, 1, 28, 28, generator=seeded(4))
    values = torch.tensor([-2.0, 0.0, 2.0])
    films = family.around(model, x, [2, 0], values)
    assert films.shape == (2, 3, 1, 28, 28)
    u = model.encode(x).mean[0].clone()
    u[0] = 2.0
    assert torch.allclose(films[1, 2], model.decode(u[None]).mean[0])


# ------------------------------------------------------------------ what a distortion counts
@pytest.mark.parametrize(
    ("name", "quantity"),
    [
        ("vae-400", "cross-entropy"),
        ("vae-conv", "binary"),
        ("vae-gaussian", "density"),
        ("vae-laplace", "density"),
        ("vae-logistic", "levels"),
        ("ae", "squared-error"),
        ("ae-cross-entropy", "cross-entropy"),
    ],
)
def test_different_quantities_are_told_apart(name: str, quantity: str) -> None:
    assert family.quantity(recipes.get(name)) == quantity


# ------------------------------------------------------------------ PCA
def test_angles_agree_with_scipy() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(40, 5)), rng.normal(size=(40, 5))
    b[:, 0] = a[:, 0] + 1e-3 * b[:, 0]
    ours = family.principal_angles(torch.from_numpy(a), torch.from_numpy(b))
    assert ours.numpy() == pytest.approx(np.rad2deg(subspace_angles(a, b)), abs=1e-5)


def test_pca_beside_a_linear_model_that_is_pca() -> None:
    """Weights set to the components: the angles are zero and the errors agree."""
    train, test = digits(400), digits(100, seed=1)
    model = linear(3)
    pixels = train.floats().flatten(1).double().numpy()
    oracle = PCA(3, svd_solver="full").fit(pixels)
    axes = torch.from_numpy(oracle.components_).float()
    mean = torch.from_numpy(oracle.mean_).float()
    weights = dict(model.named_parameters())
    encoder = next(name for name in weights if name.startswith("encoder") and "weight" in name)
    decoder = next(name for name in weights if name.startswith("decoder") and "weight" in name)
    weights[encoder].copy_(axes)
    weights[encoder.replace("weight", "bias")].copy_(-axes @ mean)
    weights[decoder].copy_(axes.T)
    weights[decoder.replace("weight", "bias")].copy_(mean)
    pca = family.fit_pca(model, train, test)
    assert float(pca.angles.max()) < 0.01
    assert pca.linear_mse == pytest.approx(pca.mse, rel=1e-4)
    x = test.floats()
    expected = oracle.inverse_transform(oracle.transform(x.flatten(1).double().numpy()))
    assert pca.reconstruct(x).flatten(1).numpy() == pytest.approx(expected, abs=1e-4)


def test_no_linear_model_beats_pca_on_what_it_was_fitted_to() -> None:
    train = digits(300)
    pca = family.fit_pca(linear(3), train, train)
    assert pca.linear_mse > pca.mse
    assert pca.angles.shape == (3,)


def test_pca_is_kept_beside_the_weights(tmp_path: Path) -> None:
    assert family.read_pca(tmp_path) is None
    pca = family.fit_pca(linear(2), digits(100), digits(20))
    family.write_pca(tmp_path, pca)
    again = family.read_pca(tmp_path)
    assert again is not None
    assert torch.equal(again.components, pca.components)
    assert (again.mse, again.linear_mse) == (pca.mse, pca.linear_mse)


def test_only_a_linear_model_spans_a_subspace(model: VAE) -> None:
    assert family.is_linear(linear())
    assert not family.is_linear(model)
    others = ("ae", "ae-overcomplete", "sae-topk", "cae")
    built = [build(recipes.get(name)) for name in others]
    assert [family.is_linear(other) for other in built] == [False, True, False, False]
    assert family.has_pca(linear())
    assert not family.has_pca(built[1])
    with pytest.raises(ValueError, match="ae is not linear"):
        family.decoder_span(built[0])  # type: ignore[arg-type]


def test_a_small_conv_model_goes_through_as_well() -> None:
    config = Config(name="c", latent_dim=4, net=NetConfig(kind="conv", hidden_dims=(8, 8, 8)))
    made = family.reconstruct(build(config).eval(), torch.zeros(2, 1, 28, 28))
    assert made.shape == (2, 1, 28, 28)
