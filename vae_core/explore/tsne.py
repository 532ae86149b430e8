"""t-SNE of the shipped test digits' codes: a static map, made once and kept beside the weights.

It keeps neighbours and nothing else (van der Maaten and Hinton, 2008): no point of it but the
digits' own has a code.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from vae_core import files, runtime
from vae_core.checkpoint.companions import MAP, WEIGHTS, fingerprint
from vae_core.data.shipped import COUNT

LARGEST = 32_000
"""Of a kept coordinate: whole numbers of 16 bits."""


def embed(u: Tensor, seed: int = 0) -> Tensor:
    """Codes u (n, d) as points of a plane (n, 2), by scikit-learn's t-SNE from PCA's plane."""
    from sklearn.manifold import TSNE

    found = TSNE(init="pca", random_state=seed).fit_transform(u.cpu().numpy())
    return runtime.from_array(found)


def neighbours_kept(u: Tensor, places: Tensor, labels: Tensor, count: int = 10) -> dict[str, float]:
    """Errors of a vote among the `count` nearest, in the codes u (n, d) and on the map (n, 2)."""
    return {"codes": vote_error(u, labels, count), "map": vote_error(places, labels, count)}


def write(folder: Path, places: Tensor) -> Path:
    """Keeps a map of all shipped test digits (10,000, 2); ValueError when it cannot be written."""
    path = folder / MAP
    mark = {"weights_sha256": fingerprint(folder / WEIGHTS)}
    files.write_tensors(path, {"tsne": whole(places)}, mark)
    return path


def whole(places: Tensor) -> Tensor:
    """Places (n, 2) as whole numbers of 16 bits, as large as LARGEST lets them be."""
    centred = places - (places.amax(0) + places.amin(0)) / 2
    return (centred * (LARGEST / centred.abs().max())).round().to(torch.int16).contiguous()


def read(folder: Path) -> Tensor | None:
    """The kept map, int16 (10,000, 2); None where there is none, or it is of other weights.

    Raises:
        ValueError: it is damaged.
    """
    path = folder / MAP
    if not path.is_file():
        return None
    if files.safetensors_metadata(path).get("weights_sha256") != fingerprint(folder / WEIGHTS):
        return None
    places = files.read_tensors(path).get("tsne")
    if places is None or places.shape != (COUNT, 2) or places.dtype != torch.int16:
        raise ValueError(f"{path} is damaged: it does not hold the places of {COUNT} digits.")
    return places


def vote_error(points: Tensor, labels: Tensor, count: int = 10) -> float:
    """Share of the points whose `count` nearest others vote for another class."""
    wrong = 0
    for chosen in runtime.pieces(torch.arange(len(points)), 500):
        distance = torch.cdist(points[chosen].float(), points.float())
        distance[torch.arange(len(chosen)), chosen] = torch.inf
        near = labels[distance.topk(count, largest=False).indices]
        wrong += int((near.mode(1).values != labels[chosen]).sum())
    return wrong / len(points)
