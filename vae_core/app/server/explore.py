"""Explore: take hold of the latent space, one slider a dimension, and watch the digit follow."""

from __future__ import annotations

from typing import Any

import torch

from vae_core.app import wire
from vae_core.app.checks import Z_LIMIT
from vae_core.app.server import assets
from vae_core.app.server.page import answered, live, panel
from vae_core.app.service import prepare
from vae_core.app.service.codes import ENDS_LIMIT
from vae_core.app.service.studio import Studio
from vae_core.explore import traits

FILM_STEPS = 7
FILM_SPAN = 3.0


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""

    def reach(name: Any) -> float:
        """How far a slider may stand: a real code can lie far outside a fitted Gaussian."""
        return Z_LIMIT if studio.card(name)["variational"] else ENDS_LIMIT

    def decode(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, z, label} -> {pixels, milliseconds}."""
        name, z, label = (argument.get(key) for key in ("checkpoint", "z", "label"))
        return studio.decode(name, z, label, reach(name))

    def films(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, z, label, shown} -> filmstrips through z, and what the digit reads as.

        A slow model has no strips, and its digit is the one that the page shows already.
        """
        name, z, label = (argument.get(key) for key in ("checkpoint", "z", "label"))
        if studio.card(name)["slow"]:
            seen = argument.get("shown")
            grey = None if seen is None else prepare.digit({"pixels": seen}).pixels
            readings = None if grey is None else studio.reader.read(grey[None])
            return {"pixels": "", "dims": [], "values": [], "readings": readings}
        films = studio.traversals(name, z, FILM_STEPS, FILM_SPAN, label, reach(name))
        shown = wire.unpack(studio.decode(name, z, label, reach(name))["pixels"])
        return films | {"readings": studio.reader.read(shown)}

    def encode(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint, picture, options, label} -> the code of the visitor's digit, and its way."""
        wishes = (argument.get(key) for key in ("picture", "options", "label"))
        return studio.encode(argument.get("checkpoint"), *wishes, film=True)

    known: dict[str, dict[str, Any]] = {}  # facts of frozen models, the same for everybody

    def names(argument: dict[str, Any]) -> dict[str, Any]:
        """{checkpoint} -> {names: what each latent correlates with, digits: over how many}."""
        name = studio.registry.check(argument.get("checkpoint"))
        if name not in known:
            known[name] = name_latents(studio, name)
        return known[name]

    def is_quick(argument: Any) -> bool:
        return not isinstance(argument, dict) or studio.is_quick(argument.get("checkpoint"))

    panel("explore", [live(decode, is_quick), answered(films), answered(encode), answered(names)])


def name_latents(studio: Studio, name: str) -> dict[str, Any]:
    """Names for a model's sliders: those measured at release, else from the example digits."""
    told = studio.registry.latents[name]
    if told is not None:
        named = [each.get("name") for each in told["latents"]]
        return {"names": named, "digits": told.get("digits")}
    digits = assets.examples()[0]
    model = studio.registry.get(name)
    with torch.inference_mode():
        x = torch.from_numpy(digits.copy()).to(studio.device).float().div(255)[:, None]
        u = model.to_sliders(model.encode(x).mean).double().cpu().numpy()
    return {"names": traits.names(digits, u), "digits": len(digits)}
