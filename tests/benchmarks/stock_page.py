"""The plainest stock Gradio page that shows a digit: one slider, one image; for bench_page.py."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
sys.path.insert(0, str(Path(__file__).parents[2]))

import gradio as gr
import torch

import vae_core


def main() -> None:
    """Serve the page on --port; its first digit is ready as the page is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model", default="vae-400")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    model = vae_core.load(asked.model)

    @torch.inference_mode()
    def decode(first: float):
        z = torch.zeros(1, model.latent_dim)
        z[0, 0] = first
        pixels = model.decode(model.from_sliders(z)).mean[0, 0]
        return (pixels * 255).round().byte().numpy()

    with gr.Blocks(analytics_enabled=False) as demo:
        image = gr.Image(decode(0.0), image_mode="L", elem_id="picture")
        slider = gr.Slider(-4, 4, 0, step=0.01, label="z0")
        slider.input(decode, slider, image, trigger_mode="always_last")
    demo.launch(server_port=asked.port, quiet=True)


if __name__ == "__main__":
    main()
