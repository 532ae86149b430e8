from vae_core import fidelity
from vae_core.commands.evaluate import with_earlier

NOTHING = dict.fromkeys(("nll", "nll_sem", *fidelity.FIGURES))


def test_what_was_not_measured_again_is_kept_with_how_it_was_measured():
    earlier = NOTHING | {"nll": 83.2, "nll_sem": None, "importance_samples": 5000, "seeds": [1]}
    now = NOTHING | {"importance_samples": 0, "seeds": [0], "elbo": -87.0}
    kept = with_earlier(now, earlier)
    assert (kept["nll"], kept["importance_samples"], kept["seeds"]) == (83.2, 5000, [1])
    assert kept["elbo"] == -87.0


def test_what_was_measured_again_replaces_what_was_there():
    earlier = NOTHING | {"nll": 83.2, "importance_samples": 5000, "seeds": [1]}
    now = NOTHING | {"nll": 83.5, "importance_samples": 500, "seeds": [0]}
    assert with_earlier(now, earlier) == now
