"""p(x|z): every file of this package is one likelihood, found by being here."""

from __future__ import annotations

import importlib
import pkgutil

from vae_core.probability.likelihoods.registry import LIKELIHOODS, Likelihood
from vae_core.probability.protocols import Head

__all__ = ["LIKELIHOODS", "Likelihood", "build", "get"]

for _file in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_file.name}")


def get(name: str) -> Likelihood:
    """The likelihood called `name`.

    Raises:
        ValueError: there is none.
    """
    if name not in LIKELIHOODS:
        raise ValueError(f"likelihood is {name!r}; allowed: {', '.join(LIKELIHOODS)}.")
    return LIKELIHOODS[name]


def build(name: str, **settings: object) -> Head:
    """The head that turns a decoder's output into p(x|z).

    Args:
        name: of the likelihood.
        settings: of the config; the head gets those that it takes.

    Raises:
        ValueError: there is no such likelihood.
    """
    found = get(name)
    return found.head(**{each: settings[each] for each in found.takes})
