"""Training `vae-conv` by one process and by two under torchrun, one thread each, the plain step.

    python tests/benchmarks/bench_processes.py --data DIR [--steps 6] [--turns 3]
    python tests/benchmarks/bench_processes.py --data DIR --epoch [--samples 2]

Speed: one process and two take turns, so that a busy machine slows both; images a second of each
turn's steps after its first. Equality: an epoch over a part of the training digits in double
precision, once by one process and once by two; the losses of all steps are compared. With
`--epoch` that is all there is, over all 60,000 training digits.

Convolutions in double precision unfold their input: some 2 GB a process and importance sample.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch

from vae_core import Config, recipes
from vae_core.data.digits import load_mnist
from vae_core.training import distributed, step
from vae_core.training.adam import Adam
from vae_core.training.objectives import Batch
from vae_core.training.run import TrainingRun, fit
from vae_core.training.run_state import Model


def plain(config: Config, samples: int, steps: int, count: int) -> Config:
    """The recipe without a compiler and from fresh weights, for about `steps` steps."""
    size = config.train.batch_size
    epochs = max(1, round(steps * size / count))
    train = dataclasses.replace(
        config.train, epochs=epochs, compile=False, precision="fp32", starts_from=None
    )
    return dataclasses.replace(config, samples=samples, train=train)


def in_double(model: Model, batch: Batch, beta: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The plain loss of a model in double precision."""
    x = batch.x.double()
    return PLAIN_LOSS(model, Batch(x, x, batch.y, batch.eps.double()), beta.double())


PLAIN_LOSS = step.batch_loss


def work(arguments: argparse.Namespace) -> None:
    """One process's part; rank 0 prints the losses and the seconds of the steps after the first."""
    torch.set_num_threads(1)
    distributed.start(torch.device("cpu"))
    digits = load_mnist("train", arguments.data)
    size = recipes.get("vae-conv").train.batch_size
    if arguments.epoch:
        arguments.steps = len(digits) // size
    else:
        digits = digits.drawn(size * arguments.steps)
    config = plain(recipes.get("vae-conv"), arguments.samples, arguments.steps, len(digits))
    run = TrainingRun(config)
    if arguments.double:
        run.model.double()
        run.average = run._new_average()
        run.optimizer = Adam(run.model.parameters(), config.train.learning_rate)
        step.batch_loss = in_double
    losses, times = [], []
    for record in fit(run, digits, every=1):
        losses.append(record.loss)
        times.append(time.perf_counter())
    if distributed.rank() == 0:
        print(json.dumps({"losses": losses, "seconds": times[-1] - times[0]}), flush=True)
    distributed.stop()


def measured(count: int, arguments: list[str]) -> tuple[list[float], float]:
    """Losses and seconds of a run by `count` processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    group = {"WORLD_SIZE": str(count), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    ranks = [
        subprocess.Popen(
            [sys.executable, __file__, "--work", *arguments],
            env={**os.environ, **(group if count > 1 else {}), "RANK": str(rank)},
            stdout=subprocess.PIPE if rank == 0 else subprocess.DEVNULL,
        )
        for rank in range(count)
    ]
    said = ranks[0].communicate()[0]
    if any(rank.wait() for rank in ranks):
        sys.exit("a process failed.")
    found = json.loads(said)
    return found["losses"], found["seconds"]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--samples", type=int, default=5)
    parser.add_argument("--epoch", action="store_true", help="equality alone, over all digits")
    parser.add_argument("--double", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        work(arguments)
        return
    words = ["--data", arguments.data, "--samples", str(arguments.samples)]
    words += ["--epoch"] if arguments.epoch else ["--steps", str(arguments.steps)]
    if not arguments.epoch:
        compare_speed(words, arguments.steps, arguments.turns)
    compare_losses([*words, "--double"])


def compare_speed(words: list[str], steps: int, turns: int) -> None:
    """Prints images a second of one process and of two, in turns."""
    images = recipes.get("vae-conv").train.batch_size * (steps - 1)
    ratios = []
    for turn in range(turns):
        one, two = (images / measured(count, words)[1] for count in (1, 2))
        ratios.append(two / one)
        print(f"turn {turn}: {one:.0f} and {two:.0f} images a second, {two / one:.2f}", flush=True)
    print(f"median of the ratios: {statistics.median(ratios):.2f}")


def compare_losses(words: list[str]) -> None:
    """Prints how far the losses of one process and of two are apart, both run at once."""
    with ThreadPoolExecutor() as pool:
        one, two = (pool.submit(measured, count, words) for count in (1, 2))
        pairs = list(zip(one.result()[0], two.result()[0], strict=True))
    relative = max(abs(a - b) / abs(a) for a, b in pairs)
    nats = max(abs(a - b) for a, b in pairs)
    first, last = pairs[0][0], pairs[-1][0]
    print(f"losses of {len(pairs)} steps in double precision, from {first:.2f} to {last:.2f} nats:")
    print(f"at most {relative:.1e} apart relatively, {nats:.1e} nats")


if __name__ == "__main__":
    main()
