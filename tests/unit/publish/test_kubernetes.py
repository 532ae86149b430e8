"""The manifest for Kubernetes: by its own schema, and of the image as it is."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
MANIFEST = ROOT / ".github" / "kubernetes.yaml"


@pytest.fixture(scope="module")
def parts() -> dict[str, Any]:
    """The manifest's documents by their kinds."""
    yaml = importlib.import_module("yaml")
    return {part["kind"]: part for part in yaml.safe_load_all(MANIFEST.read_text())}


@pytest.mark.parametrize("kind", ["Deployment", "Service"])
def test_a_part_is_as_its_schema_says(parts: dict[str, Any], kind: str) -> None:
    validator = pytest.importorskip("kubernetes_validate")
    validator.validate(parts[kind], validator.latest_version(), strict=True)


def test_a_wrong_word_is_found(parts: dict[str, Any]) -> None:
    validator = pytest.importorskip("kubernetes_validate")
    wrong = {**parts["Service"], "spec": {**parts["Service"]["spec"], "affinity": "ClientIP"}}
    with pytest.raises(validator.ValidationError):
        validator.validate(wrong, validator.latest_version(), strict=True)


def test_it_is_of_this_image_and_asks_what_the_app_answers(parts: dict[str, Any]) -> None:
    image = (ROOT / "Dockerfile").read_text()
    [container] = parts["Deployment"]["spec"]["template"]["spec"]["containers"]
    [port] = container["ports"]
    assert re.findall(r"EXPOSE (\d+)", image) == [str(port["containerPort"])]
    user = parts["Deployment"]["spec"]["template"]["spec"]["securityContext"]["runAsUser"]
    assert re.findall(r"--uid (\d+)", image) == [str(user)]
    answered = (ROOT / "vae_core/app/server/health.py").read_text()
    for probe in ("readinessProbe", "livenessProbe"):
        assert f'"{container[probe]["httpGet"]["path"]}"' in answered
    assert parts["Service"]["spec"]["selector"].items() <= (
        parts["Deployment"]["spec"]["template"]["metadata"]["labels"].items()
    )
