"""The README.md of a Space: what the hub reads at its head, and a page for people below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import metadata

from huggingface_hub.utils import yaml_dump

TITLE = "VAE Studio"
ABOUT = "Take hold of a variational autoencoder's latent space"
TAGS = (
    "variational-autoencoder",
    "autoencoder",
    "generative-model",
    "interactive",
    "education",
    "mnist",
    "pytorch",
)
DATASETS = ("ylecun/mnist",)
PORT = 7860
THUMBNAIL = "thumbnail.png"

PYTHON, ZERO_GPU_PYTHON = "3.12", "3.12.12"
"""ZeroGPU has 3.12.12 and 3.10.13 alone, and this project needs 3.11."""

CPU, ZERO_GPU = "cpu-basic", "zero-a10g"
"""The hub's names for hardware; `zero-a10g` is that of ZeroGPU whatever the card."""


def front_matter(
    sdk: str, models: Sequence[str], *, zero_gpu: bool = False, repo: str | None = None
) -> dict[str, object]:
    """The keys that the hub reads.

    Args:
        sdk: `gradio` or `docker`.
        models: names of the checkpoints in the Space.
        zero_gpu: whether it is meant for ZeroGPU.
        repo: `USER/NAME` of the Space. With it the thumbnail has a full address, and the models
            are named as the user's own.
    """
    user = f"{repo.split('/')[0]}/" if repo else ""
    place = f"https://huggingface.co/spaces/{repo}/resolve/main/" if repo else ""
    return {
        "title": TITLE,
        "colorFrom": "indigo",
        "colorTo": "gray",
        "sdk": sdk,
        **(_of_gradio(zero_gpu) if sdk == "gradio" else {"app_port": PORT}),
        "suggested_hardware": ZERO_GPU if zero_gpu else CPU,
        "short_description": ABOUT,
        "thumbnail": f"{place}{THUMBNAIL}",
        "models": [f"{user}{name}" for name in models],
        "datasets": [*DATASETS],
        "tags": [*TAGS],
        "license": "mit",
    }


def _of_gradio(zero_gpu: bool) -> dict[str, object]:
    return {
        "sdk_version": metadata.version("gradio"),
        "python_version": ZERO_GPU_PYTHON if zero_gpu else PYTHON,
        "app_file": "app.py",
    }


def readme(head: Mapping[str, object], command: str) -> str:
    """The whole file: the keys, a picture, and how the folder came about."""
    return f"""---
{yaml_dump(dict(head), sort_keys=False).strip()}
---

# {TITLE}

![The Explore panel: a digit drawn live by the model beside its latent sliders]({THUMBNAIL})

{ABOUT} and feel it answer: drag its sliders, draw from its prior, walk from one picture to
another, upload or draw a digit and watch the model read it. Every figure of the models stands in
[checkpoints/README.md](checkpoints/README.md), with how it was measured.

This folder was laid out by `{command}` and holds the app, its package and its checkpoints. Change
them in the project that they come from, and lay the folder out again.

The code is under the MIT licence; the example digits are from MNIST (CC BY-SA 3.0).
"""
