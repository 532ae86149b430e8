from typing import Any

from vae_core.evaluation import fid_features, report, samples
from vae_core.evaluation.report import EVIDENCE

NOTHING = dict.fromkeys(("nll_spread", *EVIDENCE, *samples.FIGURES))
ALL = {"n_images": 10_000}
MANY = ALL | {"nll": 83.2, "nll_draws": [83.2], "importance_samples": 5000, "seeds": [0]}
FEW = ALL | {"nll": 83.5, "nll_draws": [83.4, 83.6], "importance_samples": 500, "seeds": [1, 2]}


def with_earlier(result: Any, earlier: Any) -> Any:
    return report.with_earlier(result, earlier)


def test_what_was_not_measured_again_is_kept_with_how_it_was_measured():
    now = NOTHING | {"importance_samples": 0, "seeds": [0], "elbo": -87.0}
    kept = with_earlier(now, NOTHING | MANY)
    assert (kept["nll"], kept["importance_samples"], kept["seeds"]) == (83.2, 5000, [0])
    assert kept["elbo"] == -87.0


def test_a_kept_figure_keeps_its_number_of_digits():
    now = NOTHING | {"importance_samples": 0, "seeds": [0], "n_images": 500}
    once = with_earlier(now, NOTHING | MANY)
    twice = with_earlier(now | {"n_images": 100}, once)
    for kept, measured in ((once, 500), (twice, 100)):
        assert (kept["n_images"], kept["nll_images"]) == (measured, 10_000)
    fewer = with_earlier(NOTHING | FEW | {"n_images": 500}, NOTHING | MANY)
    assert (fewer["nll"], fewer["nll_images"], fewer["nll_spread"]["nll_images"]) == (
        83.2,
        10_000,
        500,
    )


def test_what_was_measured_again_replaces_what_was_there():
    again = MANY | {"nll": 83.1, "seeds": [5]}
    assert with_earlier(NOTHING | again, NOTHING | MANY) == NOTHING | again


def test_fewer_samples_go_beside_more_as_the_spread():
    kept = with_earlier(NOTHING | FEW, NOTHING | MANY)
    assert kept["nll"] == 83.2
    assert kept["nll_spread"]["nll_draws"] == [83.4, 83.6]
    assert kept["nll_spread"]["seeds"] == [1, 2]


def test_more_samples_leave_fewer_as_the_spread():
    kept = with_earlier(NOTHING | MANY, NOTHING | FEW)
    assert kept["nll"] == 83.2
    assert kept["nll_spread"]["importance_samples"] == 500


def test_the_spread_outlives_a_run_that_measures_no_evidence():
    both = with_earlier(NOTHING | FEW, NOTHING | MANY)
    later = with_earlier(NOTHING | {"importance_samples": 0, "seeds": [0]}, both)
    assert later["nll_spread"] == both["nll_spread"]


def test_files_from_before_draws_were_kept_lose_nothing():
    old = ALL | {"nll": 83.2, "nll_sem": None, "importance_samples": 5000, "seeds": [0]}
    kept = with_earlier(NOTHING | FEW, dict.fromkeys(samples.FIGURES) | old)
    assert (kept["nll"], kept["nll_draws"]) == (83.2, None)
    assert kept["nll_spread"]["nll"] == 83.5


def test_a_fid_is_kept_in_the_same_features_only():
    now = NOTHING | ALL | {"elbo": -87.0}
    same = NOTHING | ALL | {"fid": 4.1, "fid_floor": 2.1, "fid_features": fid_features.SHA256}
    assert with_earlier(now, same) == now | same
    for other in ("0" * 64, None):
        assert with_earlier(now, same | {"fid_features": other}) == now
