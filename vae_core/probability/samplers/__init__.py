"""Ways to draw codes that are fitted after training: none is the prior of the likelihood."""

from vae_core.probability.samplers.diffusion import DiffusionSampler
from vae_core.probability.samplers.mixture import MixtureSampler

__all__ = ["DiffusionSampler", "MixtureSampler"]
