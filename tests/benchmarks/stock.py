"""What the stock Gradio pages of the benchmarks share: their arguments, and one way to decode."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
sys.path.insert(0, str(Path(__file__).parents[2]))

import gradio as gr
import torch

import vae_core


class Stock(NamedTuple):
    """A page to be: its port, the length of a code, and codes to (28, 28) grey levels."""

    port: int
    latent_dim: int
    decode: Callable[[Sequence[float]], Any]


def asked() -> Stock:
    """What --port and --model ask for; the model runs on one core, as the app's does."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model", default="vae-400")
    given = parser.parse_args()
    torch.set_num_threads(1)
    model = vae_core.load(given.model)

    @torch.inference_mode()
    def decode(z: Sequence[float]) -> Any:
        u = model.from_sliders(torch.tensor([z], dtype=torch.float32))
        return (model.decode(u).mean[0, 0] * 255).round().byte().numpy()

    return Stock(given.port, model.latent_dim, decode)


def slider(name: str) -> gr.Slider:
    """One latent's."""
    return gr.Slider(-4, 4, 0, step=0.01, label=name, elem_id=name)
