"""The same task in stock Gradio: 20 `gr.Slider` wired to a `gr.Image`, for bench_drag.py."""

from __future__ import annotations

import stock
from stock import gr


def main() -> None:
    """Serve the peer on --port."""
    peer = stock.asked()

    def decode(*z: float):
        return peer.decode(z)

    with gr.Blocks(analytics_enabled=False) as demo, gr.Row():
        image = gr.Image(image_mode="L", width=400, height=400, elem_id="picture")
        with gr.Column():
            sliders = [stock.slider(f"z{i}") for i in range(peer.latent_dim)]
        for slider in sliders:
            # always_last, or the last position is lost; all else as it comes.
            slider.input(decode, sliders, image, trigger_mode="always_last")
    demo.launch(server_port=peer.port, quiet=True, footer_links=[])


if __name__ == "__main__":
    main()
