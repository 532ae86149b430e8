"""Which checkpoints there are, and the few of them that are loaded: shared, locked, bounded.

Models are frozen and hold no state of a visitor, so one copy serves everybody. Loading is lazy;
the least recently used model goes when more than `capacity` are in memory.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import torch

from vae_core import checkpoint, files
from vae_core.app.checks import shown
from vae_core.app.service import groups
from vae_core.app.service.cards import Card
from vae_core.app.service.recent import Recent
from vae_core.app.service.replies import Names
from vae_core.checkpoint import samplers
from vae_core.checkpoint.samplers import Sampler
from vae_core.config import Config
from vae_core.evaluation import percentiles
from vae_core.explore import sliders
from vae_core.models import Model

SENTENCE = 500
"""Characters of a reason that visitors read."""

MOST_BARS = 128
"""Codes longer than that are shown without a bar a slider."""

MOST_FOLDERS = 500
"""Checkpoints beyond that are left out: each costs the page that lists them all."""

SAMPLERS = 8
"""Samplers kept in memory, of up to 7 MB each."""

UNUSED_BELOW = 0.01
"""A latent dimension with less KL than this, in nats, carries nothing."""


class Registry:
    """The checkpoints of one folder by name, each loaded once when first asked for.

    Args:
        root: folder of checkpoint folders; None takes the shipped ones.
        device: where the models live.
        capacity: how many loaded models are kept.
    """

    def __init__(self, root: Path | None, device: torch.device, capacity: int = 8) -> None:
        self.device = device
        self.capacity = capacity
        self.cards: dict[str, Card] = {}
        self.names: dict[str, Names] = {}
        self.latents: dict[str, sliders.Latents | None] = {}
        self.broken: dict[str, str] = {}
        self._folders: dict[str, Path] = {}
        self._models = Recent(self._load, capacity)
        self._samplers = Recent(self._load_sampler, SAMPLERS)
        self._percentiles: dict[str, percentiles.Percentiles | None] = {}
        self.root = root or checkpoint.shipped_root()
        found = sorted(config.parent for config in self.root.glob(f"*/{checkpoint.CONFIG}"))
        for folder in found[:MOST_FOLDERS]:
            self._add(folder)
        if len(found) > MOST_FOLDERS:
            rest = f"all from {found[MOST_FOLDERS].name} on"
            self.broken[rest] = f"there are {len(found)} checkpoints; {MOST_FOLDERS} are shown."

    def _add(self, folder: Path) -> None:
        try:
            if "latent_dim" not in files.read_json(folder / checkpoint.CONFIG):
                return  # the classifier
            folder.name.encode("utf-8")  # a name that is no text cannot be sent to the page
            facts = checkpoint.inspect(folder)
            latents = sliders.read(folder, Config.from_dict(facts["config"]).latent_dim)
            made = card(folder.name, facts, latents, samplers.kinds(folder))
            groups.place(made)
        except Exception as error:
            # One bad folder must not stop the app, whatever is wrong with it.
            self.broken[folder.name] = self._public(error)
            return
        self.latents[folder.name], self.cards[folder.name] = latents, made
        self._folders[folder.name] = folder

    def check(self, name: object) -> str:
        """Return `name` when it is a checkpoint here.

        Raises:
            ValueError: unknown, or its folder is broken.
        """
        if isinstance(name, str) and name in self._folders:
            return name
        if isinstance(name, str) and name in self.broken:
            raise ValueError(self.broken[name])
        known = ", ".join(self._folders) or "none"
        raise ValueError(f"checkpoint {shown(name)} is unknown; there are: {known}.")

    def get(self, name: object) -> Model:
        """The frozen model `name`, loaded on first use.

        Raises:
            ValueError: unknown, or its files cannot be loaded.
        """
        return self._models.get(self.check(name))

    def is_loaded(self, name: str) -> bool:
        """Whether `get` would answer at once."""
        return name in self._models

    def sampler(self, name: object, kind: str) -> Sampler:
        """The sampler of `name` that is called `kind`, read on first use; the last few are kept.

        Raises:
            ValueError: the checkpoint has none, or its file is damaged.
        """
        return self._samplers.get((self.check(name), kind))

    def folder(self, name: object) -> Path:
        """Where the files of `name` lie."""
        return self._folders[self.check(name)]

    def percentiles_of(self, name: object) -> percentiles.Percentiles | None:
        """Where the test digits stand under `name`; None where that was not measured."""
        name = self.check(name)
        if name not in self._percentiles:
            try:
                self._percentiles[name] = percentiles.read(self._folders[name])
            except Exception:
                self._percentiles[name] = None  # damaged: the page does without
        return self._percentiles[name]

    def _load(self, name: str) -> Model:
        try:
            return checkpoint.load(self._folders[name], device=self.device)
        except Exception as error:
            raise ValueError(self._public(error)) from error

    def _load_sampler(self, key: tuple[str, str]) -> Sampler:
        name, kind = key
        return samplers.read(self._folders[name], kind, self.device)

    def _public(self, error: Exception) -> str:
        """A sentence without the server's folders, which are nobody's business."""
        said = " ".join(str(error).split()).replace(f"{self.root}{os.sep}", "")
        if not isinstance(error, ValueError) or isinstance(error, UnicodeError):
            said = f"its files cannot be used ({type(error).__name__}: {said})."
        return said[:SENTENCE].encode("utf-8", "backslashreplace").decode()


def card(
    name: str,
    facts: checkpoint.Facts,
    latents: sliders.Latents | None = None,
    fitted: Sequence[str] = (),
) -> Card:
    """What the page and `/checkpoints` say of a model, from the files in its folder."""
    config, metrics = Config.from_dict(facts["config"]), facts["metrics"]
    dims = range(config.latent_dim)
    kl = None if metrics is None else metrics.get("kl_per_dim")
    if not kl or len(kl) != len(dims):
        kl = None
    return {
        "name": name,
        "title": config.title or name,
        "latent_dim": config.latent_dim,
        "objective": config.objective,
        "likelihood": config.likelihood,
        "prior": config.prior,
        **groups.kind(config),
        "parameters": facts["parameters"],
        "file_bytes": facts["file_bytes"],
        "kl_per_dim": kl,
        "moves": _moves(latents) if kl is None and len(dims) <= MOST_BARS else None,
        "order": sliders.order(len(dims), kl, latents),
        "unused": [] if kl is None else [i for i in dims if kl[i] < UNUSED_BELOW],
        "metrics": metrics or {},
        "outdated": facts["outdated"],
        "samplers": [*fitted],
        "path": sliders.first_path(latents),
        "steers": len(sliders.directions(latents)),
    }


def _moves(latents: sliders.Latents | None) -> list[float] | None:
    entries = cast(list[Mapping[str, float | None]], latents["latents"] if latents else [])
    found = [each.get("relative_at_draws") for each in entries]
    known = [moved for moved in found if moved is not None]
    return known if known and len(known) == len(found) else None
