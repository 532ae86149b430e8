"""`evaluate` writes where it is told to, and loses no figure that it took."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from vae_core import VAE, __main__, checkpoint, data, files
from vae_core.data.digits import Digits
from vae_core.evaluation import importance
from vae_core.evaluation.elbo import standard_error
from vae_core.evaluation.report import rewrite

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(model: VAE, tmp_path: Path) -> Path:
    return checkpoint.save(model, tmp_path / "tiny")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return data.cache_dir()


def evaluate(capsys: Capture, *words: Any) -> tuple[int, dict[str, Any], str]:
    status = __main__.main(["evaluate", *map(str, words), "--json", "--device", "cpu"])
    answer = capsys.readouterr()
    return status, json.loads(answer.out or "{}"), answer.err.strip().splitlines()[-1]


def few(mnist_dir: Path) -> tuple[Any, ...]:
    return ("--data", mnist_dir, "--limit", 20, "--importance-samples", 3, "--seeds", 0, 1)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_without_save_the_folder_stays_as_it_is(
    capsys: Capture, folder: Path, mnist_dir: Path, cache: Path
):
    (folder / "state").write_text("a file where a folder of states would lie")
    before = contents(folder)
    status, result, _ = evaluate(capsys, folder, *few(mnist_dir))
    assert (status, contents(folder)) == (0, before)
    weights = files.fingerprint(folder / checkpoint.WEIGHTS)[:16]
    kept = sorted(path.name for path in (cache / "nll").iterdir())
    assert kept == [f"{weights}-3-20-{seed}.safetensors" for seed in (0, 1)]
    assert result["nll_sem"] > 0


def test_the_two_errors_of_an_nll(
    capsys: Capture, folder: Path, mnist_dir: Path, test_digits: Digits
):
    _, result, _ = evaluate(capsys, folder, *few(mnist_dir))
    model, digits = checkpoint.load(folder), test_digits.every(20)
    assert isinstance(model, VAE)
    each = []
    for seed in (0, 1):
        *_, values = importance.log_evidence(model, digits, 3, seed=seed)
        each.append(-values)
    draws = torch.stack(each).mean(1)
    assert result["nll_draws"] == pytest.approx(draws.tolist())
    assert result["nll_sem"] == pytest.approx(float(draws.std()) / 2**0.5)
    assert result["nll_sem_digits"] == standard_error(torch.stack(each).mean(0))
    assert result["elbo_sem_digits"] > 0


def test_a_figure_outlives_a_file_that_cannot_be_written(
    capsys: Capture, folder: Path, mnist_dir: Path
):
    (folder / checkpoint.METRICS).mkdir()
    status, result, error = evaluate(capsys, folder, *few(mnist_dir), "--save")
    assert status == 2
    assert result["nll"] > 0
    assert "metrics.json could not be written" in error


def test_a_figure_outlives_a_cache_that_cannot_be_written(
    capsys: Capture, folder: Path, mnist_dir: Path, cache: Path
):
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder would lie")
    with pytest.warns(UserWarning, match="what is done is not kept"):
        status, result, _ = evaluate(capsys, folder, *few(mnist_dir))
    assert status == 0
    assert result["nll"] > 0


def test_a_damaged_partial_result_is_made_again(model: VAE, test_digits: Digits, tmp_path: Path):
    partial, digits = tmp_path / "nll.safetensors", test_digits.every(10)
    *_, clean = importance.log_evidence(model, digits, 2, partial=partial)
    clean = clean.clone()
    for damage in (b"", b"\0" * 20, partial.read_bytes()[:-9]):
        partial.write_bytes(damage)
        *_, again = importance.log_evidence(model, digits, 2, partial=partial)
        assert torch.equal(again, clean)


def test_nothing_is_measured_for_a_folder_that_takes_no_files(
    capsys: Capture, folder: Path, mnist_dir: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError("not here")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    status, result, error = evaluate(capsys, folder, *few(mnist_dir), "--save")
    assert (status, result) == (2, {})
    assert "without --save the figures are only printed" in error


def test_a_refresh_keeps_what_it_does_not_take_again(folder: Path, monkeypatch: Any):
    monkeypatch.setattr("vae_core.evaluation.report.write_card", lambda folder: None)
    earlier: Any = {"recipe": "tiny", "elbo": -87.0, "fid": 4.1, "fid_floor": 5.5}
    rewrite(folder, earlier, {"fid_floor": 2.08, "fid_features": "f"})
    found = files.read_json(folder / checkpoint.METRICS)
    answer: Any = found.pop("refreshed")
    assert found == earlier | {"fid_floor": 2.08, "fid_features": "f"}
    assert answer["command"] == "python -m vae_core evaluate tiny --refresh"


def test_a_refresh_takes_no_other_digits(capsys: Capture, folder: Path, mnist_dir: Path):
    status, _, error = evaluate(capsys, folder, *few(mnist_dir), "--refresh")
    assert status == 2
    assert "--refresh takes the digits" in error


def test_a_refresh_is_of_the_weights_that_were_measured(
    capsys: Capture, folder: Path, mnist_dir: Path
):
    files.write_json(folder / checkpoint.METRICS, {"weights_sha256": "0" * 64})
    status, _, error = evaluate(capsys, folder, "--data", mnist_dir, "--refresh")
    assert status == 2
    assert "is of other weights" in error
