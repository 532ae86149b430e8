"""The deterministic family: one Autoencoder, several codes, corruptions and penalties."""

from __future__ import annotations

from dataclasses import replace

from vae_core.config import (
    CodeConfig,
    Config,
    CorruptionConfig,
    NetConfig,
    SparsityConfig,
    TrainConfig,
)
from vae_core.config.model import GRID
from vae_core.recipes.registry import grey, recipe, residual


def _autoencoder(
    name: str,
    title: str,
    latent_dim: int,
    hidden_dims: tuple[int, ...] = (),
    /,
    **changes: object,
) -> Config:
    """An MLP on grey pixels with half the squared error."""
    given = Config(
        name=name,
        title=title,
        latent_dim=latent_dim,
        objective="reconstruction",
        likelihood="squared-error",
        prior="fitted",
        net=NetConfig(hidden_dims=hidden_dims),
        train=grey(20, decay="cosine"),
    )
    return replace(given, **changes)


def _stacked(name: str, title: str, **changes: object) -> Config:
    """784-512-128-32 and back."""
    return _autoencoder(name, title, 32, (512, 128), **changes)


@recipe
def ae() -> Config:
    return _stacked("ae", "Plain: the code is smaller than the picture")


@recipe
def ae_cross_entropy() -> Config:
    return _stacked("ae-cross-entropy", "Plain, with cross-entropy", likelihood="bernoulli")


@recipe
def ae_linear() -> Config:
    # Large batches and a long decay: the subspace turns as long as the gradient is noisy.
    rates = {"learning_rate": 4e-3, "decay": "cosine", "decay_final": 0.001}
    train = TrainConfig(epochs=80, batch_size=1000, **rates)
    title = "No non-linearity: spans PCA's subspace"
    return _autoencoder("ae-linear", title, 32, link="identity", train=train)


@recipe
def ae_overcomplete() -> Config:
    title = "The code is larger than the picture: it copies"
    return _autoencoder(
        "ae-overcomplete", title, 1000, link="identity", train=grey(10, decay="cosine")
    )


@recipe
def dae_gaussian() -> Config:
    noise = CorruptionConfig(kind="gaussian", level=0.5)
    return _stacked("dae-gaussian", "Denoising: Gaussian noise", corruption=noise)


@recipe
def dae_masking() -> Config:
    noise = CorruptionConfig(kind="masking", level=0.5)
    return _stacked("dae-masking", "Denoising: half the pixels blanked", corruption=noise)


@recipe
def dae_salt_pepper() -> Config:
    noise = CorruptionConfig(kind="salt-pepper", level=0.3)
    return _stacked("dae-salt-pepper", "Denoising: salt and pepper", corruption=noise)


@recipe
def sae_topk() -> Config:
    """Tied weights and many small steps: what a linear classifier reads best in its codes."""
    title = "k-sparse: 25 of 1000 units speak"
    code = CodeConfig(activation="relu", topk=25, topk_start=60)
    settings = {
        "net": NetConfig(hidden_dims=(), tied=True),
        "link": "identity",
        "code": code,
        "train": grey(25, batch_size=50, decay="cosine"),
    }
    return _autoencoder("sae-topk", title, 1000, **settings)


def _sigmoid_code(name: str, title: str, latent_dim: int, **changes: object) -> Config:
    """One layer of sigmoid units and back."""
    return _autoencoder(name, title, latent_dim, code=CodeConfig(activation="sigmoid"), **changes)


@recipe
def sae_kl() -> Config:
    charge = SparsityConfig(kind="kl", weight=50.0)
    return _sigmoid_code("sae-kl", "Sparse by divergence", 400, sparsity=charge)


@recipe
def sae_l1() -> Config:
    charge = SparsityConfig(kind="l1", weight=50.0)
    return _sigmoid_code("sae-l1", "Sparse by absolute difference", 400, sparsity=charge)


@recipe
def sae_l2() -> Config:
    charge = SparsityConfig(kind="l2", weight=200.0)
    return _sigmoid_code("sae-l2", "Sparse by squared difference", 400, sparsity=charge)


@recipe
def ae_sigmoid() -> Config:
    return _sigmoid_code("ae-sigmoid", "The contractive one's plain twin", 200)


@recipe
def cae() -> Config:
    return _sigmoid_code("cae", "Contractive: the code moves little", 200, contraction=0.1)


@recipe
def vq_vae() -> Config:
    net = NetConfig(kind="grid", hidden_dims=(16, 32, 64))
    return Config(
        name="vq-vae",
        title="VQ-VAE: sixteen entries of a codebook",
        latent_dim=GRID * 8,
        objective="reconstruction",
        prior="codebook",
        net=net,
        code=CodeConfig(codebook=256),
        train=residual(4, ema=0.0),
    )
