"""What a distribution can do is found out alike in every Python."""

from __future__ import annotations

import inspect

import pytest

from vae_core.config import Config, NetConfig
from vae_core.models import VAE
from vae_core.probability import protocols


def prior(**settings: object) -> protocols.Prior:
    return VAE(Config(name="a", latent_dim=4, net=NetConfig(hidden_dims=(8,)), **settings)).prior  # type: ignore[arg-type]


@pytest.mark.parametrize("labelled", [False, True])
def test_a_flow_rotates_and_a_normal_prior_does_not(labelled: bool) -> None:
    assert protocols.can_rotate(prior(prior="flow", labelled_prior=labelled))
    assert not protocols.can_rotate(prior())


def test_what_isinstance_asks_for_is_no_buffer_of_a_module() -> None:
    """From Python 3.12 on it finds none: `vae-flow` could be loaded in 3.11 alone."""
    given = prior(prior="flow", labelled_prior=True)
    checkable = [
        each
        for each in vars(protocols).values()
        if isinstance(each, type) and getattr(each, "_is_runtime_protocol", False)
    ]
    assert checkable == [protocols.LabelledPrior]
    members = [name for name in dir(protocols.LabelledPrior) if not name.startswith("_")]
    for name in {*members, *protocols.LabelledPrior.__annotations__}:
        inspect.getattr_static(given, name)
