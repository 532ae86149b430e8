"""The named runs: each a function that returns the config of one model of the family."""

from vae_core.recipes import deterministic, fashion, variational
from vae_core.recipes.registry import RECIPES, get

__all__ = ["RECIPES", "deterministic", "fashion", "get", "variational"]
