"""Shapes in signatures are checked while tests run, and cost nothing elsewhere."""

from __future__ import annotations

import subprocess
import sys

import pytest
import shape_checks
import torch
from jaxtyping import TypeCheckError

from vae_core import VAE, explore
from vae_core.evaluation.elbo import squared_error


def test_a_wrong_shape_is_refused(model: VAE):
    x, z = torch.rand(2, 1, 28, 28), torch.zeros(2, model.latent_dim)
    for call in (
        lambda: model.encode(x[:, 0]),
        lambda: model.encode(x, torch.zeros(3, dtype=torch.int64)),
        lambda: model.decode(torch.zeros(2, model.latent_dim + 1)),
        lambda: model.prior.log_prob(z.long()),
        lambda: explore.path(z[0], torch.zeros(9), 3),
        lambda: squared_error(x, x[:1]),
    ):
        with pytest.raises(TypeCheckError):
            call()


@pytest.mark.parametrize("package", shape_checks.PACKAGES)
def test_each_room_names_shapes(package: str):
    assert [name for name in shape_checks.checked if name.startswith(f"{package}.")]


@pytest.mark.long
def test_programs_pay_nothing_for_it():
    code = (
        "import sys, vae_core, vae_core.evaluation, vae_core.explore;"
        "print([m for m in ('jaxtyping', 'beartype') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
