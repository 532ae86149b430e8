"""Which digit a picture shows, or none: the small frozen classifier."""

from vae_core.classifier.model import (
    DEFAULT_FOLDER,
    NONE,
    WIDTHS,
    Classifier,
    Reading,
    find,
    load_classifier,
)

__all__ = ["DEFAULT_FOLDER", "NONE", "WIDTHS", "Classifier", "Reading", "find", "load_classifier"]
