"""Data sets as things of their own: what a set is called, what its classes are, what it shows.

A registry by name. Those of `idx` lie in files of LeCun's format; `folder`, `npz` and `huggingface`
stand for whatever a person brings, whose title and classes the pictures themselves tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, cast

from vae_core.config_reader import build

DIGITS = tuple("0123456789")
NAME_LIMIT, CLASS_LIMIT = 60, 1000
"""Characters of a class's name, and classes of a set."""


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """What is known of a set of pictures.

    `digits`: whether they are handwritten digits 0 to 9, labelled so; the digitizer, the classifier
    of digits, their traits and the features of the FID belong to such sets alone.
    `framing` is how an upload becomes one of its pictures (see `fitting.fit`): `crop` the middle,
    or `trim` to what stands out from the border. `inverted`: whether light and dark were swapped
    on the way in, so that what a picture shows is light on dark.
    """

    name: str
    title: str
    classes: tuple[str, ...] = ()
    source: str = ""
    digits: bool = False
    framing: Literal["crop", "trim"] = "crop"
    inverted: bool = False

    def __post_init__(self) -> None:
        if len(self.classes) > CLASS_LIMIT:
            raise ValueError(
                f"{self.title} has {len(self.classes)} classes; {CLASS_LIMIT} at most."
            )

    @property
    def labelled(self) -> bool:
        """Whether its pictures have classes."""
        return bool(self.classes)

    def to_dict(self) -> dict[str, object]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: object) -> DataSet:
        """Read back, strictly; ValueError for an unknown key or a value of the wrong type."""
        return build(cls, values, "dataset")


FASHION = (
    *("T-shirt/top", "trouser", "pullover", "dress", "coat"),
    *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
)
KANA = tuple("おきすつなはまやれを")
LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

SETS: Mapping[str, DataSet] = {
    each.name: each
    for each in (
        DataSet(
            name="mnist",
            title="MNIST",
            classes=DIGITS,
            source="Yann LeCun and Corinna Cortes, derived from NIST; CC BY-SA 3.0",
            digits=True,
        ),
        DataSet(
            name="fashion-mnist",
            title="FashionMNIST",
            classes=FASHION,
            source="Zalando Research (Xiao, Rasul and Vollgraf, 2017); MIT licence",
            framing="trim",
        ),
        DataSet(
            name="kmnist",
            title="KMNIST",
            classes=KANA,
            source="ROIS-DS Center for Open Data in the Humanities (Clanuwat et al., 2018); "
            "CC BY-SA 4.0",
            framing="trim",
        ),
        DataSet(
            name="emnist-letters",
            title="EMNIST letters",
            classes=LETTERS,
            source="Cohen, Afshar, Tapson and van Schaik (2017), derived from NIST",
            framing="trim",
        ),
        DataSet(
            name="qmnist",
            title="QMNIST",
            classes=DIGITS,
            source="Yadav and Bottou (2019), derived from NIST; BSD licence",
            digits=True,
        ),
        DataSet(name="folder", title="A folder of pictures"),
        DataSet(name="npz", title="An .npz file"),
        DataSet(name="huggingface", title="A data set of the Hugging Face hub"),
    )
}
OWN = ("folder", "npz", "huggingface")
"""Those whose title and classes come with the pictures."""


def known(name: str) -> DataSet:
    """The set called `name`.

    Raises:
        ValueError: there is none.
    """
    if name not in SETS:
        raise ValueError(f"dataset is {name!r}; it must be one of {', '.join(SETS)}.")
    return SETS[name]


def must_be_digits(name: str, what: str) -> None:
    """ValueError, unless the set called `name` is of handwritten digits, which `what` needs."""
    if not known(name).digits:
        raise ValueError(f"{what} is for handwritten digits; this model is of {SETS[name].title}.")


def classes_of(names: object) -> tuple[str, ...]:
    """Names of classes as texts that can be shown, each at most 60 characters."""
    return tuple(str(name)[:NAME_LIMIT] for name in cast("list[object]", names))
