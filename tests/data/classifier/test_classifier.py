"""The shipped classifier on the test digits, and on what is none."""

from __future__ import annotations

import json

import torch

from vae_core.classifier.model import DEFAULT_FOLDER, load_classifier
from vae_core.classifier.negatives import negatives
from vae_core.data.digits import Digits


def test_the_card_and_the_weights_agree(test_digits: Digits) -> None:
    """Every tenth test digit; metrics.json holds the error over all of them."""
    metrics = json.loads((DEFAULT_FOLDER / "metrics.json").read_text())
    assert metrics["test_error"] <= 0.005
    assert (DEFAULT_FOLDER / "model.safetensors").stat().st_size <= 1_000_000
    x = test_digits.images[::10].float() / 255
    probs = load_classifier().probs(x.view(-1, 1, 28, 28))
    assert torch.allclose(probs.sum(1), torch.ones(len(probs)))
    error = (probs.argmax(1) != test_digits.labels[::10]).double().mean().item()
    assert error <= 0.008


def test_letters_and_scribbles_are_no_digits(test_digits: Digits) -> None:
    digits = test_digits.images.numpy().reshape(-1, 28, 28)
    strange = torch.from_numpy(negatives(200, digits, seed=77)[:, None]).float() / 255
    normal = test_digits.images[::50].view(-1, 1, 28, 28).float() / 255
    reader = load_classifier()
    assert (reader.read(strange).not_a_digit > 0.5).double().mean() > 0.9
    assert (reader.read(normal).not_a_digit > 0.5).double().mean() < 0.02
