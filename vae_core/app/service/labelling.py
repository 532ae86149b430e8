"""Labels that a visitor gives to a few training digits, spread over the codes of all at hand."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from vae_core import runtime
from vae_core.app import checks
from vae_core.app.service import use_replies as answers
from vae_core.app.service.map_replies import Waiting
from vae_core.app.service.recent import Recent
from vae_core.app.service.studio import Studio
from vae_core.app.service.training_codes import TrainingCodes
from vae_core.data.digits import permutation
from vae_core.data.shipped import COUNT, shipped
from vae_core.uses import figures, propagation
from vae_core.uses.propagation import Graph

MOST, NEXT = 300, 10
"""Labels of a visitor, and digits that are asked for next."""
OTHERS = ("m1+m2", "m2", "svm")
"""Methods that take a minute, or see less: their figures are shown beside."""


class Labelling:
    """Semi-supervised learning by the models of a studio, on the training digits that ship.

    Args:
        studio: its queue for heavy work is shared.
        training: the codes, which search knows too.
    """

    def __init__(self, studio: Studio, training: TrainingCodes) -> None:
        self.studio, self.training = studio, training
        self._graphs: Recent[str, Graph] = Recent(self._graph, 4)

    def spread(self, checkpoint: object, given: object) -> answers.Spread | Waiting:
        """How many digits a few labels name rightly, and which to label next.

        Args:
            checkpoint: its name.
            given: pairs of a digit's place in the sheet that ships, 0 to 9,999, and its label; null
                for the true one.
        """
        name = self.studio.registry.check(checkpoint)
        rows, labels = _pairs(given)
        if self.studio.card(name)["takes_labels"]:
            return self._reply(
                name, rows, f"{name} was trained with all labels: its codes know them."
            )
        if (share := self.training.advance(name)) < 1:
            return {"progress": share}
        ties, reply = self._graphs.get(name), self._reply(name, rows, None)
        if len(rows):
            with self.studio.at_work():
                shares = propagation.propagated(ties, rows, labels)
            others = np.setdiff1d(np.arange(COUNT), rows.numpy())
            truth = shipped("train").labels.numpy()
            reply["accuracy"] = float((shares.argmax(1) == truth)[others].mean())
            spread = shares / shares.sum(1, keepdims=True).clip(1e-300)
            least = others[np.argsort(spread.max(1)[others], kind="stable")]
            # Some of the least sure, not all from one corner.
            chosen = np.random.default_rng(len(rows)).choice(least[:400], NEXT, replace=False)
            self._ask(reply, runtime.from_array(chosen))
        return reply

    def _reply(self, name: str, rows: Tensor, reason: str | None) -> answers.Spread:
        others = [(method, self._measured(name, f"label-{method}")) for method in OTHERS]
        reply: answers.Spread = {
            "progress": 1.0,
            "reason": reason,
            "given": len(rows),
            "digits": COUNT,
            "accuracy": None,
            "next": [],
            "pictures": np.zeros((0, 28, 28), np.uint8),
            "measured": self._measured(name, "label"),
            "others": [_named(name, method, found) for method, found in others if found],
            "command": f"python -m vae_core label {name} --save --data DIR",
        }
        self._ask(reply, permutation(COUNT, 1)[:NEXT])
        return reply

    def _measured(self, name: str, use: str) -> answers.Figure | None:
        """What `label --save` kept of a model."""
        own = self.studio.registry.is_own(name)
        found = None if own else figures.read(self.studio.registry.folder(name), use)
        accuracy, sem = (found or {}).get("accuracy"), (found or {}).get("accuracy_sem")
        if not isinstance(accuracy, float) or not isinstance(sem, float):
            return None
        return {"value": accuracy, "sem": sem}

    def _ask(self, reply: answers.Spread, rows: Tensor) -> None:
        reply["next"] = [int(row) for row in rows]
        reply["pictures"] = shipped("train").images[rows, 0].numpy()

    def _graph(self, name: str) -> Graph:
        _, shelf = self.training.whole(name)
        rows = torch.searchsorted(shelf.places.sort().values, shipped("train").places)
        means = shelf.codes.means[shelf.places.argsort()[rows]]
        with self.studio.at_work():
            return propagation.graph(means)


def _named(name: str, method: str, found: answers.Figure) -> answers.Named:
    command = f"python -m vae_core label {name} --method {method} --save --data DIR"
    return {"method": method, "command": command, **found}


def _pairs(given: object) -> tuple[Tensor, Tensor]:
    """Rows and labels, of digits that are each given once."""
    entries = checks.listed(given)
    if entries is None or len(entries) > MOST:
        raise ValueError(
            f"given must be a list of at most {MOST} pairs, not {checks.shown(given)}."
        )
    found: dict[int, int] = {}
    for entry in entries:
        pair = checks.listed(entry)
        if pair is None or len(pair) != 2:
            raise ValueError(f"given must hold pairs, not {checks.shown(entry)}.")
        row, label = checks.whole("place", pair[0], 0, COUNT - 1), checks.label("label", pair[1])
        found[row] = int(shipped("train").labels[row]) if label is None else label
    return torch.tensor(list(found), dtype=torch.int64), torch.tensor(list(found.values()))
