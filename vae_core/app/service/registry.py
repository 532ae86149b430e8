"""Which checkpoints there are, and the few of them that are loaded: shared, locked, bounded.

Models are frozen and hold no state of a visitor, so one copy serves everybody. Loading is lazy;
the least recently used model goes when more than `capacity` are in memory.
"""

from __future__ import annotations

import os
from pathlib import Path

import torch

from vae_core import checkpoint, files
from vae_core.app.checks import shown
from vae_core.app.service import groups
from vae_core.app.service.card_making import card
from vae_core.app.service.cards import Card
from vae_core.app.service.recent import Recent
from vae_core.app.service.replies import Names
from vae_core.app.service.sets import ModelSet, of_folder
from vae_core.app.service.trainings.own_models import OwnModels
from vae_core.checkpoint import samplers
from vae_core.checkpoint.samplers import Sampler
from vae_core.config import Config
from vae_core.evaluation import percentiles
from vae_core.explore import sliders
from vae_core.models import Model
from vae_core.recipes import RECIPES

SENTENCE = 500
"""Characters of a reason that visitors read."""

MOST_FOLDERS = 500
"""Checkpoints beyond that are left out: each costs the page that lists them all."""

SAMPLERS = 8
"""Samplers kept in memory, of up to 7 MB each."""


class Registry:
    """The checkpoints of one folder by name, each loaded once when first asked for.

    Args:
        root: folder of checkpoint folders; None takes the shipped ones.
        device: where the models live.
        capacity: how many loaded models are kept.
        own: models of visitors, which are in no folder and in no list.
    """

    def __init__(
        self,
        root: Path | None,
        device: torch.device,
        capacity: int = 8,
        own: OwnModels | None = None,
    ) -> None:
        self.device = device
        self.own = own
        self.capacity = capacity
        self.cards: dict[str, Card] = {}
        self.names: dict[str, Names] = {}
        self.latents: dict[str, sliders.Latents | None] = {}
        self.broken: dict[str, str] = {}
        self.recipes = set(RECIPES)
        self._folders: dict[str, Path] = {}
        self._sets: dict[str, ModelSet] = {}
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
            its = of_folder(folder)
            made = card(folder.name, facts, latents, samplers.kinds(folder))
            made["dataset"] = its.card()
            groups.place(made)
        except Exception as error:
            # One bad folder must not stop the app, whatever is wrong with it.
            self.broken[folder.name] = self._public(error)
            return
        self.latents[folder.name], self.cards[folder.name] = latents, made
        self._sets[folder.name] = its
        self.recipes.add(facts["recipe"])
        self._folders[folder.name] = folder

    def check(self, name: object) -> str:
        """Return `name` when it is a checkpoint here, or the full name of a visitor's model.

        Raises:
            ValueError: unknown, or its folder is broken.
        """
        if isinstance(name, str) and (name in self._folders or self.is_own(name)):
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
        name = self.check(name)
        if self.own is not None and name not in self._folders:
            return self.own.get(name, self.device)
        return self._models.get(name)

    def card(self, name: object) -> Card:
        """What there is to say of `name`; ValueError as for `check`."""
        name = self.check(name)
        if self.own is not None and name not in self._folders:
            return self.own.card(name)
        return self.cards[name]

    def knows(self, name: object) -> bool:
        """Whether `check` would return `name`."""
        return isinstance(name, str) and (
            name in self.cards or (self.own is not None and self.own.knows(name))
        )

    def is_own(self, name: str) -> bool:
        """Whether `name` is the full name of a visitor's model; ValueError where that is gone."""
        return self.own is not None and name not in self._folders and self.own.is_here(name)

    def is_loaded(self, name: str) -> bool:
        """Whether `get` would answer at once."""
        return name in self._models or (self.own is not None and self.own.is_loaded(name))

    def sampler(self, name: object, kind: str) -> Sampler:
        """The sampler of `name` that is called `kind`, read on first use; the last few are kept.

        Raises:
            ValueError: the checkpoint has none, or its file is damaged.
        """
        return self._samplers.get((self.check(name), kind))

    def folder(self, name: object) -> Path:
        """Where the files of `name` lie; ValueError also for a visitor's model, which has none."""
        name = self.check(name)
        if name not in self._folders:
            raise ValueError("A model that was trained in the page is in no folder.")
        return self._folders[name]

    def set_of(self, name: object) -> ModelSet | None:
        """The set of a model that is not of MNIST; None of any other, a visitor's included."""
        its = self._sets.get(name) if isinstance(name, str) else None
        return None if its is None or its.about.name == "mnist" else its

    def percentiles_of(self, name: object) -> percentiles.Percentiles | None:
        """Where the test digits stand under `name`; None where that was not measured."""
        name = self.check(name)
        if name not in self._folders:
            return None
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
        return samplers.read(self.folder(name), kind, self.device)

    def _public(self, error: Exception) -> str:
        """A sentence without the server's folders, which are nobody's business."""
        said = " ".join(str(error).split()).replace(f"{self.root}{os.sep}", "")
        if not isinstance(error, ValueError) or isinstance(error, UnicodeError):
            said = f"its files cannot be used ({type(error).__name__}: {said})."
        return said[:SENTENCE].encode("utf-8", "backslashreplace").decode()
