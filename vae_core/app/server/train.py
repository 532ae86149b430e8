"""Train: watch a model learn, keep it for this visit, and replay how the shipped ones learned."""

from __future__ import annotations

from typing import TypedDict

from vae_core.app import checks, wire
from vae_core.app.server import visitors, work_queues
from vae_core.app.server.calls import Call
from vae_core.app.server.page import panel
from vae_core.app.service.studio import Studio
from vae_core.app.service.trainings import histories, offers
from vae_core.app.service.trainings.histories import History, Pictures
from vae_core.app.service.trainings.limits import Said
from vae_core.app.service.trainings.offers import Offer
from vae_core.app.service.trainings.own_models import Card
from vae_core.app.service.trainings.trainings import Trainings
from vae_core.app.service.trainings.visit import Look

PIECE = 384 * 2**10
"""Bytes of a file that travel in one answer, so that nobody holds many megabytes of them back."""


class Opened(TypedDict):
    """What the panel begins with."""

    limits: Said
    recipes: list[Offer]
    models: list[Card]
    look: Look


class Piece(TypedDict):
    """Part of a file, as base64, and the bytes that the whole has."""

    data: wire.Bytes
    size: int


class Models(TypedDict):
    """A visitor's models."""

    models: list[Card]


def build(studio: Studio) -> None:
    """Place the panel in the current Blocks context."""
    panel("train", calls(studio))


def calls(studio: Studio) -> list[Call]:
    """What its script may ask for; `visitor` is the secret name that the page gave itself."""
    door = Door(studio)
    return [
        Call(door.open_training, lane=work_queues.QUICK),
        Call(door.start_training, lane=work_queues.QUICK),
        Call(door.look_at_training, lane=work_queues.QUICK),
        Call(door.command_training, lane=work_queues.QUICK),
        Call(door.own_models, lane=work_queues.QUICK),
        Call(door.drop_own_model, lane=work_queues.QUICK),
        Call(door.download_own_model),
        Call(door.upload_own_model, opens=False),
        Call(door.training_history),
        Call(door.training_pictures),
    ]


class Door:
    """The service's answers; knows from which address somebody asks.

    Args:
        studio: the service.
    """

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    @property
    def trainings(self) -> Trainings:
        """The runs and models of visitors."""
        return self.studio.trainings

    def open_training(self, visitor: object) -> Opened:
        """The panel was opened: its limits, and what this visitor has already."""
        look = self.trainings.look(visitor)
        self.trainings.prepare()
        models = self.trainings.cards(visitor)
        return {
            "limits": self.trainings.said(),
            "recipes": offers.offers(),
            "models": models,
            "look": look,
        }

    def start_training(
        self, visitor: object, recipe: object, changes: object = None, own: object = None
    ) -> Look:
        """Ask for a run; see `request.read`."""
        return self.trainings.start(visitor, recipe, changes, own, visitors.at_hand())

    def look_at_training(self, visitor: object, since: object = 0) -> Look:
        """What is new, for a page that has no socket."""
        return self.trainings.look(visitor, since)

    def command_training(
        self,
        visitor: object,
        command: object,
        value: object = None,
        since: object = 0,
        order: object = 0,
    ) -> Look:
        """Pause, step, go, pace or stop; see `Trainings.command`."""
        return self.trainings.command(visitor, command, value, since, order)

    def own_models(self, visitor: object) -> Models:
        """The visitor's models, none of which is dropped for a while."""
        return {"models": self.trainings.cards(visitor)}

    def drop_own_model(self, visitor: object, name: object) -> Models:
        """Forget one of them."""
        self.trainings.drop(visitor, name)
        return self.own_models(visitor)

    def download_own_model(self, visitor: object, name: object, start: object = 0) -> Piece:
        """A piece of the zip of one of them, from byte `start` on."""
        data = self.trainings.download(visitor, name)
        first = checks.whole("start", start, 0, len(data))
        return {"data": wire.Bytes(data[first : first + PIECE]), "size": len(data)}

    def upload_own_model(self, visitor: object, file: object) -> Models:
        """Take in the zip of a checkpoint folder, as base64."""
        data = wire.file_bytes(file)
        self.trainings.upload(visitor, data, visitors.at_hand())
        return self.own_models(visitor)

    def training_history(self, checkpoint: object) -> History:
        """How a shipped model was trained."""
        variational = self.studio.card(checkpoint)["variational"]
        return histories.read(self.studio.registry.folder(checkpoint), variational)

    def training_pictures(self, checkpoint: object, epoch: object) -> Pictures:
        """What a shipped model made after an epoch, the same digits and draws each time."""
        place = checks.whole("epoch", epoch, 1, histories.MOST_EPOCHS)
        return histories.pictures(self.studio.registry.folder(checkpoint), place)
