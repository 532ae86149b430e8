"""A picture in fewer and fewer numbers: by PCA, and through the models that were measured."""

from __future__ import annotations

from functools import cached_property

import torch

from vae_core import evaluation, pictures, runtime
from vae_core.app import wire
from vae_core.app.service import use_replies as answers
from vae_core.app.service.studio import Studio
from vae_core.app.service.training_codes import TrainingCodes
from vae_core.config import Config
from vae_core.evaluation import family
from vae_core.files import Json, JsonObject
from vae_core.uses import features, figures, reduction
from vae_core.uses.reduction import COMPONENTS, Components

FEATURES = ("code", "pca", "pixels")


class Reducing:
    """PCA beside the models of a studio; its queue for heavy work is shared.

    Args:
        studio: the shipped models.
        training: whose digits PCA is fitted to.
    """

    def __init__(self, studio: Studio, training: TrainingCodes) -> None:
        self.studio, self.training = studio, training

    @cached_property
    def components(self) -> Components:
        """PCA of the training digits at hand, fitted once."""
        return reduction.fit(self.training.digits)

    def reduce(self, checkpoint: object, digit: object) -> answers.Reduced:
        """A picture by 1 to 784 principal components, and through the models beside them.

        Args:
            checkpoint: the model whose figures are given.
            digit: base64 of 784 grey bytes.
        """
        self.studio.must_be_of_mnist(checkpoint, "Reduction")
        name, grey = self.studio.registry.check(checkpoint), wire.digit_of("digit", digit)
        x = self.studio.picture(grey).cpu()
        with self.studio.at_work(), torch.inference_mode():
            made, lost = reduction.kept(self.components, x)
        found = self._measured()
        config, reason = self.studio.registry.get(name).config, None
        try:
            features.check(config)
        except ValueError as error:
            reason = str(error)
        steps: list[answers.Lossy] = [
            {"numbers": count, "error": error}
            for count, error in zip(COMPONENTS, runtime.numbers(lost), strict=True)
        ]
        own = found.get(name, {})
        names = [*found, *([] if reason or name in found else [name])]
        return {
            "fitted": len(self.training.digits),
            "pixels": pictures.to_uint8(made),
            "steps": steps,
            "models": [self._through(each, x, found.get(each), each == name) for each in names],
            "curve": _curve(found),
            "reads": [read for kind in FEATURES for read in _read(own, kind)],
            "digits": int(_number(own.get("digits"))) or None,
            "reason": reason,
            "note": _note(config),
            "command": f"python -m vae_core features {name} --evaluate --save --data DIR",
        }

    def _measured(self) -> dict[str, JsonObject]:
        """What `features --evaluate --save` kept, by models."""
        registry = self.studio.registry
        kept = {name: figures.read(registry.folder(name), "features") for name in registry.cards}
        return {name: found for name, found in kept.items() if found}

    def _through(
        self, name: str, x: torch.Tensor, found: JsonObject | None, chosen: bool
    ) -> answers.Through:
        model = self.studio.registry.get(name)
        with self.studio.at_work(), torch.inference_mode():
            made = family.reconstruct(model, x.to(self.studio.device)).cpu()
        code = (found or {}).get("code")
        test = code if isinstance(code, dict) else {}
        return {
            "name": name,
            "numbers": model.latent_dim,
            "pixels": pictures.to_uint8(made)[0],
            "error": float(evaluation.squared_error(made, x)),
            "test": _number(test.get("squared_error")) or None,
            "sem": _number(test.get("squared_error_sem")) or None,
            "chosen": chosen,
        }


def _curve(found: dict[str, JsonObject]) -> list[float]:
    """PCA's errors of the test digits, which no model changes: of the first that has them."""
    for each in found.values():
        values, counts = each.get("pca_errors"), each.get("components")
        if isinstance(values, list) and counts == list(COMPONENTS):
            return [_number(value) for value in values]
    return []


def _read(found: JsonObject, kind: str) -> list[answers.Read]:
    """The errors of one kind of features; none where they were not measured."""
    part, maps = found.get(kind), found.get("tsne")
    if not isinstance(part, dict):
        return []
    tsne = maps.get(kind) if isinstance(maps, dict) else None
    return [
        {
            "features": kind,
            "probe": _figure(part, "probe_error"),
            "neighbours": _figure(part, "knn_error"),
            "tsne": tsne if isinstance(tsne, float) else None,
        }
    ]


def _figure(part: JsonObject, key: str) -> answers.Figure:
    return {"value": _number(part.get(key)), "sem": _number(part.get(f"{key}_sem"))}


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _note(config: Config) -> str | None:
    """What the numbers of a code are, where they are not free."""
    if config.code.codebook is not None:
        return "Its numbers are entries of a table, so that they take few bits."
    if config.code.topk is not None:
        return f"Only {config.code.topk} of its numbers are other than 0 for a picture."
    return None
