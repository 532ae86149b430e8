"""Any picture of a handwritten digit becomes the 28x28 that the models were trained on."""

from .opening import open_picture
from .pipeline import digitize
from .types import Digit, Options, Stage

__all__ = ["Digit", "Options", "Stage", "digitize", "open_picture"]
