"""What the lessons say of the shipped models is so, measured again here."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.app import wire
from vae_core.app.service.inside import Inside
from vae_core.app.service.studio import Studio
from vae_core.data.examples import examples

DIGITS, LABELS, _ = examples()


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio(None, "cpu")


def picture(label: int, nth: int = 0) -> str:
    """The nth example of a class, as a lesson hands it over."""
    place = [i for i, each in enumerate(LABELS) if each == label][nth]
    return wire.pack(DIGITS[place])


def readings(studio: Studio, name: str, path: str, steps: int = 11) -> list[int | None]:
    a, b = ({"picture": {"digit": picture(label)}} for label in (0, 1))
    found = studio.interpolate(name, a, b, steps, path)["readings"]
    assert found is not None
    return [each["digit"] for each in found]


@pytest.mark.parametrize("path", ["linear", "spherical"])
def test_a_plain_path_crosses_a_hole_and_a_good_models_does_not(studio: Studio, path: str) -> None:
    assert None in readings(studio, "ae", path)[4:7]
    assert None not in readings(studio, "vae-flow-digits", path)


def test_draws_are_digits_as_often_as_is_said(studio: Studio) -> None:
    shares = {}
    for name in ("ae", "vae-conv", "vae-flow-digits"):
        found = studio.reader.read(studio.sample(name, 256, 1)["pixels"])
        assert found is not None
        shares[name] = np.mean([each["digit"] is None for each in found])
        said = studio.card(name)["metrics"]["not_digits"]
        assert isinstance(said, float)
        assert shares[name] == pytest.approx(said, abs=0.12)  # another net, fewer draws
    assert shares["ae"] > 10 * shares["vae-conv"]


def test_the_digit_stays_whatever_is_drawn(studio: Studio) -> None:
    inside = Inside(studio)
    for seed in range(5):
        pixels = inside.inside("vae-burda", picture(3), seed)["pixels"]
        grey = np.round(255 * np.array(pixels)).astype(np.uint8).reshape(1, 28, 28)
        found = studio.reader.read(grey)
        assert found is not None
        assert found[0]["digit"] == 3


def test_a_three_becomes_an_eight_along_the_first_slider(studio: Studio) -> None:
    code = studio.encode("vae-2d", {"digit": picture(3, 10)})["z"]
    read = []
    for value in np.arange(code[0], 2.5, 0.1):
        pixels = studio.decode("vae-2d", [float(value), code[1]])["pixels"]
        found = studio.reader.read(pixels)
        assert found is not None
        read.append(found[0]["digit"])
    assert read[0] == 3
    assert read.count(8) >= 4  # wide enough for a finger


def test_unused_sliders_hardly_move_the_picture(studio: Studio) -> None:
    card = studio.card("vae-collapsed")
    assert len(card["unused"]) > 30
    assert not studio.card("vae-freebits")["unused"]
    code = studio.encode("vae-collapsed", {"digit": picture(3)})["z"]
    rest = studio.decode("vae-collapsed", code)["pixels"].astype(int)

    def change(dim: int) -> int:
        moved = [3.0 if i == dim else value for i, value in enumerate(code)]
        return int(np.abs(studio.decode("vae-collapsed", moved)["pixels"] - rest).max())

    assert max(change(dim) for dim in card["unused"]) < 0.3 * change(card["order"][0])


def figure(studio: Studio, name: str, key: str) -> float:
    value = studio.card(name)["metrics"][key]
    assert isinstance(value, float)
    return value


def test_beta_trades_as_is_said(studio: Studio) -> None:
    half, one, four = "vae-beta-half", "vae-beta-1", "beta-vae"
    for key, rising in {"rate": False, "distortion": True, "mse": True, "fid": False}.items():
        values = [figure(studio, name, key) for name in (half, one, four)]
        assert values == sorted(values, reverse=not rising), key


def test_a_richer_likelihood_needs_a_smaller_rate(studio: Studio) -> None:
    assert figure(studio, "vae-pixelcnn", "rate") < figure(studio, "vae-conv", "rate")
    assert figure(studio, "vae-2d", "mse") > figure(studio, "vae-conv", "mse")


def test_surprises_of_a_pixelcnn_lie_where_strokes_begin_or_end(studio: Studio) -> None:
    found = Inside(studio).inside("vae-pixelcnn", picture(3))
    x = np.array(found["x"]).reshape(28, 28)
    shares = np.array(found["shares"]).reshape(28, 28)
    left, above = np.roll(x, 1, 1), np.roll(x, 1, 0)
    edges = (x != left) | (x != above)
    assert edges.mean() < 0.35
    assert shares[edges].sum() > 0.6 * shares.sum()


def test_what_is_no_digit_costs_far_more(studio: Studio) -> None:
    inside = Inside(studio)
    noise = np.random.default_rng(0).integers(0, 256, (28, 28), dtype=np.uint8)
    digit = inside.inside("vae-flow-digits", picture(3))["elbo"]
    other = inside.inside("vae-flow-digits", wire.pack(noise))["elbo"]
    assert digit is not None
    assert other is not None
    assert other < 5 * digit < 0


def test_half_way_a_straight_path_is_nearer_to_the_middle(studio: Studio) -> None:
    a, b = ({"picture": {"digit": picture(label)}} for label in (0, 1))
    straight = studio.interpolate("vae-flow-digits", a, b, 3, "linear")["z"]
    around = studio.interpolate("vae-flow-digits", a, b, 3, "spherical")["z"]
    lengths = [np.linalg.norm(each) for each in straight]
    assert lengths[1] < min(lengths[0], lengths[2])
    assert np.linalg.norm(around[1]) == pytest.approx((lengths[0] + lengths[2]) / 2, rel=0.02)
