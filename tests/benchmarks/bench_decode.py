"""Decoding one latent on one core: what a slider's move asks of the model, without the web.

    python tests/benchmarks/bench_decode.py [CHECKPOINT ...]

Every shipped checkpoint whose decoder answers at once, or those named. Each row is the median and
the 95th percentile of 500 moves from the sliders to the picture, the models taking turns at each
move, so that a busy machine slows them all alike.
"""

from __future__ import annotations

import argparse
import time

import torch

from vae_core import checkpoint, runtime
from vae_core.models import VAE, Autoencoder

MOVES = 500
WARM_UP = 20


def live() -> list[str]:
    """The shipped models that decode in one pass."""
    configs = {folder.name: checkpoint.read_config(folder) for folder in checkpoint.shipped()}
    return [name for name, config in configs.items() if config.likelihood != "pixelcnn"]


@torch.inference_mode()
def move(model: VAE | Autoencoder, u: torch.Tensor) -> float:
    """Milliseconds from slider positions u (1, d) to the picture."""
    start = time.perf_counter()
    picture = model.decode(model.from_sliders(u)).mean
    assert picture.shape == (1, 1, 28, 28)
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkpoints", nargs="*", metavar="CHECKPOINT")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    models = {name: checkpoint.load(name) for name in arguments.checkpoints or live()}
    noise = runtime.generator("cpu", 0)
    taken: dict[str, list[float]] = {name: [] for name in models}
    for turn in range(WARM_UP + MOVES):
        for name, model in models.items():
            milliseconds = move(model, torch.randn(1, model.latent_dim, generator=noise))
            if turn >= WARM_UP:
                taken[name].append(milliseconds)
    print("checkpoint              median ms  p95 ms  weights MB")
    for name, times in taken.items():
        median, p95 = torch.tensor(times).quantile(torch.tensor([0.5, 0.95])).tolist()
        size = (checkpoint.resolve(name) / checkpoint.WEIGHTS).stat().st_size / 1e6
        print(f"{name:22s}  {median:9.2f}  {p95:6.2f}  {size:10.1f}")


if __name__ == "__main__":
    main()
