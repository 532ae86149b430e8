import json
from pathlib import Path

import pytest

from vae_core import checkpoint, files, recipes
from vae_core.cli.family import is_done
from vae_core.evaluation import results_table
from vae_core.models import build

MEASURED = {
    "distortion": 80.0,
    "rate": 25.5,
    "elbo": -105.5,
    "nll": None,
    "n_images": 10_000,
    "importance_samples": 0,
    "binarisation": "none",
    "active_units": 20,
    "mse": 0.0101,
    "knn_error": 0.025,
    "probe_error": 0.08,
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("ae", "vae-400"):
        folder = checkpoint.save(build(recipes.get(name)), tmp_path / name)
        files.write_json(folder / checkpoint.METRICS, MEASURED)
    return tmp_path


def test_the_table_has_a_row_for_each_measured_recipe(root: Path):
    text = results_table.tables(root)
    (variational,) = [line for line in text.splitlines() if line.startswith("| `vae-400`")]
    assert "80.00 + 25.50 = 105.50" in variational
    assert "20 (20)" in variational
    (deterministic,) = [line for line in text.splitlines() if line.startswith("| `ae`")]
    assert "0.01010" in deterministic
    assert "8.00 %" in deterministic


def test_what_no_digit_needs_stands_between_floor_and_ceiling_where_measured(root: Path):
    assert "≥" not in results_table.tables(root)
    gap = {"prior_gap": 4.4819, "prior_gap_at_most": 15.93}
    files.write_json(root / "vae-400" / checkpoint.METRICS, MEASURED | gap)
    assert "| ≥ 4.48, ≤ 15.9 |" in results_table.tables(root)


def test_a_bound_on_log_p_of_x_given_y_is_marked_and_an_nll_has_its_error(root: Path):
    for name in ("vae-conditional", "vae-burda"):
        folder = checkpoint.save(build(recipes.get(name)), root / name)
        nll = {"nll": 92.851, "nll_sem_digits": 0.2449, "importance_samples": 5000}
        files.write_json(folder / checkpoint.METRICS, MEASURED | nll)
    given, other = (
        line for line in results_table.tables(root).splitlines() if "| 92.85 ± 0.24 (" in line
    )
    assert given.startswith("| `vae-conditional`")
    assert "= 105.50, given the label | 92.85 ± 0.24 (5000 samples, given the label) |" in given
    assert "= 105.50 | 92.85 ± 0.24 (5000 samples) |" in other


def test_only_what_stands_between_the_marks_is_replaced(root: Path):
    readme = root / "README.md"
    readme.write_text(f"before\n{results_table.BEGIN}\nold\n{results_table.END}\nafter\n")
    results_table.write_table(readme, root)
    once = readme.read_text()
    results_table.write_table(readme, root)
    assert readme.read_text() == once
    assert once.startswith("before\n")
    assert once.endswith("\nafter\n")
    assert "old" not in once
    assert "`vae-400`" in once


def test_a_readme_without_marks_is_left_alone(root: Path):
    readme = root / "README.md"
    readme.write_text("mine\n")
    with pytest.raises(ValueError, match="no marks"):
        results_table.write_table(readme, root)
    assert readme.read_text() == "mine\n"


def test_a_recipe_is_done_when_it_was_trained_so_and_measured(root: Path):
    assert is_done(root, "ae")
    (root / "ae" / checkpoint.METRICS).unlink()
    assert not is_done(root, "ae")
    config = json.loads((root / "vae-400" / checkpoint.CONFIG).read_text())
    config["train"]["epochs"] = 3
    files.write_json(root / "vae-400" / checkpoint.CONFIG, config)
    assert not is_done(root, "vae-400")
