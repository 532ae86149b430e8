"""The six named endpoints for `gradio_client` and plain HTTP; the same service as the page's.

Gradio checks no types here and shows callers nothing but a `gr.Error`, so every argument goes
through the Studio's checks and every `ValueError` becomes a `gr.Error` with the same sentence.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.components.api_component import Api
from gradio.context import Context
from gradio.events import api
from gradio.utils import get_upload_folder

from vae_core.app import wire
from vae_core.app.server import refusals
from vae_core.app.server.api_schema import describe
from vae_core.app.server.calls import ANSWERED, API, SORRY, Call, note_refusal, register
from vae_core.app.server.uploads import Uploads
from vae_core.app.service.studio import Studio
from vae_core.checkpoint import samplers

CARD = ("name", "title", "latent_dim", "objective", "likelihood", "prior", "parameters")

Answer: TypeAlias = dict[str, Any]


class Endpoints:
    """The calls as programs make them: arguments by place, pictures as PNG; see DESIGN.md.

    Gradio describes each by its signature and its docstring.

    Args:
        studio: the service.
        uploads: what callers sent as files.
    """

    def __init__(self, studio: Studio, uploads: Uploads) -> None:
        self.studio, self.uploads = studio, uploads

    def calls(self) -> list[Call]:
        """All of them, under their own names."""
        quick = self.studio.is_quick
        return [
            Call(self.checkpoints, live=quick),
            Call(self.encode, opens=True),
            Call(self.decode, live=quick),
            Call(self.sample),
            Call(self.interpolate, opens=True),
            Call(self.reconstruct, opens=True),
        ]

    def checkpoints(self) -> list[Answer]:
        """The models that can be asked for, with what they are.

        Returns:
            name, title, latent_dim, objective, likelihood, prior, parameters of each.
        """
        return [{key: card[key] for key in CARD} for card in self.studio.checkpoints()]

    def encode(self, checkpoint: str, image: Any, label: int | None = None) -> Answer:
        """The code of a picture of a digit: slider values z, mean and logvar of q(z|x).

        Args:
            checkpoint: name of a model, one of those that /checkpoints lists.
            image: a photo, scan or drawing with a digit: an uploaded file, base64 or data URI.
            label: 0 to 9, the digit that it is; counts for a model that takes labels.

        Returns:
            input (the 28x28 that the model sees), z, mean, logvar (null for plain ones), label.
        """
        code = self.studio.encode(checkpoint, self._picture(image), label=label)
        shown = {"input": wire.png_uri(code["input"])}
        return shown | _picked(code, "z", "mean", "logvar", "label")

    def decode(self, checkpoint: str, z: list[float], label: int | None = None) -> Answer:
        """The digit of slider values z.

        Args:
            checkpoint: name of a model, one of those that /checkpoints lists.
            z: the slider values, latent_dim numbers, each within +-10.
            label: 0 to 9, the digit that it is; counts for a model that takes labels.

        Returns:
            image (PNG as a data URI), milliseconds, label.
        """
        made = self.studio.decode(checkpoint, z, label)
        given = label if self.studio.card(checkpoint)["takes_labels"] else None
        return {
            "image": wire.png_uri(made["pixels"][0]),
            "milliseconds": made["milliseconds"],
            "label": given,
        }

    def sample(
        self,
        checkpoint: str,
        n: int = 16,
        seed: int = 0,
        temperature: float = 1.0,
        label: int | None = None,
        sampler: str = samplers.DEFAULT,
    ) -> Answer:
        """Digits drawn from a model, the same ones for the same seed.

        Args:
            checkpoint: name of a model, one of those that /checkpoints lists.
            n: how many, 1 to 256.
            seed: of the noise, a whole number from 0.
            temperature: scale of the prior's noise, 0 to 3; fitted samplers know none.
            label: 0 to 9, the digit that it is; counts for a model that takes labels.
            sampler: default (what the page opens with), prior, or a fitted diffusion or mixture.

        Returns:
            images (PNG as data URIs), z (slider values of each), seed, labels.
        """
        drawn = self.studio.sample(checkpoint, n, seed, temperature, label, sampler)
        return {"images": [*map(wire.png_uri, drawn["pixels"])]} | _picked(
            drawn, "z", "seed", "labels"
        )

    def interpolate(
        self,
        checkpoint: str,
        image_a: Any,
        image_b: Any,
        steps: int = 10,
        path: str = "linear",
        label: int | None = None,
    ) -> Answer:
        """Digits on the way from one picture to another, both ends included.

        Args:
            checkpoint: name of a model, one of those that /checkpoints lists.
            image_a: the picture at the start: an uploaded file, base64 or a data URI.
            image_b: the picture at the end, likewise.
            steps: how many digits, 2 to 64.
            path: linear or spherical.
            label: 0 to 9 for both ends, for a model that takes labels; else read in each picture.

        Returns:
            images (PNG as data URIs), z (slider values of each), labels (of the ends).
        """
        given = {} if label is None else {"label": label}
        ends = [{"picture": self._picture(image), **given} for image in (image_a, image_b)]
        way = self.studio.interpolate(checkpoint, ends[0], ends[1], steps, path)
        shown = {"images": [*map(wire.png_uri, way["pixels"])]}
        return shown | _picked(way, "z", "labels")

    def reconstruct(self, checkpoint: str, image: Any, label: int | None = None) -> Answer:
        """A picture as the model sees it and gives it back, and what that costs in nats.

        Args:
            checkpoint: name of a model, one of those that /checkpoints lists.
            image: a photo, scan or drawing with a digit: an uploaded file, base64 or data URI.
            label: 0 to 9, the digit that it is; counts for a model that takes labels.

        Returns:
            input, reconstruction, z, mean, logvar, distortion, rate (nats), label.
        """
        asked = {"stages": False, "label": label}
        made = self.studio.reconstruct(checkpoint, self._picture(image), asked)
        shown = {key: wire.png_uri(made[key]) for key in ("input", "reconstruction")}
        return shown | _picked(made, "z", "mean", "logvar", "distortion", "rate", "label")

    def _picture(self, value: Any) -> object:
        """What a caller sent as a picture: the bytes of an upload, else what `wire` takes."""
        if isinstance(value, dict) and "path" in value:
            return self.uploads.take(str(value["path"]))
        return value


def _picked(reply: Any, *keys: str) -> Answer:
    return {key: reply[key] for key in keys}


def build(studio: Studio) -> None:
    """Add the endpoints to the Blocks that are being built."""
    endpoints = Endpoints(studio, Uploads(Path(get_upload_folder())))
    register(API, endpoints.calls())
    for call in endpoints.calls():
        # Gradio's own queue serves whoever came first, however much he asked for: ours are fair.
        api(endpoint(call), api_name=call.name, concurrency_limit=None)
        describe(_last_function(), call)
    fill_in_defaults()


def _last_function() -> BlockFunction:
    """What Gradio made of the endpoint that was just added."""
    blocks = Context.root_block
    if blocks is None:
        raise RuntimeError("endpoints are built inside Blocks.")
    return blocks.fns[max(blocks.fns)]


def endpoint(call: Call) -> Callable[..., Awaitable[Any]]:
    """A call with the signature of its function, its `ValueError` as the `gr.Error` to read."""

    @functools.wraps(call.run)
    async def ask(*arguments: Any) -> Any:
        named = dict(zip(call.arguments, arguments, strict=False))
        try:
            answer = await call.queue(named).run(lambda: call.run(*arguments))
        except ValueError as error:
            note_refusal(call.name, error)
            raise gr.Error(str(error), print_exception=False) from error
        except Exception as error:
            refusals.refused(refusals.FAILED, call.name)
            logging.getLogger(__name__).exception("an endpoint failed")
            raise gr.Error(SORRY, print_exception=False) from error
        ANSWERED.add(call.name)
        return answer

    return ask


def fill_in_defaults() -> None:
    """Let plain HTTP callers leave arguments out, as `gradio_client` does for its callers.

    Gradio counts arguments before any of our code runs, and refuses without words; nor has it
    words for a file that is not there, and a file's address it would fetch.
    """
    blocks = Context.root_block
    if blocks is None:
        raise RuntimeError("endpoints are built inside Blocks.")
    count = blocks.validate_inputs

    def validate(block_fn: Any, inputs: list[Any]) -> None:
        inputs[:] = [unmarked(value) for value in inputs]
        missing = block_fn.inputs[len(inputs) :]
        if all(isinstance(block, Api) for block in missing):
            inputs.extend(block.value for block in missing)  # None where there is no default
        count(block_fn, inputs)

    blocks.validate_inputs = validate


def unmarked(value: Any) -> Any:
    """`value` without the mark by which Gradio knows a file; `Uploads.take` knows its own."""
    if isinstance(value, dict):
        return {key: unmarked(entry) for key, entry in value.items() if key != "meta"}
    if isinstance(value, list) and any(isinstance(entry, dict | list) for entry in value):
        return [unmarked(entry) for entry in value]
    return value
