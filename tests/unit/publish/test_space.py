"""The folder of a Space: what is in it, what its head says, and what is refused."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import SpaceHardware, metadata_load
from packaging.requirements import Requirement
from packaging.version import Version
from running_verbs import Capture, refused, run

import vae_core
from vae_core.models import VAE
from vae_core.publish import space

ROOT = Path(__file__).parents[3]
KINDS = {
    "docker": ("--sdk", "docker"),
    "gradio": ("--sdk", "gradio"),
    "zero": ("--sdk", "gradio", "--zero-gpu"),
}


@pytest.fixture(autouse=True)
def checkpoints(tmp_path: Path, model: VAE, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One small checkpoint to ship, with the state of a training that goes on."""
    root = tmp_path / "shipped"
    vae_core.save(model, root / "tiny")
    (root / "README.md").write_text("all of them")
    (root / "tiny" / "state").mkdir()
    (root / "tiny" / "state" / "run.safetensors").write_bytes(b"large")
    monkeypatch.setenv("VAE_CHECKPOINTS", str(root))
    return root


@pytest.fixture(params=KINDS)
def laid(request: pytest.FixtureRequest, tmp_path: Path, capsys: Capture) -> dict[str, Any]:
    """What the verb prints of each kind."""
    return run(capsys, "space", tmp_path / "space", *KINDS[request.param])


def listed(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_app_its_package_and_its_checkpoints_are_there(laid: dict[str, Any]) -> None:
    found = listed(Path(laid["folder"]))
    expected = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "vae_core").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in found if name.startswith("vae_core/")} == expected
    assert {name for name in found if name.startswith("checkpoints/")} == {
        "checkpoints/README.md",
        "checkpoints/tiny/config.json",
        "checkpoints/tiny/model.safetensors",
    }
    assert {"README.md", "LICENSE", "app.py", "thumbnail.png"} <= found
    ours = {"Dockerfile", ".dockerignore", "pyproject.toml"}
    assert ours & found == (ours if laid["sdk"] == "docker" else set())
    assert ("requirements.txt" in found) == (laid["sdk"] == "gradio")
    assert laid["files"] == len(found) - 1  # and its own list of them
    assert laid["largest"] < 10 * 10**6


def test_the_hub_reads_its_head(laid: dict[str, Any]) -> None:
    head = metadata_load(Path(laid["folder"]) / "README.md")
    assert head is not None
    assert (head["title"], head["sdk"], head["license"]) == ("VAE Studio", laid["sdk"], "mit")
    assert (head["models"], head["datasets"]) == (["tiny"], ["ylecun/mnist"])
    assert "mnist" in head["tags"]
    assert len(head["short_description"]) <= 60
    assert (Path(laid["folder"]) / head["thumbnail"]).is_file()
    assert SpaceHardware(head["suggested_hardware"]) == laid["hardware"]
    assert (head["suggested_hardware"] == SpaceHardware.ZERO_A10G) == laid["zero_gpu"]
    if laid["sdk"] == "docker":
        assert head["app_port"] == 7860
        return
    assert head["app_file"] == "app.py"
    gradio = {each.name: each for each in map(Requirement, project())}["gradio"]
    assert Version(head["sdk_version"]) in gradio.specifier
    assert head["python_version"] == ("3.12.12" if laid["zero_gpu"] else "3.12")


def project() -> list[str]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]


@pytest.mark.parametrize("kind", ["gradio", "zero"])
def test_a_gradio_space_asks_for_what_the_project_needs(
    kind: str, tmp_path: Path, capsys: Capture
) -> None:
    run(capsys, "space", tmp_path / "space", *KINDS[kind])
    lines = (tmp_path / "space" / "requirements.txt").read_text().splitlines()
    asked = {each.name: each for each in map(Requirement, filter(is_package, lines))}
    ours = {each.name: each for each in map(Requirement, project())}
    assert set(asked) == set(ours) - {"gradio"} | ({"spaces"} if kind == "zero" else set())
    assert (kind == "zero") == all(map(is_package, lines)), "ZeroGPU's torch must know CUDA"
    torch = Version(str(asked["torch"].specifier).removeprefix("=="))
    assert torch in ours["torch"].specifier
    assert Version("2.8.0") <= torch <= Version("2.11.0"), "what ZeroGPU takes"
    pair = Version(str(asked["torchvision"].specifier).removeprefix("=="))
    assert (pair.major, pair.minor) == (0, torch.minor + 15), "of one release"
    assert pair in ours["torchvision"].specifier


def is_package(line: str) -> bool:
    return not line.startswith("-")


def test_the_name_of_the_space_makes_addresses(tmp_path: Path, capsys: Capture) -> None:
    run(capsys, "space", tmp_path / "space", *KINDS["zero"], "--repo", "ada/studio")
    head = metadata_load(tmp_path / "space" / "README.md")
    assert head is not None
    base = "https://huggingface.co/spaces/ada/studio/resolve/main/"
    assert head["thumbnail"] == f"{base}thumbnail.png"
    assert head["models"] == ["ada/tiny"]


def test_a_space_from_before_is_laid_out_again(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "space"
    run(capsys, "space", folder, *KINDS["docker"])
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("its own")
    (folder / "app.py").write_text("changed")
    run(capsys, "space", folder, *KINDS["zero"])
    found = listed(folder)
    assert "Dockerfile" not in found
    assert {"requirements.txt", ".git/HEAD"} <= found
    assert (folder / "app.py").read_bytes() == (ROOT / "app.py").read_bytes()


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    assert "is not empty" in refused(capsys, "space", tmp_path / "mine", *KINDS["docker"])
    assert listed(tmp_path / "mine") == {"notes.txt"}
    file = tmp_path / "mine" / "notes.txt"
    assert "is a file" in refused(capsys, "space", file, *KINDS["docker"])


def test_a_list_of_files_elsewhere_is_refused(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "space").mkdir()
    (tmp_path / "space" / space.MANIFEST).write_text('{"files": ["../shipped/README.md"]}')
    assert "is damaged" in refused(capsys, "space", tmp_path / "space", *KINDS["docker"])
    assert (tmp_path / "shipped" / "README.md").exists()


def test_what_cannot_be_is_refused(tmp_path: Path, checkpoints: Path, capsys: Capture) -> None:
    folder = tmp_path / "space"
    assert "--sdk" in refused(capsys, "space", folder)
    docker = refused(capsys, "space", folder, *KINDS["docker"], "--zero-gpu")
    assert "Gradio SDK alone" in docker
    assert "USER/NAME" in refused(capsys, "space", folder, *KINDS["zero"], "--repo", "studio")
    inside = refused(capsys, "space", checkpoints / "space", *KINDS["zero"])
    assert "inside of what is copied" in inside
    (checkpoints / "tiny" / "large.bin").write_bytes(bytes(10 * 10**6 + 1))
    assert "10.0 MB" in refused(capsys, "space", folder, *KINDS["zero"])
    assert not folder.exists()
