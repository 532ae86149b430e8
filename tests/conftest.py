"""What several tests share: the data, where there is some, and one small trained-like model."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import shape_checks  # noqa: F401  (before vae_core: shapes are checked at every call)
import torch

from vae_core import VAE, Config, NetConfig, checkpoint, data

ROOT = Path(__file__).parent.parent
GIVEN = frozenset(os.environ)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """What a test starts inherits nothing that torch left in this process's environment.

    Its compiler names its folder there, and a server that was started after that did without what
    a visitor's server has to do itself.
    """
    for name in set(os.environ) - GIVEN:
        if name.startswith(("TORCH", "TRITON")):
            del os.environ[name]


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Small operations on shared cores: threads would mostly wait for each other."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder that holds MNIST/raw and uploads/: VAE_DATA, or ../shared/data."""
    return Path(os.environ.get("VAE_DATA") or ROOT.parent / "shared" / "data")


@pytest.fixture(scope="session")
def mnist_dir(data_dir: Path) -> Path:
    """A folder with MNIST, as --data takes it; skips where there is none."""
    for folder in (data_dir, data.cache_dir()):
        if (folder / "MNIST" / "raw" / "t10k-images-idx3-ubyte").is_file():
            return folder
    pytest.skip("MNIST is not here: name its folder in VAE_DATA")


@pytest.fixture(scope="session")
def uploads_dir(data_dir: Path) -> Path:
    """A folder of labelled photos and drawings; skips where there is none."""
    if not (data_dir / "uploads" / "labels.csv").is_file():
        pytest.skip("the folder of uploads is not here: name its parent in VAE_DATA")
    return data_dir / "uploads"


@pytest.fixture(scope="session")
def test_digits(mnist_dir: Path) -> data.Digits:
    """The 10,000 test digits."""
    return data.load_mnist("test", mnist_dir)


@pytest.fixture(scope="session")
def pictures_of(data_dir: Path, mnist_dir: Path) -> Callable[[str], data.Digits]:
    """The test pictures of the set that a shipped model was trained on; skips where they lack."""

    def found(name: str) -> data.Digits:
        dataset = checkpoint.read_config(checkpoint.resolve(name)).dataset
        if dataset == "mnist":
            return data.load_mnist("test", mnist_dir)
        try:
            return data.load("test", data_dir, dataset=dataset)
        except ValueError as error:
            pytest.skip(str(error))

    return functools.cache(found)


@pytest.fixture
def model() -> VAE:
    """A small VAE with random weights, in evaluation mode."""
    torch.manual_seed(0)
    config = Config(name="tiny", latent_dim=3, net=NetConfig(hidden_dims=(16,)))
    return VAE(config).eval().requires_grad_(False)
