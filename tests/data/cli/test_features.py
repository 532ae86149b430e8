"""The verb `features`: the figures that are kept, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from running_verbs import Capture, refused, run

from vae_core import checkpoint
from vae_core.data.shipped import shipped
from vae_core.uses import figures
from vae_core.uses.reduction import COMPONENTS


def kept(name: str) -> Any:
    found = figures.read(checkpoint.resolve(name), "features")
    assert found is not None, name
    assert (found["fitted"], found["digits"]) == (60_000, 10_000)
    return found


@pytest.mark.parametrize("name", ["vae-2d", "vae-conv-10", "vae-400", "ae", "vae-flow"])
def test_a_code_loses_less_than_as_many_components(name: str) -> None:
    found = kept(name)
    assert found["code"]["squared_error"] < 0.65 * found["pca"]["squared_error"]
    assert found["code"]["knn_error"] < found["pca"]["knn_error"] or name == "ae"
    at = found["components"].index(found["numbers"])
    assert found["pca_errors"][at] == pytest.approx(found["pca"]["squared_error"])


def test_without_a_curve_of_its_own_a_code_is_pca() -> None:
    found = kept("ae-linear")
    assert found["code"]["squared_error"] == pytest.approx(found["pca"]["squared_error"], rel=0.02)
    assert found["code"]["probe_error"] == pytest.approx(found["pca"]["probe_error"], abs=0.003)


@pytest.mark.long
def test_a_picture_by_the_code_and_by_components(tmp_path: Path, capsys: Capture) -> None:
    Image.fromarray(shipped("test").images[0, 0].numpy()).save(tmp_path / "seven.png")
    (tmp_path / "nothing.png").write_bytes(b"nothing")
    files = [tmp_path / name for name in ("seven.png", "nothing.png")]
    good, bad = run(capsys, "features", "vae-400", *files)["images"]
    assert good["numbers"] == 20
    assert good["mse"] < good["pca"]["20"] < good["pca"]["1"]
    assert set(good["pca"]) == {str(count) for count in COMPONENTS}
    assert not bad["ok"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "name pictures, or ask for --evaluate"),
        (("a.png", "--save"), "--save goes with --evaluate"),
        (("--evaluate", "--data", "/nowhere"), "MNIST is not at"),
    ],
)
def test_a_mistake_is_one_line(capsys: Capture, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused(capsys, "features", "vae-400", *words)
