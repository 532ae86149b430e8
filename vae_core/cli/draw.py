"""`sample`, `traverse`, `reconstruct`, `interpolate` and `prepare`: pictures in, pictures out."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from vae_core import checkpoint, evaluation, explore, pictures, runtime
from vae_core.digitize import Digit, digitize
from vae_core.explore import sliders, traits
from vae_core.models import VAE, Autoencoder

LARGEST_N = 10_000

DRAWS = 32
"""Posterior draws behind one picture's distortion, with a fixed seed: the app uses the same."""


def sample(arguments: argparse.Namespace) -> dict[str, Any]:
    """A grid of draws from the prior.

    Raises:
        ValueError: n, the seed, the temperature, the checkpoint or the file cannot be used.
    """
    n, temperature = arguments.n, arguments.temperature
    if not 1 <= n <= LARGEST_N:
        raise ValueError(f"n is {n}; it must be between 1 and {LARGEST_N}.")
    if not 0 <= temperature <= 3 or math.isnan(temperature):
        raise ValueError(f"temperature is {temperature}; it must be between 0 and 3.")
    model = _load(arguments)
    noise = torch.Generator().manual_seed(_seed(arguments.seed))
    with runtime.eval_mode(model):
        means, _ = model.sample(n, generator=noise, temperature=temperature)
    pictures.save_grid(means, arguments.output)
    return {"n": n, "seed": arguments.seed, "temperature": temperature, "output": arguments.output}


def reconstruct(arguments: argparse.Namespace) -> dict[str, Any]:
    """Each picture as the model sees it and gives it back; figures in nats an image.

    A picture that cannot be read has `ok` false and a reason.
    """
    model = _load(arguments)
    results: list[dict[str, Any]] = []
    rows: list[Tensor] = []
    for file in arguments.images:
        result, pair = _reconstruct_one(model, file)
        results.append(result)
        rows += [pair] if pair is not None else []
    if arguments.output and rows:
        pictures.save_grid(torch.cat(rows), arguments.output, columns=2)
    return {"images": results}


def interpolate(arguments: argparse.Namespace) -> dict[str, Any]:
    """The way between two pictures through the latent space, as a strip or a film.

    Raises:
        ValueError: the steps, a picture, the checkpoint or the file cannot be used.
    """
    if not 2 <= arguments.steps <= 1000:
        raise ValueError(f"steps is {arguments.steps}; it must be between 2 and 1000.")
    model = _load(arguments)
    ends = torch.cat([_pixels(_digit(file)) for file in (arguments.a, arguments.b)])
    with runtime.eval_mode(model):
        a, b = model.to_sliders(model.encode(ends.to(_device(model))).mean)
        between = explore.path(a, b, arguments.steps, arguments.path)
        shown = model.decode(model.from_sliders(between)).mean
    pictures.save_path(shown, arguments.output)
    return {"steps": arguments.steps, "path": arguments.path, "output": arguments.output}


def traverse(arguments: argparse.Namespace) -> dict[str, Any]:
    """What each slider does: a row a latent, in slider order and with its measured name.

    The columns are positions from -2 to 2; the other sliders stand at 0.

    Raises:
        ValueError: the steps, the checkpoint or the file cannot be used.
    """
    if not 2 <= arguments.steps <= 100:
        raise ValueError(f"steps is {arguments.steps}; it must be between 2 and 100.")
    folder = checkpoint.resolve(arguments.checkpoint)
    model = _load(arguments)
    rows = _slider_rows(folder, model.latent_dim)
    values = torch.linspace(-sliders.REACH, sliders.REACH, arguments.steps)
    rest = torch.zeros(model.latent_dim, device=_device(model))
    with runtime.eval_mode(model):
        films = [explore.traverse(model, rest, row["latent"], values.to(rest)) for row in rows]
    texts = [f"z{row['latent']}  {row['name'] or ''}".rstrip() for row in rows]
    heads = [f"{value:+.2g}" if value else "0" for value in _plain(values)]
    page = pictures.labelled(pictures.grid(torch.cat(films), len(values)), texts, heads)
    pictures.save_page(page, arguments.output)
    return {"rows": rows, "values": _plain(values), "output": arguments.output}


def _plain(values: Tensor) -> list[float]:
    """Positions as a person writes them: 0 and not -3e-08."""
    return [round(value, 3) + 0.0 for value in values.tolist()]


def _slider_rows(folder: Path, latent_dim: int) -> list[dict[str, Any]]:
    """{latent, name} in slider order; the name "slant -0.84" is null where none was measured."""
    told = sliders.read(folder, latent_dim)
    metrics = checkpoint.inspect(folder)["metrics"] or {}
    names: list[traits.Name | None] = [None] * latent_dim
    if told is not None:
        names = [each["name"] for each in told["latents"]]
    return [
        {"latent": i, "name": name and f"{name['trait']} {name['r']:+.2f}"}
        for i in sliders.order(latent_dim, metrics.get("kl_per_dim"), told)
        for name in (names[i],)
    ]


def prepare(arguments: argparse.Namespace) -> dict[str, Any]:
    """Each picture as the 28x28 grey PNG that the model would see.

    Raises:
        ValueError: the folder cannot be written.
    """
    folder = Path(arguments.output)
    names = _names(arguments.images)
    return {
        "images": [
            _prepare_one(file, folder, name, arguments.stages)
            for file, name in zip(arguments.images, names, strict=True)
        ]
    }


def _load(arguments: argparse.Namespace) -> VAE | Autoencoder:
    return checkpoint.load(arguments.checkpoint, runtime.choose_device(arguments.device))


def _device(model: VAE | Autoencoder) -> torch.device:
    return next(model.parameters()).device


def _seed(seed: int) -> int:
    if not 0 <= seed < 2**63:
        raise ValueError(f"seed is {seed}; it must be between 0 and 2^63 - 1.")
    return seed


def _digit(file: str) -> Digit:
    try:
        return digitize(Path(file))
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from error


def _pixels(digit: Digit) -> Tensor:
    """The prepared digit as x (1, 1, 28, 28)."""
    return torch.from_numpy(digit.pixels.copy()).float()[None, None] / 255


def _reconstruct_one(model: VAE | Autoencoder, file: str) -> tuple[dict[str, Any], Tensor | None]:
    try:
        x = _pixels(digitize(Path(file)))
    except ValueError as error:
        nothing = dict.fromkeys(("distortion", "rate", "mse"))
        return {"file": file, "ok": False, "reason": str(error), **nothing}, None
    with runtime.eval_mode(model):
        x = x.to(_device(model))
        many = x.expand(DRAWS, -1, -1, -1)
        found = evaluation.measure(model, many, _noise(model).to(x.device))
        back = model.reconstruct(x)
    figures = {
        "distortion": float(found["distortion"].mean()),
        "rate": float(found["rate"].mean()) if "rate" in found else None,
        "mse": float(((back - x) ** 2).mean()),
    }
    return {"file": file, "ok": True, "reason": None, **figures}, torch.cat([x, back])


def _noise(model: VAE | Autoencoder) -> Tensor:
    return torch.randn(DRAWS, model.latent_dim, generator=torch.Generator().manual_seed(0))


def _names(files: list[str]) -> Iterator[str]:
    """A stem for each file, `STEM-2` and so on where two clash."""
    taken: set[str] = set()
    for file in files:
        stem, count = Path(file).stem, 1
        name = stem
        while name in taken:
            count += 1
            name = f"{stem}-{count}"
        taken.add(name)
        yield name


def _prepare_one(file: str, folder: Path, name: str, with_stages: bool) -> dict[str, Any]:
    try:
        digit = digitize(Path(file))
    except ValueError as error:
        return {"file": file, "ok": False, "reason": str(error), "output": None}
    output = folder / f"{name}.png"
    written = {output: digit.pixels}
    if with_stages:
        for i, stage in enumerate(digit.stages):
            written[folder / f"{name}.stage-{i}-{stage.name}.png"] = stage.image
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, values in written.items():
            Image.fromarray(values).save(path)
    except OSError as error:
        raise ValueError(f"{folder} could not be written: {error}.") from error
    return {"file": file, "ok": True, "reason": None, "output": str(output)}
