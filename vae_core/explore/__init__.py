"""Ways through a latent space: paths, sliders, traits, missing pixels."""

from vae_core.explore.paths import PATHS, manifold_grid, path, point, shares, traverse

__all__ = ["PATHS", "manifold_grid", "path", "point", "shares", "traverse"]
