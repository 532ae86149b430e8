"""What the service says of the models that there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict


class Corruption(TypedDict):
    """What a denoising model was trained against."""

    kind: Literal["gaussian", "masking", "salt-pepper"]
    level: float


class PriorWords(TypedDict):
    """Sentences on a prior that is neither plain noise nor a flow of it: what its sliders move,
    what its draws are, and the Gaussian that lengths are compared with and circles drawn of."""

    sliders: str
    draws: str
    gaussian: str


class Kind(TypedDict):
    """What a model is.

    `takes_labels` is for the row of ten digits; `quantity` says what its distortion counts;
    `slow` that a picture is drawn pixel by pixel; `has_rate` that a code has a cost of its own;
    `sliders_are_noise` that a prior's draw is noise for them.
    """

    group: str
    variational: bool
    conditional: bool
    takes_labels: bool
    corruption: Corruption | None
    quantity: str
    slow: bool
    has_rate: bool
    sliders_are_noise: bool
    words: PriorWords | None


class SetCard(TypedDict):
    """The set of a model that is not of MNIST: its name and title, the names of its classes, none
    where it has none, whether it is of handwritten digits, and the labels of its examples, which
    are pictures of one sheet; `reader` whether there is a net that names its classes."""

    name: str
    title: str
    classes: list[str]
    digits: bool
    examples: list[int]
    reader: bool


class Card(Kind):
    """What the page and `/checkpoints` say of a model.

    `order` lists the latents as latents.json has them, else by falling KL, else as they come;
    `unused` those below 0.01 nats. Where there is no KL, `moves` says how much each slider moves
    the picture against the one that does most; null where that is not measured, and for a code of
    hundreds, whose bars nobody sees. `outdated` names the files measured on weights that are gone;
    `samplers` those that were fitted to its codes after training; `path` is the way between two
    digits to offer first, null where nobody measured it; `steers` counts its named directions;
    `dataset` is null for a model of MNIST.
    """

    name: str
    title: str
    latent_dim: int
    objective: str
    likelihood: str
    prior: str
    parameters: int
    file_bytes: int
    kl_per_dim: list[float] | None
    moves: list[float] | None
    order: list[int]
    unused: list[int]
    metrics: Mapping[str, object]
    outdated: list[str]
    samplers: list[str]
    path: str | None
    steers: int
    dataset: SetCard | None
