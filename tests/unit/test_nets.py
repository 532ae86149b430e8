import pytest
import torch

from vae_core import recipes
from vae_core.models import build
from vae_core.nets import ConvTranspose2d, ResidualBlock

PARAMETERS = {
    "ae": 944_176,
    "ae-cross-entropy": 944_176,
    "ae-linear": 50_992,
    "ae-overcomplete": 1_569_784,
    "dae-gaussian": 944_176,
    "dae-masking": 944_176,
    "dae-salt-pepper": 944_176,
    "sae-topk": 785_784,
    "sae-kl": 628_384,
    "sae-l1": 628_384,
    "sae-l2": 628_384,
    "ae-sigmoid": 314_584,
    "cae": 314_584,
    "vae-128": 209_464,
    "vae-128-64": 222_136,
    "vae-400": 652_824,
    "vae-gaussian": 652_824,
    "vae-gaussian-learned": 652_825,
    "vae-laplace": 652_824,
    "vae-logistic": 308_624,
    "beta-vae": 277_304,
    "vae-beta-1": 277_304,
    "vae-beta-half": 277_304,
    "vae-collapsed": 505_684,
    "vae-annealed": 505_684,
    "vae-cyclical": 505_684,
    "vae-freebits": 505_684,
    "vae-pixelcnn": 320_465,
    "vae-2d": 252_712,
    "vae-conditional": 295_640,
    "vae-burda": 425_284,
    "iwae-5": 425_284,
    "iwae-50": 425_284,
    "vae-wide": 1_630_884,
    "vae-conv-5": 1_630_884,
    "vae-flow-digits-5": 1_775_460,
    "vae-flow-digits-16": 1_775_460,
    "vae-flow-digits": 1_775_460,
    "vae-conv": 1_630_884,
    "vae-conv-elbo": 567_076,
    "vae-conv-16": 501_508,
    "vae-conv-10": 476_920,
    "vae-conv-10-beta": 476_920,
    "vae-flow": 703_972,
    "vae-flow-5": 703_972,
    "fashion-vae-conv-elbo": 567_076,
    "fashion-vae-conv": 567_076,
    "fashion-vae-flow": 703_972,
    "vae-tc": 277_304,
    "vae-vamp": 817_284,
    "vq-vae": 722_156,
}


def test_every_recipe_is_pinned():
    assert set(PARAMETERS) == set(recipes.RECIPES)


@pytest.mark.parametrize(("name", "count"), PARAMETERS.items())
def test_parameter_counts_are_pinned(name: str, count: int):
    assert sum(p.numel() for p in build(recipes.get(name)).parameters()) == count


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_shapes_through_every_net(name: str):
    model, x = build(recipes.get(name)).eval(), torch.rand(2, 1, 28, 28).round()
    code = model.encode(x).mean
    assert code.shape == (2, model.latent_dim)
    p = model.decode(code)
    assert p.log_prob(x).shape == (2,)
    if model.config.likelihood != "pixelcnn":  # Its pixels are drawn one after the other.
        assert p.mean.shape == (2, 1, 28, 28)


def test_a_residual_block_starts_as_the_identity():
    x = torch.randn(2, 16, 7, 7)
    assert torch.equal(ResidualBlock(16)(x), x)


@pytest.mark.parametrize("kernel", [3, 4])
def test_an_odd_upscaling_keeps_the_precision_of_its_weights(kernel: int):
    ours, theirs = (
        kind(8, 4, kernel, 2, 1) for kind in (ConvTranspose2d, torch.nn.ConvTranspose2d)
    )
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 8, 4, 4)
    assert torch.equal(ours(x), theirs(x))
    with torch.autocast("cpu", torch.bfloat16):
        found = ours(x)
    assert found.dtype == (torch.float32 if kernel == 3 else torch.bfloat16)
    torch.testing.assert_close(found.float(), theirs(x), atol=0.05, rtol=0.05)
