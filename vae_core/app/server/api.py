"""The six named endpoints for `gradio_client` and plain HTTP; the same service as the page's.

Gradio checks no types here and shows callers nothing but a `gr.Error`, so every argument goes
through the Studio's checks and every `ValueError` becomes a `gr.Error` with the same sentence.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components.api_component import Api
from gradio.context import Context
from gradio.events import api
from gradio.utils import get_upload_folder

from vae_core.app import wire
from vae_core.app.server import lanes
from vae_core.app.server.page import SORRY
from vae_core.app.server.uploads import Uploads
from vae_core.app.service.studio import Studio

PICTURES = ("encode", "interpolate", "reconstruct")
"""Endpoints that take a picture."""

CARD = ("name", "title", "latent_dim", "objective", "likelihood", "prior", "parameters")


def build(studio: Studio) -> None:
    """Add the endpoints to the Blocks that are being built."""

    uploads = Uploads(Path(get_upload_folder()))

    def picture(value: Any) -> Any:
        """What a caller sent as a picture: the bytes of an upload, else what `codec` takes."""
        if isinstance(value, dict) and "path" in value:
            return uploads.take(str(value["path"]))
        return value

    def checkpoints() -> list[dict]:
        """The models that can be asked for, with what they are."""
        return [{key: card[key] for key in CARD} for card in studio.checkpoints()]

    def encode(checkpoint: str, image: Any) -> dict:
        """The code of a picture of a digit: z (slider values), mean and logvar of q(z|x)."""
        code = studio.encode(checkpoint, picture(image))
        return {key: code[key] for key in ("z", "mean", "logvar")} | {"input": png(code["input"])}

    def decode(checkpoint: str, z: list[float]) -> dict:
        """The digit of slider values z: latent_dim numbers, each within +-10."""
        made = studio.decode(checkpoint, z)
        return {"image": png(made["pixels"]), "milliseconds": made["milliseconds"]}

    def sample(checkpoint: str, n: int = 16, seed: int = 0, temperature: float = 1.0) -> dict:
        """n (1 to 256) digits drawn from the model's prior, the same ones for the same seed."""
        drawn = studio.sample(checkpoint, n, seed, temperature)
        return {"images": pngs(drawn["pixels"]), "z": drawn["z"], "seed": drawn["seed"]}

    def interpolate(
        checkpoint: str, image_a: Any, image_b: Any, steps: int = 10, path: str = "linear"
    ) -> dict:
        """steps (2 to 64) digits from one picture to another, path "linear" or "spherical"."""
        ends = [{"picture": picture(image)} for image in (image_a, image_b)]
        way = studio.interpolate(checkpoint, ends[0], ends[1], steps, path)
        return {"images": pngs(way["pixels"]), "z": way["z"]}

    def reconstruct(checkpoint: str, image: Any) -> dict:
        """A picture as the model sees it and gives it back; distortion and rate in nats."""
        made = studio.reconstruct(checkpoint, picture(image), {"stages": False})
        kept = {key: made[key] for key in ("z", "mean", "logvar", "distortion", "rate")}
        pictures = {key: png(made[key]) for key in ("input", "reconstruction")}
        return pictures | kept

    def lane(name: str, arguments: tuple[Any, ...]) -> lanes.Lane:
        if name in PICTURES:
            return lanes.PICTURES
        if name == "sample":
            return lanes.HEAVY
        return lanes.QUICK if studio.is_quick(next(iter(arguments), None)) else lanes.ASIDE

    for function in (checkpoints, encode, decode, sample, interpolate, reconstruct):
        # Gradio's own queue serves whoever came first, however much he asked for: ours are fair.
        api(spoken(function, lane), api_name=function.__name__, concurrency_limit=None)
    fill_in_defaults()


def spoken(
    function: Callable[..., Any], lane: Callable[[str, tuple[Any, ...]], lanes.Lane]
) -> Callable[..., Any]:
    """`function` in a lane, its `ValueError` turned into a `gr.Error`, which callers get to read.

    Args:
        function: an endpoint.
        lane: of a name and its arguments, where the call waits for its turn.
    """

    @functools.wraps(function)
    async def call(*arguments: Any) -> Any:
        try:
            chosen = lane(function.__name__, arguments)
            return await chosen.run(lambda: function(*arguments))
        except ValueError as error:
            raise gr.Error(str(error), print_exception=False) from error
        except Exception as error:
            logging.getLogger(__name__).exception("an endpoint failed")
            raise gr.Error(SORRY, print_exception=False) from error

    return call


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


def png(pixels: str) -> str:
    """One packed digit as a `data:image/png;base64,` string."""
    return wire.png_uri(wire.unpack(pixels)[0])


def pngs(pixels: str) -> list[str]:
    """Packed digits as `data:image/png;base64,` strings."""
    return [wire.png_uri(digit) for digit in wire.unpack(pixels)]
