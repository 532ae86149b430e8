"""Every verb on real files, and every mistake as one line on stderr with exit status 2."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from running_verbs import Capture, opened, refused, run

from vae_core import VAE, checkpoint, pictures
from vae_core.checkpoint import held_out
from vae_core.checkpoint.metrics import Disentanglement, PriorGap
from vae_core.data.digits import Digits
from vae_core.evaluation import figures, naming, percentiles, samples
from vae_core.explore import sliders

EVALUATE_KEYS = [
    *("recipe", "device", "n_images", "binarisation", "distortion", "rate", "elbo"),
    *("elbo_sem_digits", "bounds", "bits_per_dim", "nll", "nll_sem", "nll_sem_digits"),
    *("nll_draws", "importance_samples", "seeds", "nll_spread"),
    *(
        "active_units",
        "kl_per_dim",
        "mse",
        "repair_mse",
        "jacobian_norm",
        "knn_error",
        "probe_error",
    ),
    *(*PriorGap.__annotations__, *Disentanglement.__annotations__, *samples.FIGURES),
    *("parameters", "file_bytes", "seconds"),
]


@pytest.fixture
def folder(model: VAE, tmp_path: Path) -> Path:
    return checkpoint.save(model, tmp_path / "tiny")


@pytest.fixture
def digit(test_digits: Digits, tmp_path: Path) -> Path:
    path = tmp_path / "seven.png"
    Image.fromarray(test_digits.images[0, 0].numpy()).save(path)
    return path


def test_recipes(capsys: Capture):
    rows = run(capsys, "recipes")["recipes"]
    assert {"vae-128", "vae-128-64", "vae-400", "vae-2d", "vae-conv"} <= {r["name"] for r in rows}
    keys = ["name", "net", "objective", "likelihood", "prior", "latent_dim", "parameters"]
    assert all(list(row) == keys for row in rows)


def test_inspect(capsys: Capture, folder: Path, model: VAE):
    about = run(capsys, "inspect", folder)
    assert about["config"]["latent_dim"] == 3
    assert about["parameters"] == sum(p.numel() for p in model.parameters())


def test_sample_writes_a_grid_and_repeats_it(capsys: Capture, folder: Path, tmp_path: Path):
    files = [tmp_path / name for name in ("a.png", "b.png", "c.png")]
    for file, seed in zip(files, (1, 1, 2), strict=True):
        run(capsys, "sample", folder, "-n", 5, "--seed", seed, "--temperature", 0.7, "-o", file)
    assert opened(files[0]).size == (92, 62)
    assert files[0].read_bytes() == files[1].read_bytes() != files[2].read_bytes()


def test_reconstruct(capsys: Capture, folder: Path, digit: Path, tmp_path: Path):
    text = tmp_path / "note.txt"
    text.write_text("not a picture")
    out = tmp_path / "pairs.png"
    images = run(capsys, "reconstruct", folder, digit, text, "-o", out)["images"]
    assert [one["ok"] for one in images] == [True, False]
    assert images[0]["distortion"] > 0
    assert images[0]["rate"] > 0
    assert 0 < images[0]["mse"] < 1
    assert images[1]["reason"]
    assert images[1]["distortion"] is None
    assert opened(out).size == (62, 32)


def test_interpolate(
    capsys: Capture, folder: Path, digit: Path, test_digits: Digits, tmp_path: Path
):
    other = tmp_path / "other.png"
    Image.fromarray(test_digits.images[1, 0].numpy()).resize((280, 280)).save(other)
    strip, film = tmp_path / "strip.png", tmp_path / "film.gif"
    run(capsys, "interpolate", folder, digit, other, "--steps", 4, "-o", strip)
    assert opened(strip).size == (122, 32)
    run(capsys, "interpolate", folder, digit, other, "--path", "spherical", "-o", film)
    with Image.open(film) as frames:
        assert getattr(frames, "n_frames", 1) == 18  # ten there, eight back


def test_traverse_has_a_row_for_each_slider_in_order(
    capsys: Capture, folder: Path, model: VAE, test_digits: Digits, tmp_path: Path
):
    bare, named = tmp_path / "bare.png", tmp_path / "named.png"
    answer = run(capsys, "traverse", folder, "--steps", 5, "-o", bare)
    assert answer["values"] == [-2, -1, 0, 1, 2]
    assert answer["rows"] == [{"latent": i, "name": None} for i in range(3)]
    about = sliders.describe(model, test_digits.every(50))
    about["order"] = [2, 0, 1]
    about["latents"][2]["name"] = {"trait": "slant", "r": -0.5}
    sliders.write(folder, about)
    rows = run(capsys, "traverse", folder, "--steps", 5, "-o", named)["rows"]
    assert [row["latent"] for row in rows] == [2, 0, 1]
    assert rows[0]["name"] == "slant -0.50"
    page = opened(named)
    assert page.height == 20 + 3 * 30 + 2
    assert page.width > opened(bare).width  # the name takes room
    # The pictures are those of the slider: the last of the first row is z2 at 2.
    u = torch.zeros(1, 3)
    u[0, 2] = 2
    expected = pictures.to_uint8(model.decode(model.from_sliders(u)).mean)[0]
    last = page.crop((page.width - 30, 22, page.width - 2, 50))
    assert list(last.get_flattened_data()) == expected.flatten().tolist()


def test_prepare(capsys: Capture, test_digits: Digits, digit: Path, tmp_path: Path):
    clash = tmp_path / "again" / "seven.png"
    clash.parent.mkdir()
    clash.write_bytes(digit.read_bytes())
    blank = tmp_path / "blank.png"
    Image.new("L", (100, 100), 255).save(blank)
    out = tmp_path / "out"
    images = run(capsys, "prepare", digit, clash, blank, "-o", out, "--stages")["images"]
    assert [Path(one["output"]).name for one in images[:2]] == ["seven.png", "seven-2.png"]
    assert images[2]["ok"] is False
    assert images[2]["output"] is None
    assert images[2]["reason"]
    written = opened(out / "seven.png")
    assert written.mode == "L"
    assert list(written.get_flattened_data()) == test_digits.images[0].flatten().tolist()
    assert list(out.glob("seven.stage-0-*.png"))
    assert not list(out.glob("blank*"))


@pytest.mark.long
def test_train_then_evaluate(
    capsys: Capture, mnist_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # What files come about is asked here, not how exact their figures are.
    monkeypatch.setattr(percentiles, "DRAWS", 4)
    monkeypatch.setattr(naming, "VERIFIED_ON", 20)
    out = tmp_path / "run"
    words = ("train", "vae-128", "--data", mnist_dir, "--out", out, "--device", "cpu")
    record = run(capsys, *words, "--epochs", 1, "--batch-size", 1000)
    assert record["finished"] is True
    assert record["epoch"] == 1
    assert record["seconds"] > 0
    history = (out / "history.jsonl").read_text().splitlines()
    assert len(history) == 1
    assert json.loads(history[0])["test_distortion"] > 0
    result = run(
        capsys, "evaluate", out, "--data", mnist_dir, "--limit", 20,
        "--importance-samples", 5, "--seeds", 0, 1, "--save",
    )  # fmt: skip
    assert list(result) == EVALUATE_KEYS
    assert result["elbo"] == -(result["distortion"] + result["rate"])
    assert result["nll_sem"] > 0
    assert (out / "README.md").is_file()
    # FID needs all test digits; names of sliders are measured on them whatever the limit.
    assert result["fid"] is None
    assert json.loads((out / sliders.LATENTS).read_text())["digits"] == 10_000
    assert json.loads((out / "metrics.json").read_text())["nll"] == result["nll"]


def test_settings_are_chosen_on_digits_that_training_does_not_see(
    capsys: Capture, mnist_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # The errors of the codes take most of the time, and no part in choosing.
    monkeypatch.setattr(figures, "code_errors", lambda *_: {})
    out = tmp_path / "run"
    words = ("train", "vae-128", "--data", mnist_dir, "--out", out, "--device", "cpu")
    words = (*words, "--epochs", 1, "--batch-size", 1000)
    record = run(capsys, *words, "--hold-out", 1000)
    assert record["total_steps"] == 59
    (line,) = (out / "history.jsonl").read_text().splitlines()
    followed = json.loads(line)
    assert followed["held_out_distortion"] > 0
    assert "test_distortion" not in followed
    result = run(capsys, "evaluate", out, "--data", mnist_dir, "--hold-out", 1000)
    assert result["n_images"] == 1000
    assert result["distortion"] == pytest.approx(followed["held_out_distortion"], rel=1e-3)
    assert result["fid"] is None
    assert held_out.read(out) == 1000
    assert "hold_out is None; the run in" in refused(capsys, *words, "--resume")
    save = ("evaluate", out, "--data", mnist_dir, "--hold-out", 1000, "--save")
    assert "--hold-out takes no --save" in refused(capsys, *save)
    run(capsys, *words)
    assert held_out.read(out) is None
    assert "hold_out is 1000; the run in" in refused(capsys, *words, "--resume", "--hold-out", 1000)


@pytest.mark.long
def test_a_killed_run_saves_and_goes_on(capsys: Capture, mnist_dir: Path, tmp_path: Path):
    out = tmp_path / "run"
    verb = ["train", "vae-128", "--device", "cpu", "--data", str(mnist_dir)]
    verb += ["--out", str(out), "--epochs", "2"]
    words = [sys.executable, "-m", "vae_core", *verb, "--json"]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    pipe = subprocess.PIPE
    process = subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True, env=env)
    assert process.stderr is not None
    seen = ""
    while "nats" not in seen and process.poll() is None:
        seen += process.stderr.read(40)
    process.send_signal(signal.SIGTERM)
    out_text, err_text = process.communicate(timeout=60)
    assert process.returncode == 0, err_text
    stopped = json.loads(out_text)
    assert stopped["finished"] is False
    assert 0 < stopped["step"] < stopped["total_steps"]
    record = run(capsys, *verb, "--resume")
    assert record["finished"] is True
    assert record["step"] == record["total_steps"]
    assert len((out / "history.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "vae-1"], "there is no recipe 'vae-1'"),
        (["train", "vae-400", "--data", "/nowhere"], "--download"),
        (["train", "vae-400", "--epochs", "0"], "epochs is 0"),
        (["train", "vae-400", "--epochs", "many"], "invalid int"),
        (["train", "vae-400", "--device", "abacus"], "device is 'abacus'"),
        (["evaluate", "nothing"], "there is no checkpoint 'nothing'"),
        (["inspect", "nothing"], "there is no checkpoint"),
        (["sample", "TINY", "-n", "0", "-o", "x.png"], "n is 0"),
        (["sample", "TINY", "-n", "-1", "-o", "x.png"], "n is -1"),
        (["sample", "TINY", "-n", "1000000000", "-o", "x.png"], "n is 1000000000"),
        (["sample", "TINY", "--temperature", "nan", "-o", "x.png"], "temperature is nan"),
        (["sample", "TINY", "--temperature", "inf", "-o", "x.png"], "temperature is inf"),
        (["sample", "TINY", "--seed", "-5", "-o", "x.png"], "seed is -5"),
        (["sample", "TINY", "-o", "x.bmp"], "must end in .png"),
        (["sample", "TINY"], "required: -o"),
        (["interpolate", "TINY", "a", "b", "--steps", "1", "-o", "x.png"], "steps is 1"),
        (["interpolate", "TINY", "a", "b", "--path", "x", "-o", "x.png"], "invalid choice"),
        (["interpolate", "TINY", "/no.png", "/no.png", "-o", "x.png"], "/no.png"),
        (["traverse", "TINY", "--steps", "1", "-o", "x.png"], "steps is 1"),
        (["traverse", "TINY", "-o", "x.bmp"], "must end in .png"),
        (["dance"], "invalid choice"),
    ],
)
def test_a_mistake_is_one_line(capsys: Capture, folder: Path, words: list[str], message: str):
    assert message in refused(capsys, *[folder if word == "TINY" else word for word in words])


def test_nothing_to_resume(capsys: Capture, mnist_dir: Path, tmp_path: Path):
    words = ("train", "vae-128", "--data", mnist_dir, "--out", tmp_path / "new", "--resume")
    assert "nothing to resume" in refused(capsys, *words)


def test_a_limit_out_of_range(capsys: Capture, mnist_dir: Path, folder: Path):
    words = ("evaluate", folder, "--data", mnist_dir, "--limit", 0)
    assert "limit is 0" in refused(capsys, *words)


def test_the_shipped_folder_can_be_named(capsys: Capture, folder: Path, monkeypatch: Any):
    monkeypatch.setenv("VAE_CHECKPOINTS", str(folder.parent))
    assert run(capsys, "inspect", "tiny")["recipe"] == "tiny"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="torchrun's rendezvous is tried on POSIX")
@pytest.mark.long
def test_two_ranks_train_one_model(mnist_dir: Path, tmp_path: Path):
    out = tmp_path / "run"
    words = ["--data", str(mnist_dir), "--out", str(out), "--epochs", "1", "--json"]
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    command = [*launcher, "-m", "vae_core", "train", "vae-128", "--batch-size", "1000", *words]
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert time.monotonic() - start < 300
    assert checkpoint.load(out).latent_dim == 20
