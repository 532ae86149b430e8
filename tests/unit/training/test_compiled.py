import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from vae_core import Config, NetConfig, TrainConfig, recipes, runtime
from vae_core.data.digits import Digits
from vae_core.training import compile_choice, compiled, state, step
from vae_core.training.objectives import Batch
from vae_core.training.run import TrainingRun, fit
from vae_core.training.step import batch_loss

ROUNDING = {"fp32": 2e-5, "bf16": 2e-3}
"""How far weights may part in a few steps of size 1e-3: Adam turns a rounded gradient near zero
into a whole step, for bf16; single precision leaves the order of its sums alone."""


def config(**train: object) -> Config:
    settings = {"epochs": 2, "batch_size": 10, "decay": "cosine", "fused": True}
    return Config(
        name="tiny",
        latent_dim=3,
        net=NetConfig(hidden_dims=(16,)),
        train=TrainConfig(**{**settings, **train}),  # type: ignore[arg-type]
    )


def some_digits() -> Digits:
    images = torch.randint(0, 256, (45, 1, 28, 28), generator=torch.Generator().manual_seed(0))
    return Digits(images.to(torch.uint8), torch.zeros(45, dtype=torch.int64), torch.arange(45))


@pytest.fixture
def digits() -> Digits:
    return some_digits()


@pytest.fixture
def uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The graph itself is run: all but the compiler, in a hundredth of its time."""

    def whole(graph: Any, _: object) -> Any:
        return torch.no_grad()(lambda inputs: graph(*inputs))

    monkeypatch.setattr(compiled, "_inductor", whole)
    monkeypatch.setattr(compiled, "is_supported", lambda _: True)
    monkeypatch.setattr(compile_choice, "pays", lambda *_: True)


def trained(run: TrainingRun, digits: Digits, steps: int = 8) -> TrainingRun:
    for _ in fit(run, digits, every=1):
        if run.step >= steps:
            break
    return run


def weights(run: TrainingRun) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in run.result().parameters()])


def plain(settings: Config) -> Config:
    return dataclasses.replace(settings, train=dataclasses.replace(settings.train, fused=False))


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize(
    "extras", [{}, {"clip_norm": 5.0}, {"ema": 0.9}, {"binarisation": "dynamic"}], ids=str
)
def test_a_fused_step_is_the_plain_one(digits: Digits, precision: str, extras: dict[str, object]):
    settings = config(precision=precision, **extras)
    mine = trained(TrainingRun(settings), digits, steps=3)
    theirs = trained(TrainingRun(plain(settings)), digits, steps=3)
    apart = (weights(mine) - weights(theirs)).abs()
    assert apart.mean() < ROUNDING[precision] / 20
    assert apart.max() < 3 * ROUNDING[precision]


@pytest.mark.usefixtures("uncompiled")
def test_the_importance_weighted_gradient_survives_the_graph(digits: Digits):
    """It hangs on a hook, which only a run of autograd itself calls."""
    settings = dataclasses.replace(config(), objective="iwae", samples=4)
    mine = trained(TrainingRun(settings), digits, steps=3)
    theirs = trained(TrainingRun(plain(settings)), digits, steps=3)
    assert torch.allclose(weights(mine), weights(theirs), atol=ROUNDING["fp32"])


@pytest.mark.usefixtures("uncompiled")
def test_the_update_is_torch_adam(digits: Digits):
    """The same gradients, fed to torch's own optimiser in double precision."""
    generator = torch.Generator().manual_seed(1)
    weight = torch.randn(50, generator=generator)
    oracle = weight.double().requires_grad_()
    optimizer = torch.optim.Adam([oracle], lr=1e-3)
    m, v = torch.zeros(50), torch.zeros(50)
    for t in range(1, 6):
        gradient = torch.randn(50, generator=generator)
        oracle.grad = gradient.double()
        optimizer.step()
        rate, spread = torch.tensor(1e-3 / (1 - 0.9**t)), torch.tensor((1 - 0.999**t) ** -0.5)
        compiled._adam(weight, m, v, gradient, rate, spread)
    torch.testing.assert_close(weight, oracle.detach().float(), rtol=1e-6, atol=1e-7)


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("at", [1, 6])
def test_a_resumed_fused_run_equals_an_uninterrupted_one(digits: Digits, tmp_path: Path, at: int):
    settings = config(ema=0.9, clip_norm=50.0, precision="bf16")
    whole = trained(TrainingRun(settings), digits)
    trained(first := TrainingRun(settings), digits, steps=at)
    first.save(tmp_path / "run.safetensors")
    second = TrainingRun(settings, seed=99)
    second.resume(tmp_path / "run.safetensors")
    trained(second, digits)
    assert torch.equal(weights(whole), weights(second))
    resumed = state._tensors(second)
    for name, tensor in state._tensors(whole).items():
        assert torch.equal(tensor, resumed[name]), name


@pytest.mark.usefixtures("uncompiled")
def test_the_optimiser_counts_as_the_plain_one(digits: Digits):
    settings = config(ema=0.9)
    mine = state._tensors(trained(TrainingRun(settings), digits, steps=3))
    theirs = state._tensors(trained(TrainingRun(plain(settings)), digits, steps=3))
    assert {k: (v.dtype, v.shape) for k, v in mine.items()} == {
        k: (v.dtype, v.shape) for k, v in theirs.items()
    }
    for name in theirs:
        if name.endswith("step"):
            assert mine[name] == theirs[name] == 3, name


def test_a_failing_compiler_costs_a_warning_not_the_run(
    digits: Digits, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> None:
        raise RuntimeError("no such intrinsic")

    monkeypatch.setattr(compiled, "_inductor", broken)
    monkeypatch.setattr(compiled, "is_supported", lambda _: True)
    monkeypatch.setattr(compile_choice, "pays", lambda *_: True)
    with pytest.warns(UserWarning, match="no such intrinsic"):
        mine = trained(TrainingRun(config()), digits)
    assert torch.equal(weights(mine), weights(trained(TrainingRun(plain(config())), digits)))


@pytest.mark.skipif(not shutil.which("g++"), reason="needs a C++ compiler")
def test_a_loss_with_a_tensor_of_its_own_is_not_compiled(
    digits: Digits, monkeypatch: pytest.MonkeyPatch
):
    """The compiled graph read it from where nothing had been handed in, and the process died."""

    def loss(model: Any, batch: Batch, beta: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        value, means = batch_loss(model, batch, beta)
        return value + torch.log(torch.tensor(2.0)), means

    monkeypatch.setattr(step, "batch_loss", loss)
    run = TrainingRun(config())
    run.compiles = True
    with pytest.warns(UserWarning, match="tensors of its own"):
        trained(run, digits, steps=2)


def test_it_is_for_one_process_on_a_cpu(monkeypatch: pytest.MonkeyPatch):
    run = TrainingRun(config())
    assert compiled.is_supported(run) == bool(shutil.which("g++") or shutil.which("clang++"))
    monkeypatch.setattr(compiled.distributed, "size", lambda: 2)
    assert not compiled.is_supported(run)


SPARSE = dataclasses.replace(
    recipes.get("sae-kl"), train=config(ema=0.9, clip_norm=50.0, precision="bf16").train
)


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("g++"), reason="needs a C++ compiler")
@pytest.mark.parametrize(
    "settings",
    [config(ema=0.9, clip_norm=50.0, precision="bf16"), SPARSE],
    ids=["variational", "sparse"],
)
def test_the_compiled_graph_trains_as_the_plain_loop(digits: Digits, settings: Config):
    mine = TrainingRun(settings)
    mine.compiles = True
    trained(mine, digits)
    apart = (weights(mine) - weights(trained(TrainingRun(plain(settings)), digits))).abs()
    assert apart.mean() < ROUNDING["bf16"] / 10


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("g++"), reason="needs a C++ compiler")
@pytest.mark.parametrize(("kind", "kept"), [("step", 1000), ("function", 0)])
def test_a_compiled_file_that_was_left_unfinished_is_made_again(
    kind: str, kept: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A whole step (`fused`), or a function; each process takes warnings for errors."""
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    words = [sys.executable, "-W", "error::UserWarning", __file__, kind]
    subprocess.run(words, check=True, timeout=200)
    (made,) = tmp_path.glob("*/*.main.so")
    made.write_bytes(made.read_bytes()[:kept])
    os.utime(made, (0, 0))  # long ago
    subprocess.run(words, check=True, timeout=200)
    assert made.stat().st_size > kept


if __name__ == "__main__":
    if sys.argv[1] == "step":
        run = TrainingRun(config())
        run.compiles = True
        trained(run, some_digits(), steps=2)
    else:
        runtime.compile_if_possible(lambda x: torch.sin(x) + 1)(torch.randn(100))
