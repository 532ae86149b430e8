"""The service behind the page: every bad argument in one sentence, every good one exact."""

from __future__ import annotations

import base64
import io
import math
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import vae_core
from vae_core import checkpoint, pictures
from vae_core.app import wire
from vae_core.app.server.assets import examples
from vae_core.app.service import damage, prepare
from vae_core.app.service.damage import damaged
from vae_core.app.service.limiter import Limiter
from vae_core.app.service.reader import Reader
from vae_core.app.service.studio import Studio
from vae_core.config import Config, NetConfig
from vae_core.data.digits import Digits
from vae_core.digitize import candidates, digitize, judge
from vae_core.evaluation import percentiles
from vae_core.models import VAE

DIM = 6


def stroke(shift: int = 0) -> bytes:
    """A PNG of a thick dark bar on white paper, 100x100."""
    paper = np.full((100, 100), 255, dtype=np.uint8)
    paper[20:80, 45 + shift : 55 + shift] = 10
    buffer = io.BytesIO()
    Image.fromarray(paper).save(buffer, format="PNG")
    return buffer.getvalue()


def make(folder: Path, name: str, seed: int = 0, dim: int = DIM) -> VAE:
    """Random weights, saved under `name`."""
    torch.manual_seed(seed)
    config = Config(name=name, latent_dim=dim, net=NetConfig(hidden_dims=(16,)))
    model = VAE(config).eval()
    vae_core.save(model, folder / name)
    return model


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoints")
    make(folder, "tiny")
    make(folder, "other", seed=1, dim=3)
    return folder


@pytest.fixture(scope="module")
def studio(root: Path) -> Studio:
    return Studio(root, "cpu")


@pytest.fixture(scope="module")
def model(root: Path) -> VAE:
    return vae_core.load(root / "tiny")  # type: ignore


def expected(model: VAE, z: list[list[float]]) -> np.ndarray:
    with torch.inference_mode():
        return pictures.to_uint8(model.decode(torch.tensor(z)).mean)


Z = [0.1, -0.2, 0.3, 1.5, -2.5, 0.0]


def test_cards_name_every_model(studio: Studio) -> None:
    cards = studio.checkpoints()
    assert [card["name"] for card in cards] == ["other", "tiny"]
    assert cards[1]["latent_dim"] == DIM
    assert cards[1]["order"] == list(range(DIM))


def test_decode_is_the_models_own_mean(studio: Studio, model: VAE) -> None:
    answer = studio.decode("tiny", Z)
    assert np.array_equal(answer["pixels"], expected(model, [Z]))
    assert answer["milliseconds"] >= 0


@pytest.mark.parametrize(
    ("z", "words"),
    [
        ([0.0] * 5, "must hold 6 numbers"),
        ([], "must hold 6 numbers"),
        (None, "list of 6 numbers, not null"),
        ("000000", "list of 6 numbers"),
        ({"0": 1}, "list of 6 numbers"),
        ([0, 0, math.nan, 0, 0, 0], r"z\[2\] must be a number from -10 to 10, not NaN"),
        ([0, 0, None, 0, 0, 0], r"z\[2\] must be a number from -10 to 10, not null"),
        ([0, 0, 0, math.inf, 0, 0], r"z\[3\]"),
        ([0, 0, 0, 0, 0, "1"], r"z\[5\]"),
        ([True, 0, 0, 0, 0, 0], r"z\[0\] .* not True"),
        ([10.001, 0, 0, 0, 0, 0], r"z\[0\]"),
        ([10**400, 0, 0, 0, 0, 0], r"z\[0\]"),
        ([10**5000, 0, 0, 0, 0, 0], r"z\[0\] .* huge"),
        ([[0] * 6], "must hold 6 numbers"),
    ],
)
def test_decode_refuses_a_bad_z(studio: Studio, z: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        studio.decode("tiny", z)


@pytest.mark.parametrize("name", [None, "", "nope", 3, ["tiny"], "../tiny", "hf:user/name"])
def test_unknown_checkpoint_names_the_known_ones(studio: Studio, name: object) -> None:
    for call in (studio.decode, studio.encode, studio.sample, studio.reconstruct):
        with pytest.raises(ValueError, match=r"checkpoint .* is unknown; there are: other, tiny"):
            call(name, *([[0.0] * DIM] if call != studio.sample else []))  # type: ignore


@pytest.mark.parametrize("n", [0, -1, 10**9, True, 2.5, "16", None, math.nan, math.inf, 257])
def test_sample_refuses_a_bad_n(studio: Studio, n: object) -> None:
    with pytest.raises(ValueError, match="n must be a whole number from 1 to 256, not"):
        studio.sample("tiny", n)


@pytest.mark.parametrize("value", [-0.1, 3.1, None, "1", True, math.nan])
def test_sample_refuses_a_bad_temperature(studio: Studio, value: object) -> None:
    with pytest.raises(ValueError, match="temperature must be a number from 0 to 3"):
        studio.sample("tiny", temperature=value)


@pytest.mark.parametrize("value", [-1, 0.5, None, "0", 2**32])
def test_sample_refuses_a_bad_seed(studio: Studio, value: object) -> None:
    with pytest.raises(ValueError, match="seed must be a whole number"):
        studio.sample("tiny", seed=value)


def test_sample_repeats_itself_and_its_z_decodes_to_its_pictures(
    studio: Studio, model: VAE
) -> None:
    first, again = studio.sample("tiny", 5, 7), studio.sample("tiny", 5.0, 7)
    assert first["z"] == again["z"]
    assert np.array_equal(first["pixels"], again["pixels"])
    assert first["z"] != studio.sample("tiny", 5, 8)["z"]
    # Batches of another size may round the last bit differently.
    pixels = first["pixels"].astype(int)
    assert np.abs(pixels - expected(model, first["z"])).max() <= 1


def test_temperature_scales_the_draw(studio: Studio) -> None:
    warm, cold = studio.sample("tiny", 3, 1, 1.0), studio.sample("tiny", 3, 1, 0.25)
    assert np.allclose(np.array(warm["z"]) * 0.25, cold["z"], atol=1e-6)
    assert not np.any(studio.sample("tiny", 3, 1, 0)["z"])


def test_interpolate_starts_at_a_and_ends_at_b(studio: Studio, model: VAE) -> None:
    a, b = [1.0] + [0.0] * 5, [0.0, 1.0] + [0.0] * 4
    line = studio.interpolate("tiny", {"z": a}, {"z": b}, 3, "linear")
    assert np.allclose(line["z"], [a, [0.5, 0.5, 0, 0, 0, 0], b], atol=1e-6)
    arc = studio.interpolate("tiny", {"z": a}, {"z": b}, 3, "spherical")
    half = math.sqrt(0.5)
    assert np.allclose(arc["z"], [a, [half, half, 0, 0, 0, 0], b], atol=1e-6)
    pixels = line["pixels"].astype(int)
    assert np.abs(pixels - expected(model, line["z"])).max() <= 1


def test_interpolate_takes_pictures(studio: Studio) -> None:
    ends = {"picture": stroke()}, {"z": Z}
    path = studio.interpolate("tiny", ends[0], ends[1], 4)
    assert np.allclose(path["z"][0], studio.encode("tiny", stroke())["z"], atol=1e-5)
    assert np.allclose(path["z"][-1], Z, atol=1e-5)


@pytest.mark.parametrize("steps", [1, 0, -1, 65, 2.5, True, None, "10", 10**9])
def test_interpolate_refuses_bad_steps(studio: Studio, steps: object) -> None:
    with pytest.raises(ValueError, match="steps must be a whole number from 2 to 64, not"):
        studio.interpolate("tiny", {"z": Z}, {"z": Z}, steps)


@pytest.mark.parametrize("path", ["", "geodesic", None, 1])
def test_interpolate_refuses_a_bad_path(studio: Studio, path: object) -> None:
    with pytest.raises(ValueError, match='path must be one of "linear", "spherical", not'):
        studio.interpolate("tiny", {"z": Z}, {"z": Z}, 4, path)


def test_between_agrees_with_interpolate(studio: Studio) -> None:
    ends = [2.0, 0, 0, 0, 0, 1], [0, 0, 3.0, 0, -1, 0]
    for path in ("linear", "spherical"):
        line = studio.interpolate("tiny", {"z": ends[0]}, {"z": ends[1]}, 5, path)
        third = studio.between("tiny", *ends, path, 0.75)
        assert np.allclose(third["z"], line["z"][3], atol=1e-5)


@pytest.mark.parametrize("t", [-0.01, 1.01, None, math.nan, "0.5", True])
def test_between_refuses_a_bad_t(studio: Studio, t: object) -> None:
    with pytest.raises(ValueError, match="t must be a number from 0 to 1"):
        studio.between("tiny", Z, Z, "linear", t)


def test_traversals_move_one_dimension_each(studio: Studio, model: VAE) -> None:
    film = studio.traversals("tiny", Z, 3, 2.0)
    assert film["values"] == [-2.0, 0.0, 2.0]
    pixels = film["pixels"].astype(int).reshape(DIM, 3, 28, 28)
    moved = [*Z[:4], 2.0, Z[5]]
    assert np.abs(pixels[4, 2] - expected(model, [moved])[0]).max() <= 1


def test_encode_reads_the_posterior_of_what_it_shows(studio: Studio, model: VAE) -> None:
    answer = studio.encode("tiny", stroke())
    seen = torch.tensor(answer["input"] / 255.0).float()[None, None]
    with torch.inference_mode():
        q = model.encode(seen)
    assert np.allclose(answer["mean"], q.mean[0], atol=1e-5)
    assert answer["sigma"] is not None
    assert np.allclose(answer["sigma"], (q.logvar[0] / 2).exp(), atol=1e-5)
    assert answer["z"] == answer["mean"]


def test_a_digit_given_as_raw_bytes_passes_unchanged(studio: Studio) -> None:
    digit = studio.encode("tiny", stroke())["input"]
    given = {"pixels": wire.pack(digit)}
    assert np.array_equal(studio.encode("tiny", given)["input"], digit)


def test_reconstruct_measures_agree_with_the_model(studio: Studio, model: VAE) -> None:
    answer = studio.reconstruct("tiny", stroke(), {"draws": 3})
    x = torch.tensor(answer["input"] / 255.0).float()[None, None]
    with torch.inference_mode():
        q = model.encode(x)
        z = q.mean + (q.logvar / 2).exp() * torch.randn(4000, DIM)
        distortion = -model.decode(z).log_prob(x).mean().item()
        prior = torch.distributions.Normal(0.0, 1.0)
        posterior = torch.distributions.Normal(q.mean, (q.logvar / 2).exp())
        rate = torch.distributions.kl_divergence(posterior, prior).sum().item()
        mse = (model.decode(q.mean).mean - x).square().mean().item()
    assert answer["rate"] == pytest.approx(rate, rel=1e-4)
    assert answer["distortion"] == pytest.approx(distortion, rel=0.02)
    assert answer["elbo"] == pytest.approx(-answer["distortion"] - rate, rel=1e-4)
    assert answer["mse"] == pytest.approx(mse, rel=1e-3)
    assert answer["draws"].shape == (3, 28, 28)


def test_the_difference_is_reconstruction_minus_input(studio: Studio) -> None:
    answer = studio.reconstruct("tiny", stroke())
    seen = answer["input"].astype(float) / 255
    made = answer["reconstruction"].astype(float) / 255
    difference = answer["difference"][0].astype(float) / 127
    assert np.abs(difference - (made - seen)).max() < 0.01


def test_reconstruct_shows_the_way_and_leaves_it_out_when_told(studio: Studio) -> None:
    answer: Any = studio.reconstruct("tiny", stroke())
    packed: Any = wire.to_json(answer)
    assert packed["stages"][-1]["image"].startswith("data:image/png;base64,")
    assert answer["found"] == len(answer["boxes"]) == 1
    left, top, right, bottom = answer["boxes"][0]
    assert left == pytest.approx(0.45, abs=0.03)
    assert bottom == pytest.approx(0.8, abs=0.03)
    assert left < right
    assert top < bottom
    assert "stages" not in studio.reconstruct("tiny", stroke(), {"stages": False})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"polarity": "blue"}, "polarity"),
        ({"threshold": 2}, "threshold"),
        ({"threshold": math.nan}, "threshold"),
        ({"stroke": "fat"}, "stroke"),
        ({"stroke": 100}, "stroke"),
        ({"stroke": True}, "stroke"),
        ({"choose": -1}, "choose"),
        ({"choose": 1.5}, "choose"),
        ({"code": "median"}, "code"),
        ({"draws": 10**9}, "draws"),
        ({"odd": "hide"}, "odd"),
        ([1], "options"),
        ("x", "options"),
    ],
)
def test_reconstruct_refuses_bad_options(studio: Studio, options: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        studio.reconstruct("tiny", stroke(), options)


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (None, "No picture"),
        ("", "No picture"),
        (b"", "No picture"),
        ("data:image/png,abc", "base64"),
        ("data:image/png;base64,", "empty"),
        ("not base64!", "base64"),
        ("/etc/hostname", "picture"),
        (b"hello", "not a picture"),
        (stroke()[:60], "damaged|cut short|not a picture"),
        (7, "bytes of an image"),
        ({"pixels": "AAAA"}, "784"),
        ({"pixels": None}, "784"),
        ({"path": "/etc/passwd"}, "bytes of an image"),
        (Path("/etc/hostname"), "bytes of an image"),
    ],
)
def test_a_bad_picture_gets_a_sentence(studio: Studio, picture: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        studio.reconstruct("tiny", picture)


def test_a_blank_page_is_refused(studio: Studio) -> None:
    with pytest.raises(ValueError, match=r"(?i)nothing"):
        studio.reconstruct("tiny", Image.new("L", (300, 300), 255))


def test_a_broken_folder_does_not_stop_the_others(root: Path, tmp_path: Path) -> None:
    make(tmp_path, "whole")
    make(tmp_path, "torn")
    weights = tmp_path / "torn" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    make(tmp_path, "garbled")
    (tmp_path / "garbled" / "config.json").write_text("{")
    service = Studio(tmp_path, "cpu")
    assert [card["name"] for card in service.checkpoints()] == ["whole"]
    with pytest.raises(ValueError, match="damaged or cut short"):
        service.decode("torn", Z)


def test_only_so_many_models_stay_loaded(root: Path) -> None:
    service = Studio(root, "cpu", capacity=1)
    first = service.registry.get("tiny")
    assert service.registry.get("tiny") is first
    service.registry.get("other")
    assert service.registry.get("tiny") is not first


def test_visitors_load_a_model_once(root: Path) -> None:
    service = Studio(root, "cpu")
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(service.registry.get("tiny")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(model) for model in found}) == 1


def test_the_gate_lets_some_in_lets_some_wait_and_refuses_the_rest() -> None:
    limiter = Limiter(running=1, waiting=1, longest_wait=5)
    release, seen = threading.Event(), []

    def work() -> None:
        with limiter():
            seen.append(1)
            release.wait(5)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 5
    while limiter.waiting < 1 and time.monotonic() < deadline:
        time.sleep(0.001)
    with pytest.raises(ValueError, match="try again"), limiter():
        pass
    release.set()
    for thread in threads:
        thread.join()
    assert len(seen) == 2


def test_readings_agree_with_the_labels_of_the_examples() -> None:
    digits, labels, _ = examples()
    readings = Reader(checkpoint.shipped_root(), torch.device("cpu")).read(digits[:100])
    assert readings is not None
    right = [reading["digit"] == label for reading, label in zip(readings, labels, strict=False)]
    assert sum(right) >= 98


def test_without_a_classifier_there_are_no_readings(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae_core.classifier.model.DEFAULT_FOLDER", tmp_path / "classifier")
    monkeypatch.setenv("VAE_CHECKPOINTS", str(tmp_path))
    reader = Reader(tmp_path, torch.device("cpu"))
    assert reader.read(examples()[0][:1]) is None
    assert str(tmp_path / "classifier") in str(reader.problem())
    monkeypatch.setattr(studio, "reader", reader)
    monkeypatch.setattr(judge, "not_a_digit", lambda pictures: [0.0] * len(pictures))
    monkeypatch.setattr(candidates, "not_a_digit", judge.not_a_digit)
    assert studio.reconstruct("tiny", stroke())["readings"] is None


def test_the_same_digit_through_every_model(studio: Studio) -> None:
    alone = studio.reconstruct("tiny", stroke())
    family: Any = {member["name"]: member for member in studio.family(stroke())["models"]}
    assert list(family) == ["other", "tiny"]
    assert family["tiny"]["distortion"] == pytest.approx(alone["distortion"], rel=1e-5)
    assert np.array_equal(family["tiny"]["reconstruction"], alone["reconstruction"])


def test_draws_around_a_code_begin_with_it_and_keep_the_prior(studio: Studio) -> None:
    answer = studio.around("tiny", Z, 200, 3, 0.6)
    drawn = np.array(answer["z"])
    assert np.allclose(drawn[0], Z)
    assert np.allclose(drawn[1:].mean(0), 0.8 * np.array(Z), atol=0.2)
    assert np.allclose(drawn[1:].std(0), 0.6, atol=0.15)


def test_the_gif_runs_there_and_back(studio: Studio) -> None:
    way = studio.interpolate("tiny", {"z": Z}, {"z": [0.0] * DIM}, 5)
    uri = wire.to_json(wire.Film(way["pixels"]))
    assert isinstance(uri, str)
    data = base64.b64decode(uri.removeprefix("data:image/gif;base64,"))
    with Image.open(io.BytesIO(data)) as film:
        assert getattr(film, "n_frames", 1) == 8
        assert film.size == (224, 224)


def test_examples_are_thirty_of_each_class_and_pass_unchanged() -> None:
    digits, labels, indices = examples()
    assert np.bincount(labels).tolist() == [30] * 10
    assert len(set(indices)) == 300
    assert all(np.array_equal(digitize(Image.fromarray(digit)).pixels, digit) for digit in digits)


def test_damage_is_what_it_says() -> None:
    digit = examples()[0][4]
    assert damaged(digit, None) is digit
    erased = damaged(digit, {"kind": "erase", "amount": 0.5})
    assert np.array_equal(erased[:14], digit[:14])
    assert not erased[14:].any()
    assert np.array_equal(damaged(digit, {"kind": "rotate", "amount": 0}), digit)
    turned = damaged(digit, {"kind": "rotate", "amount": 1})
    assert float(turned.sum()) == pytest.approx(float(digit.sum()), rel=0.05)
    noisy = damaged(np.full((28, 28), 128, np.uint8), {"kind": "noise", "amount": 0.1, "seed": 3})
    assert noisy.std() == pytest.approx(25.5, rel=0.1)


def test_the_hand_erases_too() -> None:
    digit, mask = examples()[0][4], np.zeros((28, 28), np.uint8)
    mask[5:9, 10:20] = 1
    wish = {"kind": "erase", "amount": 0.25, "mask": wire.pack(mask)}
    gone = damage.gap(wish)
    assert gone is not None
    assert gone[5:9, 10:20].all()
    assert gone[21:].all()
    assert gone.sum() == 40 + 7 * 28
    assert np.array_equal(damage.damaged(digit, wish), np.where(gone, 0, digit))
    assert damage.gap(None) is damage.gap({"kind": "noise", "amount": 1}) is None


@pytest.mark.parametrize(
    "mask", [7, "", "AAAA", "no base64!", wire.pack(np.zeros((27, 28), np.uint8))]
)
def test_a_bad_mask_is_refused(studio: Studio, mask: object) -> None:
    wish = {"kind": "erase", "amount": 0.1, "mask": mask}
    with pytest.raises(ValueError, match=r"damage\.mask must be base64 of 784 bytes"):
        studio.reconstruct("tiny", stroke(), {"damage": wish})


def test_a_gap_is_filled_and_the_rest_stays(studio: Studio) -> None:
    options = {"damage": {"kind": "erase", "amount": 0.5}, "seed": 1}
    seen = studio.reconstruct("tiny", stroke(), options)["input"]
    result = studio.fill("tiny", stroke(), options)
    made = result["answers"]
    assert made.shape == (8, 28, 28)
    assert (made[:, :14] == seen[:14]).all()
    assert made[:, 14:].any()
    assert np.array_equal(studio.fill("tiny", stroke(), options)["answers"], result["answers"])
    assert result["acceptance"] is not None
    assert 0 <= result["acceptance"] <= 1
    average = result["average"]
    assert np.abs(average - made.mean(0)).max() <= 1
    for nothing in ({}, {"damage": {"kind": "erase", "amount": 0}}):
        with pytest.raises(ValueError, match="Nothing is erased"):
            studio.fill("tiny", stroke(), nothing)


def test_a_picture_stands_where_it_would_among_the_digits(tmp_path: Path) -> None:
    model = make(tmp_path, "ranked")
    assert Studio(tmp_path, "cpu").reconstruct("ranked", stroke())["shares_below"] is None
    images = torch.from_numpy(examples()[0][:50].copy())[:, None]
    digits = Digits(images, torch.zeros(50, dtype=torch.int64), torch.arange(50))
    percentiles.write(tmp_path / "ranked", percentiles.measure(model, digits))
    service = Studio(tmp_path, "cpu")
    with torch.inference_mode():
        costs = {key: v.numpy() for key, v in percentiles.placed(model, digits.floats()).items()}
    del costs["length"]  # which Explore's gauge asks for
    for place in (0, 17, 49):
        result: Any = service.reconstruct("ranked", {"pixels": wire.pack(examples()[0][place])})
        for key, values in costs.items():
            rank = (values < values[place]).sum() / 49
            assert result["shares_below"][key] == pytest.approx(rank, abs=0.015), key
            assert result["medians"][key] == pytest.approx(float(np.median(values)), rel=1e-3)


def test_a_scribble_is_shown_when_asked_for(studio: Studio) -> None:
    pad = np.zeros((112, 112), np.uint8)
    pad[53:60, 10:100] = 255
    with pytest.raises(ValueError, match=r"Nothing drawn"):
        studio.reconstruct("tiny", Image.fromarray(pad))
    result = studio.reconstruct("tiny", Image.fromarray(pad), {"odd": "show"})
    assert result["odd"] is True
    assert "Off the map" in result["verdict"]
    assert studio.reconstruct("tiny", stroke())["odd"] is False


@pytest.mark.parametrize(
    "wish", [{"kind": "burn", "amount": 1}, {"kind": "noise"}, {"kind": "noise", "amount": 2}, "x"]
)
def test_bad_damage_is_refused(studio: Studio, wish: object) -> None:
    with pytest.raises(ValueError, match="damage"):
        studio.reconstruct("tiny", stroke(), {"damage": wish})


def test_the_whole_digit_stays_beside_its_damage(studio: Studio) -> None:
    plain = studio.reconstruct("tiny", stroke())
    broken: Any = studio.reconstruct("tiny", stroke(), {"damage": {"kind": "erase", "amount": 0.3}})
    assert "whole" not in plain
    assert np.array_equal(broken["whole"], plain["input"])
    assert not np.array_equal(broken["input"], plain["input"])


def test_a_digit_that_came_before_is_not_digitized_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One picture, shown with the family, damaged and filled: one upload, one digitization."""
    counted: list[object] = []

    def counting(source: object, *options: object) -> object:
        counted.append(source)
        return digitize(source, *options)  # type: ignore[arg-type]

    monkeypatch.setattr(prepare, "digitize", counting)
    whole = studio.reconstruct("tiny", stroke(), {"odd": "show"})
    digit = {"digit": wire.pack(whole["input"])}
    again = studio.reconstruct("tiny", digit, {"stages": False})
    assert np.array_equal(again["input"], whole["input"])
    assert np.array_equal(again["reconstruction"], whole["reconstruction"])
    assert studio.family(digit)["models"]
    erased = {"damage": {"kind": "erase", "amount": 0.5}}
    broken: Any = studio.reconstruct("tiny", digit, erased)
    assert np.array_equal(broken["whole"], whole["input"])
    studio.fill("tiny", digit, erased)
    assert np.array_equal(studio.encode("tiny", digit)["input"], whole["input"])
    assert len(counted) == 1
    for bad in ({"digit": "AAAA"}, {"digit": None}, {"digit": 3}):
        with pytest.raises(ValueError, match="digit must be base64 of 784 grey bytes"):
            studio.family(bad)


def test_real_digits_are_typical_among_the_codes_of_digits():
    """A posterior mean lies nearer to 0 than draws do: held against draws, 23 of 30 seemed odd."""
    studio = Studio(checkpoint.shipped_root(), "cpu")
    pixels = [wire.pack(digit) for digit in examples()[0][:30]]
    ranks = [studio.encode("vae-flow", {"pixels": each})["nearer"] for each in pixels]
    assert sum(0.025 < rank < 0.975 for rank in ranks if rank is not None) >= 0.8 * len(ranks)
