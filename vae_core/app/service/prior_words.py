"""What the page says of priors whose sliders are not their noise."""

from __future__ import annotations

from vae_core.app.service.cards import PriorWords
from vae_core.config import Config


def of(config: Config) -> PriorWords | None:
    """The sentences on the prior of a model; None where the page's own words fit."""
    if config.prior == "vamp":
        return _vamp(config)
    return _codebook(config) if config.prior == "codebook" else None


def _vamp(config: Config) -> PriorWords:
    count = config.pseudo_inputs
    return {
        "sliders": (
            f"Its prior is a mixture: the codes of {count} pictures that it learned, each with its "
            "own spread. Sliders count standard deviations of the whole mixture from its mean, "
            "along straight ways through the codes: none can stand for a mixture's noise. Random "
            "draws from the mixture itself."
        ),
        "draws": (
            f"Each digit is decoded from a draw of the prior, a mixture of {count} Gaussians: one "
            "of them is chosen, then a code within it. Temperature scales the noise within; at 0 "
            "each draw is the middle of one of them."
        ),
        "gaussian": "a Gaussian with the prior's mean and covariance",
    }


def _codebook(config: Config) -> PriorWords:
    entries, size = config.code.codebook, config.latent_dim // 16
    return {
        "sliders": (
            f"Its code is a grid of 4 x 4 entries out of a codebook of {entries}. The sliders move "
            f"the {config.latent_dim} numbers that the encoder gives, {size} a place, in standard "
            "deviations along the directions in which digits' codes vary most; each place then "
            "takes the entry nearest to it. So the picture rests while no entry changes, and jumps "
            "where one does. Random draws the entries from the prior."
        ),
        "draws": (
            "Each digit is decoded from sixteen entries of the codebook, which a small PixelCNN "
            "draws one after the other. Below temperature 1 likelier entries come more often; at 0 "
            "every draw is the same."
        ),
        "gaussian": "a Gaussian fitted to the codes before they are quantised",
    }
