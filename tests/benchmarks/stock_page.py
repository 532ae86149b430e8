"""The plainest stock Gradio page that shows a digit: one slider, one image; for bench_page.py."""

from __future__ import annotations

import stock
from stock import gr


def main() -> None:
    """Serve the page on --port; its first digit is ready as the page is asked for."""
    page = stock.asked()

    def decode(first: float):
        return page.decode([first, *[0.0] * (page.latent_dim - 1)])

    with gr.Blocks(analytics_enabled=False) as demo:
        image = gr.Image(decode(0.0), image_mode="L", elem_id="picture")
        slider = stock.slider("z0")
        slider.input(decode, slider, image, trigger_mode="always_last")
    demo.launch(server_port=page.port, quiet=True)


if __name__ == "__main__":
    main()
