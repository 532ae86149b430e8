"""The same task in stock Gradio: 20 `gr.Slider` wired to a `gr.Image`, for bench_drag.py."""

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
    """Serve the peer on --port."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model", default="vae-400")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = vae_core.load(arguments.model)

    @torch.inference_mode()
    def decode(*z: float):
        pixels = model.decode(model.from_sliders(torch.tensor([z], dtype=torch.float32))).mean[0, 0]
        return (pixels * 255).round().byte().numpy()

    with gr.Blocks(analytics_enabled=False) as demo, gr.Row():
        image = gr.Image(image_mode="L", width=400, height=400, elem_id="picture")
        with gr.Column():
            sliders = [
                gr.Slider(-4, 4, 0, step=0.01, label=f"z{i}", elem_id=f"z{i}")
                for i in range(model.latent_dim)
            ]
        for slider in sliders:
            # always_last, or the last position is lost; all else as it comes.
            slider.input(decode, sliders, image, trigger_mode="always_last")
    demo.launch(server_port=arguments.port, quiet=True, footer_links=[])


if __name__ == "__main__":
    main()
