"""latents.json: what each slider is called and does, the first path, and the named directions.

All of it is chosen on training digits: test digits then tell whether a name holds.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from vae_core.data.digits import Digits
from vae_core.data.sets import known, must_be_digits
from vae_core.evaluation import fid_features, path_table, slider_table, steering
from vae_core.explore import sliders
from vae_core.explore.sliders import Latents
from vae_core.models import Model

NAMED_ON = 10_000
"""Training digits whose traits name the sliders."""

VERIFIED_ON = 200
"""Training digits besides those, that a slider is moved over before it bears a name."""


def write(folder: Path, model: Model, kl_per_dim: list[float] | None, train: Digits) -> None:
    """latents.json beside the weights.

    Args:
        folder: of the checkpoint.
        model: in evaluation mode.
        kl_per_dim: the order of the sliders is by falling KL in nats; see `sliders.describe`.
        train: training digits, labelled. Of another set's model only the order of the sliders and
            how far each moves the picture are written: traits and classifier know digits alone.

    Raises:
        ValueError: the file cannot be written.
    """
    device = next(iter(model.state_dict().values())).device
    if not known(model.config.dataset).digits:
        sliders.write(folder, sliders.unnamed(model, kl_per_dim=kl_per_dim, device=device))
        return
    paths = path_table.offered(model, train, device=device)
    sliders.write(folder, {**named(model, train, kl_per_dim), "paths": paths})


def rename(folder: Path, model: Model, train: Digits) -> Latents:
    """Names and directions anew in a latents.json that stands; order and path stay as they are.

    Raises:
        ValueError: there is none of these weights, or it is damaged or cannot be written.
    """
    about = sliders.read(folder, model.latent_dim)
    must_be_digits(model.config.dataset, "naming sliders by traits")
    if about is None:
        raise ValueError(
            f"{folder / sliders.LATENTS} is missing or of other weights; evaluate first."
        )
    found = named(model, train, None)
    kept: Latents = {**about, **found, "order": about["order"], "order_by": about["order_by"]}
    sliders.write(folder, kept)
    return kept


def named(model: Model, train: Digits, kl_per_dim: list[float] | None) -> Latents:
    """Sliders with the names that hold, and directions; arguments as for `write`.

    The digits that a name is tried on are others than those whose traits gave it.
    """
    device = next(iter(model.state_dict().values())).device
    count = min(NAMED_ON, len(train) // 2)
    drawn = train.drawn(min(count + VERIFIED_ON, len(train)), seed=3)
    traced, known = drawn.at(torch.arange(count)), drawn.at(torch.arange(count, len(drawn)))
    about = sliders.describe(model, traced, kl_per_dim=kl_per_dim, device=device)
    reader = fid_features.reader(str(device))

    def read(x: Tensor) -> Tensor:
        return reader(x).digits

    names = [latent["name"] for latent in about["latents"]]
    holding = slider_table.verified(model, known, read, names, device=device)
    for latent, name in zip(about["latents"], holding, strict=True):
        latent["name"] = name
    return {**about, "directions": steering.found(model, train, read, device=device)}
