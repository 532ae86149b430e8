"""Adam without the optimizer object: against torch's own, and what a training may import."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import torch

from vae_core.training.adam import Adam

WITHOUT = """
import sys
import torch
from small_models import tiny_config
from vae_core.data.digits import Digits
from vae_core.training.run import TrainingRun, fit
images = torch.randint(0, 256, (90, 1, 28, 28), dtype=torch.uint8)
digits = Digits(images, torch.zeros(90, dtype=torch.int64), torch.arange(90))
list(fit(TrainingRun(tiny_config()), digits))
print([name for name in ("torch._dynamo", "torch._inductor", "scipy.stats") if name in sys.modules])
"""


def test_each_step_is_that_of_torchs_optimizer():
    generator = torch.Generator().manual_seed(0)
    weights = [torch.randn(shape, generator=generator) for shape in ((5, 7), (3,), (2,))]
    twins = [weight.clone().requires_grad_() for weight in weights]
    mine, theirs = Adam(weights, 1e-3), torch.optim.Adam(twins, lr=1e-3, fused=True)
    for step in range(4):
        mine.rate.fill_(1e-3 / (step + 1))
        theirs.param_groups[0]["lr"] = 1e-3 / (step + 1)
        for weight, twin in zip(weights[:2], twins[:2], strict=True):  # the last one has none
            weight.grad = torch.randn(weight.shape, generator=generator)
            twin.grad = weight.grad.clone()
        mine.step()
        theirs.step()
    for weight, twin in zip(weights, twins, strict=True):
        assert torch.equal(weight, twin.detach())
    fresh = Adam(weights, 1e-3)
    fresh.load(mine.state())
    assert all(torch.equal(tensor, mine.state()[name]) for name, tensor in fresh.state().items())
    mine.forget_gradients()
    assert all(weight.grad is None for weight in weights)


def test_a_plain_training_does_not_import_a_compiler(request: pytest.FixtureRequest):
    env = {**os.environ, "PYTHONPATH": str(request.config.rootpath / "tests" / "shared")}
    run = [sys.executable, "-c", WITHOUT]
    done = subprocess.run(run, env=env, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
