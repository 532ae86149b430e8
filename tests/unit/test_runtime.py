import pytest
import torch
from torch import nn

from vae_core import runtime


def test_the_device_is_the_best_there_is():
    best = "cuda" if torch.cuda.is_available() else "cpu"
    if not torch.backends.mps.is_available():
        assert runtime.choose_device().type == best
    assert runtime.choose_device("cpu") == torch.device("cpu")
    assert runtime.device_label(torch.device("cpu")) == "CPU"


@pytest.mark.parametrize("name", ["abacus", "", "cuda:x"])
def test_an_unknown_device_is_refused(name: str):
    with pytest.raises(ValueError, match="device is"):
        runtime.choose_device(name)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_device_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="does not have"):
        runtime.choose_device("cuda")


def test_bf16_is_only_for_a_processor_that_has_it(monkeypatch: pytest.MonkeyPatch):
    a, cpu = torch.ones(2, 2), torch.device("cpu")
    for has, expected in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr(runtime, "cpu_has_bf16", lambda has=has: has)
        with runtime.autocast(cpu, "bf16"):
            assert (a @ a).dtype == expected
    with runtime.autocast(cpu, "fp32"):
        assert (a @ a).dtype == torch.float32


def test_streams_differ_by_every_seed():
    streams = {
        torch.rand(1, generator=runtime.generator("cpu", *s)).item()
        for s in [(0,), (1,), (0, 0), (0, 1), (1, 0), (1, 2), (2, 1)]
    }
    assert len(streams) == 7
    again = [torch.rand(3, generator=runtime.generator("cpu", 4, 2)) for _ in range(2)]
    assert torch.equal(*again)


def test_eval_mode_restores_the_mode():
    model = nn.Dropout()
    with runtime.eval_mode(model):
        assert not model.training
        assert torch.is_inference_mode_enabled()
    assert model.training


def test_a_failing_compiler_costs_a_warning_not_the_run(monkeypatch: pytest.MonkeyPatch):
    def broken(function: object) -> object:
        def call(*_: object) -> object:
            raise RuntimeError("no such instruction")

        return call

    monkeypatch.setattr(runtime.shutil, "which", lambda name: "/usr/bin/" + name)
    monkeypatch.setattr(runtime.torch, "compile", broken)
    double = runtime.compile_if_possible(lambda x: 2 * x)
    with pytest.warns(UserWarning, match="no such instruction"):
        assert double(2) == 4
    assert double(3) == 6


def test_what_is_left_out_of_a_compiled_function_runs_as_it_is(monkeypatch: pytest.MonkeyPatch):
    by_torch = torch.compile
    monkeypatch.setattr(runtime.shutil, "which", lambda name: "/usr/bin/" + name)
    monkeypatch.setattr(runtime.torch, "compile", lambda f: by_torch(f, backend="eager"))
    compiled: list[bool] = []

    @runtime.uncompiled
    def left_out(x: torch.Tensor) -> torch.Tensor:
        compiled.append(torch.compiler.is_compiling())
        return x + 1

    def call(x: torch.Tensor) -> torch.Tensor:
        return 2 * left_out(x)

    assert call(torch.ones(2)).tolist() == [4, 4]
    assert runtime.compile_if_possible(call)(torch.ones(2)).tolist() == [4, 4]
    assert compiled == [False, False]


def test_an_error_of_the_function_itself_comes_through(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runtime.shutil, "which", lambda name: None)
    with pytest.raises(ZeroDivisionError):
        runtime.compile_if_possible(lambda x: x / 0)(1)
