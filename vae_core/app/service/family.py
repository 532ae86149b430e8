"""One digit through several models, one after the other."""

from __future__ import annotations

import torch
from torch import Tensor

from vae_core import evaluation, pictures
from vae_core.app import checks
from vae_core.app.service import family_replies as answers
from vae_core.app.service import groups, posterior, prepare
from vae_core.app.service.pictures import Pictures
from vae_core.evaluation import family


class Family(Pictures):
    """Operations over the models together."""

    def family(
        self,
        picture: object,
        options: object = None,
        names: object = None,
        group: object = None,
        *,
        costs: bool = True,
    ) -> answers.Family:
        """The same digit through several models. Between two of them others get their turn.

        Args:
            picture, options: see `prepare.digit`.
            names: a list of checkpoints, each at most once; null for all, or all of a group.
            group: the title of one; models that paint pixel by pixel are left out.
            costs: whether distortion and rate are measured too.
        """
        chosen = self._names(names) if group is None else self._of_group(group)
        with self._heavy():
            x = self.picture(prepare.digit(picture, options).pixels)
        return {"models": [self.member(name, x, costs) for name in chosen]}

    def member(self, checkpoint: str, x: Tensor, costs: bool = False) -> answers.Member:
        """What one model makes of x (1, 1, 28, 28)."""
        model = self.registry.get(checkpoint)
        with self._heavy(), torch.inference_mode():
            if not costs:
                return described(checkpoint, family.reconstruct(model, x), x)
            measured = posterior.measure(model, posterior.read(model, x), False, 0, 0)
        return {
            "name": checkpoint,
            "reconstruction": measured["reconstruction"],
            "mse": measured["mse"],
            "distortion": measured["distortion"],
            "rate": measured["rate"],
        }

    def _of_group(self, group: object) -> list[str]:
        """The members of a group that answer at once, as the page lists them."""
        cards = sorted(self.registry.cards.values(), key=groups.place)
        titles = dict.fromkeys((*groups.GROUPS, *(card["group"] for card in cards)))
        title = checks.choice("group", group, tuple(titles))
        return [card["name"] for card in cards if card["group"] == title and not card["slow"]]

    def _names(self, names: object) -> list[str]:
        """Checkpoints to go through one by one: all of them, or some, each once."""
        if names is None:
            return list(self.registry.cards)
        given = checks.listed(names)
        if given is None:
            raise ValueError(f"names must be a list of checkpoints, not {checks.shown(names)}.")
        most = len(self.registry.cards)
        if len(given) > most:
            raise ValueError(f"names holds {len(given)}; there are {most} checkpoints.")
        chosen = [self.registry.check(name) for name in given]
        if len(set(chosen)) < len(chosen):
            raise ValueError("names must hold each checkpoint at most once.")
        return chosen


def described(name: str, made: Tensor, x: Tensor) -> answers.Member:
    """A model's reconstruction of x, (1, 1, 28, 28) both."""
    mse = evaluation.squared_error(made, x.to(made.device)).item()
    return {"name": name, "reconstruction": pictures.to_uint8(made)[0], "mse": mse}
