"""Any picture of a handwritten digit becomes the 28x28 that the models were trained on."""

from vae_core.data.image_files import open_picture
from vae_core.digitize.pipeline import digitize
from vae_core.digitize.types import Digit, Options, Stage

__all__ = ["Digit", "Options", "Stage", "digitize", "open_picture"]
