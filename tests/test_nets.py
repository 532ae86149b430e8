import pytest
import torch

from vae_core import VAE, recipes
from vae_core.nets import ResidualBlock

PARAMETERS = {
    "vae-128": 209_464,
    "vae-128-64": 222_136,
    "vae-400": 652_824,
    "vae-2d": 252_712,
    "vae-conv": 567_076,
}


@pytest.mark.parametrize(("name", "count"), PARAMETERS.items())
def test_parameter_counts_are_pinned(name: str, count: int):
    assert sum(p.numel() for p in VAE(recipes.get(name)).parameters()) == count


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_shapes_through_every_net(name: str):
    model = VAE(recipes.get(name)).eval()
    q = model.encode(torch.rand(2, 1, 28, 28))
    assert q.mean.shape == q.logvar.shape == (2, model.latent_dim)
    assert model.decode(q.mean).mean.shape == (2, 1, 28, 28)


def test_a_residual_block_starts_as_the_identity():
    x = torch.randn(2, 16, 7, 7)
    assert torch.equal(ResidualBlock(16)(x), x)
