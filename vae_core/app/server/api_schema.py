"""What `/gradio_api/info` says of the endpoints: types, ranges, meanings, examples, answers.

Gradio writes "1st" and "..." there; the same words go to whoever reads the endpoints as tools.
"""

from __future__ import annotations

from functools import partial
from typing import Any, TypeAlias

from gradio.block_function import BlockFunction
from gradio.components.api_component import Api
from gradio.utils import get_function_description

from vae_core.app import checks
from vae_core.app.server.calls import Call
from vae_core.app.service.codes import MAX_STEPS, PATHS
from vae_core.app.service.draws import MAX_SAMPLES
from vae_core.checkpoint import samplers

Schema: TypeAlias = dict[str, Any]

PICTURE = {
    "anyOf": [
        {"type": "string", "description": "base64 or a data URI"},
        {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
    ]
}
NAME = {"type": "string"}
LABEL = {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 9}, {"type": "null"}]}
NUMBER = {"type": "number", "minimum": -checks.Z_LIMIT, "maximum": checks.Z_LIMIT}
SAMPLERS = (samplers.DEFAULT, samplers.PRIOR, *samplers.KINDS)

SCHEMAS: dict[str, Schema] = {
    "checkpoint": NAME,
    "image": PICTURE,
    "image_a": PICTURE,
    "image_b": PICTURE,
    "z": {"type": "array", "items": NUMBER},
    "label": LABEL,
    "n": {"type": "integer", "minimum": 1, "maximum": MAX_SAMPLES},
    "seed": {"type": "integer", "minimum": 0, "maximum": checks.SEED_LIMIT},
    "temperature": {"type": "number", "minimum": 0, "maximum": 3},
    "sampler": {"type": "string", "enum": [*SAMPLERS]},
    "steps": {"type": "integer", "minimum": 2, "maximum": MAX_STEPS},
    "path": {"type": "string", "enum": [*PATHS]},
}
PNG = {"type": "string", "description": "data:image/png;base64,... of 28x28 grey pixels"}
CODE = {"type": "array", "items": {"type": "number"}}
LOGVAR = {"anyOf": [CODE, {"type": "null"}]}
COST = {"anyOf": [{"type": "number"}, {"type": "null"}]}
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}


def _object(**properties: object) -> Schema:
    return {"type": "object", "properties": properties}


CODE_OF_PICTURE = {"input": PNG, "z": CODE, "mean": CODE, "logvar": LOGVAR, "label": LABEL}
MANY = {"images": {"type": "array", "items": PNG}, "z": {"type": "array", "items": CODE}}
CARD = {
    **dict.fromkeys(("name", "title", "objective", "likelihood", "prior"), TEXT),
    **dict.fromkeys(("latent_dim", "parameters"), WHOLE),
}
LABELS = {"type": "array", "items": LABEL}
RETURNS: dict[str, Schema] = {
    "checkpoints": {"type": "array", "items": _object(**CARD)},
    "encode": _object(**CODE_OF_PICTURE),
    "decode": _object(image=PNG, milliseconds={"type": "number"}, label=LABEL),
    "sample": _object(**MANY, seed=WHOLE, labels=LABELS),
    "interpolate": _object(**MANY, labels=LABELS),
    "reconstruct": _object(**CODE_OF_PICTURE, reconstruction=PNG, distortion=COST, rate=COST),
}
"""What each endpoint answers."""

FILE = {"path": "photo.jpg", "meta": {"_type": "gradio.FileData"}}
EXAMPLES: dict[str, object] = {
    "checkpoint": "vae-400",
    "image": FILE,
    "image_a": FILE,
    "image_b": FILE,
    "z": [0.0] * 20,
    "label": 3,
}
"""Of arguments without a default; the others' examples are their defaults."""


def describe(function: BlockFunction, call: Call) -> None:
    """Put names, types, meanings and examples in the place of Gradio's."""
    _, about, returns = get_function_description(call.run)
    for block in function.outputs:
        if isinstance(block, Api):
            block.label = "answer"
            block._api_info = RETURNS[call.name] | {"additional_description": ", ".join(returns)}
    for block, name in zip(function.inputs, call.arguments, strict=True):
        if not isinstance(block, Api):
            raise TypeError(f"{call.name} takes {block!r}, which is no argument of an endpoint.")
        block.label = name
        block._api_info = SCHEMAS[name] | {"additional_description": about[name]}
        example = EXAMPLES.get(name, block.value)
        for shown in ("example_payload", "example_value"):
            # Not by a class of our own: Gradio writes a .pyi beside each class of components.
            setattr(block, shown, partial(_given, example))


def _given(example: object) -> object:
    return example
