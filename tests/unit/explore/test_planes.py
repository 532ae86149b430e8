"""Planes through codes against scikit-learn and closed forms; the map that is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from torch import Tensor

import vae_core
from vae_core import VAE
from vae_core.checkpoint import companions
from vae_core.explore import planes, tsne
from vae_core.explore.planes import Plane
from vae_core.explore.posterior_means import slider_codes


def clusters(n: int = 900, d: int = 6) -> tuple[Tensor, Tensor]:
    noise = torch.Generator().manual_seed(4)
    labels = torch.arange(n) % 3
    centres = torch.randn(3, d, generator=noise) * 2
    stretched = torch.randn(n, d, generator=noise) * torch.linspace(0.2, 3, d)
    return centres[labels] + stretched, labels


def is_orthonormal(plane: Plane) -> bool:
    basis = torch.stack((plane.across, plane.up))
    return torch.allclose(basis @ basis.T, torch.eye(2), atol=1e-5)


def test_a_place_on_a_plane_is_where_its_code_lies():
    u, labels = clusters()
    for plane in (
        planes.principal(u),
        planes.discriminant(u, labels),
        planes.through(*u[:3]),
        planes.whole(6),
    ):
        assert is_orthonormal(plane)
        places = torch.randn(5, 2)
        assert torch.allclose(plane.coordinates(plane.at(places)), places, atol=1e-4)
        assert planes.off_plane(plane, plane.at(places)).max() < 1e-4


@pytest.mark.parametrize("long", [6, 3])
def test_principal_axes_are_scikit_learns(long: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(planes, "LONG", long)  # both ways
    u, _ = clusters()
    plane, pca = planes.principal(u), PCA(2).fit(u.numpy())
    for mine, theirs in zip((plane.across, plane.up), pca.components_, strict=True):
        assert abs(mine @ torch.from_numpy(theirs)) == pytest.approx(1, abs=1e-3)
    share = planes.share_of_variance(plane, u)
    assert share == pytest.approx(pca.explained_variance_ratio_.sum(), abs=1e-3)


def test_discriminants_span_what_scikit_learns_do():
    u, labels = clusters()
    plane = planes.discriminant(u, labels)
    lda = LinearDiscriminantAnalysis(solver="eigen", n_components=2).fit(u.numpy(), labels.numpy())
    theirs = torch.linalg.qr(torch.from_numpy(lda.scalings_[:, :2]).float())[0]
    mine = torch.stack((plane.across, plane.up), 1)
    assert torch.allclose(mine @ mine.T, theirs @ theirs.T, atol=0.02)


def test_a_dead_number_does_not_disturb():
    u, labels = clusters()
    u[:, 0] = 1.5
    assert is_orthonormal(planes.discriminant(u, labels))
    assert planes.discriminant(u, labels).across[0].abs() < 1e-3


def test_three_codes_lie_on_their_plane():
    a, b, c = torch.randn(3, 5, generator=torch.Generator().manual_seed(6))
    plane = planes.through(a, b, c)
    assert planes.off_plane(plane, torch.stack((a, b, c))).max() < 1e-5
    places = plane.coordinates(torch.stack((a, b, c)))
    assert torch.allclose(places[0], torch.zeros(2), atol=1e-6)
    assert places[1, 1].abs() < 1e-5
    assert places[2, 1] > 0
    for line in ((a, b, a + 0.5 * (b - a)), (a, a, b), (a, b, b)):
        with pytest.raises(ValueError, match="line"):
            planes.through(*line)


def test_one_number_has_no_plane():
    with pytest.raises(ValueError, match="no plane"):
        planes.whole(1)


def test_t_sne_keeps_neighbours():
    u, labels = clusters(240)
    places = tsne.embed(u + 20 * torch.nn.functional.one_hot(labels, 6))
    found = tsne.neighbours_kept(u, places, labels)
    assert found["map"] < 0.02
    assert found["codes"] > found["map"]


def test_a_map_is_kept_beside_its_weights(tmp_path: Path, model: VAE):
    vae_core.save(model, tmp_path)
    assert tsne.read(tmp_path) is None
    places = torch.randn(10_000, 2, generator=torch.Generator().manual_seed(0))
    path = tsne.write(tmp_path, places)
    kept = tsne.read(tmp_path)
    assert kept is not None
    assert kept.abs().max() == tsne.LARGEST
    scale = kept.float().std(0) / places.std(0)
    assert scale[0] == pytest.approx(scale[1].item(), rel=1e-3)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match="damaged"):
        tsne.read(tmp_path)


def test_another_training_outdates_the_map(tmp_path: Path, model: VAE):
    vae_core.save(model, tmp_path)
    tsne.write(tmp_path, torch.randn(10_000, 2))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(1)
    vae_core.save(model, tmp_path)
    assert tsne.read(tmp_path) is None
    assert companions.outdated(tmp_path) == [companions.MAP]


def test_codes_are_means_and_draws_around_them(model: VAE):
    images = torch.randint(0, 256, (2000, 1, 28, 28), dtype=torch.uint8)[:1].expand(
        2000, -1, 28, 28
    )
    _, u, drawn = slider_codes(model, images, torch.Generator().manual_seed(0))
    q = model.encode(images[:1].float() / 255)
    assert drawn is not None
    assert torch.allclose(u[:1], q.mean, atol=1e-5)
    assert torch.allclose(drawn.std(0), (q.logvar[0] / 2).exp(), rtol=0.1)
