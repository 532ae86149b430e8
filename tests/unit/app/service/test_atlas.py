"""The service behind Map and the geodesic: exact, bounded, checked at the door."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import vae_core
from vae_core import VAE, Config, NetConfig, pictures, recipes
from vae_core.app import wire
from vae_core.app.service import codebook, density
from vae_core.app.service.atlas import Atlas
from vae_core.app.service.geometry import Geometry
from vae_core.app.service.studio import Studio
from vae_core.data.shipped import COUNT, shipped
from vae_core.explore import geodesics, geometry, tsne
from vae_core.models import build

SMALL: dict[str, dict[str, object]] = {
    "tiny": {"latent_dim": 3},
    "flat": {"latent_dim": 2},
    "single": {"latent_dim": 1},
    "points": {"latent_dim": 4, "objective": "reconstruction", "prior": "fitted"},
    "flow": {"latent_dim": 4, "prior": "flow"},
    "slow": {**recipes.get("vae-pixelcnn").to_dict(), "latent_dim": 3},
}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    folder = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    for name, given in SMALL.items():
        config = Config.from_dict(
            {**Config(name=name, net=NetConfig(hidden_dims=(16,))).to_dict(), **given}
        )
        model = build(config).eval()
        for parameter in model.parameters():  # untrained codes would all but coincide
            torch.nn.init.normal_(parameter, std=0.15)
        vae_core.save(model, folder / name)
    tsne.write(folder / "tiny", torch.randn(COUNT, 2))
    return Studio(folder, "cpu")


@pytest.fixture(scope="module")
def atlas(studio: Studio) -> Atlas:
    return Atlas(studio)


@pytest.fixture(scope="module")
def curves(studio: Studio) -> Geometry:
    return Geometry(studio)


def chart(atlas: Atlas, *asked: object) -> Any:
    """The map, asked for until all digits are encoded."""
    while True:
        answer: Any = atlas.codes(*asked)
        if answer["progress"] == 1:
            return answer


def spots(answer: Any) -> torch.Tensor:
    whole = np.frombuffer(answer["places"].tobytes(), "<i2").reshape(-1, 2)
    return torch.from_numpy(whole.astype(np.float32) * answer["scale"])


def expected(atlas: Atlas, name: str) -> torch.Tensor:
    model = atlas.studio.registry.get(name)
    with torch.inference_mode():
        return model.to_sliders(model.encode(shipped("test").floats()).mean)


def plane_of(answer: Any) -> torch.Tensor:
    return torch.tensor([answer["plane"][key] for key in ("origin", "across", "up")])


@pytest.mark.parametrize("name", ["tiny", "points", "flow"])
@pytest.mark.parametrize("kind", ["pca", "lda"])
def test_every_digit_stands_where_its_code_projects_to(atlas: Atlas, name: str, kind: str) -> None:
    answer = chart(atlas, name, kind)
    origin, across, up = plane_of(answer)
    away = expected(atlas, name) - origin
    places = torch.stack((away @ across, away @ up), 1)
    assert torch.allclose(spots(answer), places, atol=float(places.abs().max()) / 10_000)
    assert answer["labels"] == "".join(map(str, shipped("test").labels.tolist()))
    assert 0 < answer["share"] <= 1


def test_two_numbers_are_their_own_map(atlas: Atlas) -> None:
    answer = chart(atlas, "flat")
    assert answer["planes"] == ["whole"]
    assert torch.allclose(spots(answer), expected(atlas, "flat"), atol=1e-2)
    assert answer["centre"] == [0, 0]
    with pytest.raises(ValueError, match="this model has: whole"):
        atlas.codes("flat", "pca")
    with pytest.raises(ValueError, match="no map"):
        atlas.codes("single")


def test_three_codes_lie_in_their_plane(atlas: Atlas) -> None:
    chart(atlas, "tiny")
    corners: list[list[float]] = [atlas.recall("tiny", index)["z"] for index in (0, 1, 2)]
    answer = chart(atlas, "tiny", "three", corners)
    origin, across, up = plane_of(answer)
    for corner, index in zip(corners, (0, 1, 2), strict=True):
        s, t = spots(answer)[index]
        assert torch.allclose(origin + s * across + t * up, torch.tensor(corner), atol=1e-2)
    with pytest.raises(ValueError, match="line"):
        chart(atlas, "tiny", "three", [corners[0]] * 3)
    for wrong in (None, [], corners[:2], [[0.0]] * 3, "abc"):
        with pytest.raises(ValueError, match="must"):
            atlas.codes("tiny", "three", wrong)


def test_t_sne_has_digits_alone(atlas: Atlas) -> None:
    answer = chart(atlas, "tiny", "tsne")
    assert answer["planes"] == ["pca", "lda", "three", "tsne"]
    assert answer["plane"] is answer["mass"] is answer["share"] is None
    assert abs(spots(answer)).max() == pytest.approx(1)
    with pytest.raises(ValueError, match="plane is"):
        atlas.codes("points", "tsne")


def test_what_is_sent_of_a_model_is_small(atlas: Atlas) -> None:
    for kind in ("pca", "tsne"):
        sent = str(wire.to_json(chart(atlas, "tiny", kind)))
        assert len(sent) <= 150_000


def test_codes_come_in_pieces_and_are_shared(studio: Studio, monkeypatch: Any) -> None:
    monkeypatch.setattr(codebook, "SECONDS", 0.0)
    book = codebook.Codebook(studio)
    assert not book.is_ready("tiny")
    with pytest.raises(ValueError, match="not ready"):
        book.whole("tiny")
    assert book.advance("tiny") == 0  # no time, no work
    monkeypatch.setattr(codebook, "SECONDS", 0.001)
    shares = [book.advance("tiny") for _ in range(3)]
    assert shares == sorted(shares)
    assert 0 < shares[0] < 1
    monkeypatch.setattr(codebook, "SECONDS", 60.0)
    assert book.advance("tiny") == 1
    assert book.whole("tiny") is book.whole("tiny")
    assert book.is_ready("tiny")
    assert book.is_ready("no such model")  # which is refused at once


def test_few_codes_are_kept(studio: Studio) -> None:
    size = COUNT * 3 * 4 * 2
    book = codebook.Codebook(studio, limit=2 * size)
    for name in ("tiny", "flat", "slow"):
        while book.advance(name) < 1:
            pass
    assert not book.is_ready("tiny")
    assert book.is_ready("slow")


def test_a_digit_is_recalled_as_the_model_makes_it(atlas: Atlas) -> None:
    chart(atlas, "flow")
    answer = atlas.recall("flow", 7)
    model = atlas.studio.registry.get("flow")
    assert torch.allclose(torch.tensor(answer["z"]), expected(atlas, "flow")[7], atol=1e-4)
    with torch.inference_mode():
        made = model.reconstruct(shipped("test").floats()[7:8])
    assert np.abs(answer["pixels"].astype(int) - pictures.to_uint8(made).astype(int)).max() <= 1
    for wrong in (-1, COUNT, 1.5, None, "1", True):
        with pytest.raises(ValueError, match="index must be"):
            atlas.recall("flow", wrong)


def test_the_nearest_digits_are_the_nearest(atlas: Atlas) -> None:
    chart(atlas, "tiny")
    z = [0.1, -0.2, 0.3]
    near = atlas.near("tiny", z)
    distance = (expected(atlas, "tiny") - torch.tensor(z)).norm(dim=1)
    assert near["distances"] == pytest.approx(distance.sort().values[:10].tolist(), abs=1e-4)
    assert near["labels"] == shipped("test").labels[near["indices"]].tolist()
    assert np.array_equal(near["digits"], shipped("test").images[near["indices"], 0].numpy())


def test_a_flows_nearest_digits_are_those_of_the_latent_space(atlas: Atlas) -> None:
    chart(atlas, "flow")
    model = atlas.studio.registry.get("flow")
    u = expected(atlas, "flow")[40]
    with torch.inference_mode():
        means = model.encode(shipped("test").floats()).mean
    near = atlas.near("flow", u.tolist())
    distance = (means - means[40]).norm(dim=1)
    assert near["indices"][0] == 40
    assert near["distances"] == pytest.approx(distance.sort().values[:10].tolist(), abs=1e-3)


def test_what_looks_alike_is_found_by_its_pixels(atlas: Atlas) -> None:
    digit = shipped("test").images[123, 0].numpy()
    near = atlas.resembling(wire.pack(digit))
    assert near["indices"][0] == 123
    assert near["distances"][0] == 0
    assert near["distances"] == sorted(near["distances"])
    with pytest.raises(ValueError, match="784"):
        atlas.resembling("AAAA")


def test_ones_own_picture_has_its_posteriors_ellipse(atlas: Atlas) -> None:
    answer = chart(atlas, "tiny")
    pixels = shipped("test").images[5, 0].numpy()
    own: Any = atlas.own("tiny", {"digit": wire.pack(pixels)}, answer["plane"])
    model = atlas.studio.registry.get("tiny")
    assert isinstance(model, VAE)
    with torch.inference_mode():
        q = model.encode(shipped("test").floats()[5:6])
    origin, across, up = plane_of(answer)
    axes = torch.stack((across, up))
    assert own["indices"][0] == 5
    assert own["distances"][0] == pytest.approx(0, abs=1e-3)
    assert own["place"] == pytest.approx((axes @ (q.mean[0] - origin)).tolist(), abs=1e-4)
    covariance = axes @ q.logvar[0].exp().diag() @ axes.T
    found = torch.tensor(own["covariance"])
    assert torch.allclose(found, covariance, atol=0.25 * float(covariance.diagonal().max()))
    point: Any = atlas.own("points", {"digit": wire.pack(pixels)}, chart(atlas, "points")["plane"])
    assert point["covariance"] is None
    for wrong in (None, {}, {"origin": [0.0] * 3}, {**answer["plane"], "up": ["x"] * 3}):
        with pytest.raises(ValueError, match="must"):
            atlas.own("tiny", {"digit": wire.pack(pixels)}, wrong)


def bits(*indices: int) -> str:
    marked = np.zeros(COUNT, bool)
    marked[list(indices)] = True
    return base64.b64encode(np.packbits(marked).tobytes()).decode()


def test_a_selection_has_the_mean_of_its_codes(atlas: Atlas) -> None:
    chart(atlas, "tiny")
    answer = atlas.selection("tiny", bits(0, 9, 9_999))
    mean = expected(atlas, "tiny")[[0, 9, 9_999]].mean(0)
    assert answer["count"] == 3
    assert answer["z"] == pytest.approx(mean.tolist(), abs=1e-4)
    for wrong in (bits(), "AAAA", "?", 5, None):
        with pytest.raises(ValueError, match=r"chosen"):
            atlas.selection("tiny", wrong)


def test_the_manifold_is_decoded_over_a_part_of_a_plane(atlas: Atlas) -> None:
    grid = atlas.grid("tiny", [0, 0, 0], [1, 0, 0], [0, -1, 0], 3, 2)["pixels"]
    one = atlas.studio.decode("tiny", [2.0, -1.0, 0.0])["pixels"][0]
    assert grid.shape == (6, 28, 28)
    assert np.array_equal(grid[5], one)
    for columns, rows, said in ((32, 32, "at most 320"), (33, 1, "columns"), (1, 0, "rows")):
        with pytest.raises(ValueError, match=said):
            atlas.grid("tiny", [0, 0, 0], [1, 0, 0], [0, -1, 0], columns, rows)
    with pytest.raises(ValueError, match="reach"):
        atlas.grid("tiny", [9, 0, 0], [1, 0, 0], [0, 1, 0], 3, 3)
    with pytest.raises(ValueError, match="pixel by pixel"):
        atlas.grid("slow", [0, 0, 0], [1, 0, 0], [0, -1, 0], 2, 2)


def test_mass_says_what_lies_where_it_is_denser() -> None:
    places = torch.randn(40_000, 2, generator=torch.Generator().manual_seed(0))
    within = density.extent(places, places)
    levels = density.mass(places, within)
    side = density.SIDE
    s = within[0] + (np.arange(side) + 0.5) / side * (within[1] - within[0])
    t = within[3] - (np.arange(side) + 0.5) / side * (within[3] - within[2])
    radius = np.hypot(*np.meshgrid(s, t))
    # Of a normal distribution exp(-r^2 / 2) lies outside; smoothing widens it a little.
    found = (1 - levels / 255.0) ** 2
    middle = (radius > 0.5) & (radius < 2)
    assert np.abs(found - np.exp(-(radius**2) / 2))[middle].max() < 0.08


def test_tangents_are_the_decoders_and_bounded(curves: Geometry) -> None:
    z = [0.3, -0.4, 0.1, 0.2]
    answer = curves.tangents("flow", z, 4)
    j = geometry.jacobian(geometry.decoder(curves.studio.registry.get("flow")), torch.tensor([z]))[
        0
    ]
    values = torch.linalg.svdvals(j)
    assert answer["shares"] == pytest.approx((values**2 / (values**2).sum()).tolist(), abs=1e-4)
    assert answer["pictures"].shape == (4, 28, 28)
    assert abs(answer["pictures"].astype(int)).max() == 127
    assert len(curves.tangents("flow", z)["shares"]) == 4
    for code, count, said in ((z, 21, "count"), (z[:2], 4, "z must"), ([11.0] * 4, 4, "z")):
        with pytest.raises(ValueError, match=said):
            curves.tangents("flow", code, count)
    with pytest.raises(ValueError, match="derivative"):
        curves.tangents("slow", z[:3])


def test_rounds_of_a_geodesic_come_to_what_the_library_finds(curves: Geometry) -> None:
    a, b = [1.5, -1.0, 0.4, 0.0], [-1.2, 1.1, 0.3, -0.8]
    answer: Any = curves.geodesic("flow", a, b)
    while not answer["done"]:
        answer = curves.geodesic("flow", a, b, None, answer["waves"], answer["rounds"])
    decode = geometry.decoder(curves.studio.registry.get("flow"))
    whole = geodesics.geodesic(decode, torch.tensor(a), torch.tensor(b))
    assert answer["length"] == pytest.approx(whole.length, rel=1e-3)
    assert answer["length"] <= answer["straight"]
    assert answer["progress"] == 1
    way = curves.bent("flow", a, b, answer["waves"], None, 5)
    t = answer["places"][len(answer["places"]) // 2]
    live = curves.studio.between("flow", a, b, "linear", t, None, answer["waves"])
    assert len(way["z"]) == 5
    assert way["z"][0] == pytest.approx(a, abs=1e-5)
    assert live["z"] == pytest.approx(
        curves.bent("flow", a, b, answer["waves"], None, 32)["z"][16], abs=1e-2
    )


def test_curves_are_checked_at_the_door(curves: Geometry) -> None:
    a, b = [0.0] * 4, [1.0] * 4
    for waves in ([], [[0.0] * 4] * 7, [[0.0] * 3] * 8, [["x"] * 4] * 8, [[2e3] * 4] * 8, "w"):
        with pytest.raises(ValueError, match="waves"):
            curves.geodesic("flow", a, b, None, waves)
        with pytest.raises(ValueError, match="waves"):
            curves.studio.between("flow", a, b, "linear", 0.5, None, waves)
    with pytest.raises(ValueError, match="rounds"):
        curves.geodesic("flow", a, b, None, None, 11)
    with pytest.raises(ValueError, match="derivative"):
        curves.geodesic("slow", a[:3], b[:3])
    with pytest.raises(ValueError, match="b must"):
        curves.geodesic("flow", a, None)


def test_the_plain_path_is_that_of_a_plain_autoencoder(tmp_path: Path, curves: Geometry) -> None:
    first, last = (wire.pack(shipped("test").images[i, 0].numpy()) for i in (0, 1))
    assert len(curves.plain(first, last)["pixels"]) == 0  # none is shipped here
    model = build(Config.from_dict({**recipes.get("ae").to_dict(), "latent_dim": 2}))
    vae_core.save(model.eval(), tmp_path / "ae")
    made = Geometry(Studio(tmp_path, "cpu")).plain(first, last, 5)["pixels"]
    with torch.inference_mode():
        end = pictures.to_uint8(model.reconstruct(shipped("test").floats()[1:2]))
    assert made.shape == (5, 28, 28)
    assert np.abs(made[4].astype(int) - end[0].astype(int)).max() <= 1
