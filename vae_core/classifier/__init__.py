"""Which digit a picture shows, or none: the small frozen classifier."""

from vae_core.classifier.model import (
    DEFAULT_FOLDER,
    NOT_A_DIGIT,
    WIDTHS,
    Classifier,
    Reading,
    find,
    load_classifier,
)

__all__ = [
    "DEFAULT_FOLDER",
    "NOT_A_DIGIT",
    "WIDTHS",
    "Classifier",
    "Reading",
    "find",
    "load_classifier",
]
