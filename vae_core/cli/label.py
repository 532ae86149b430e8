"""`label CHECKPOINT`: what a few labels say of all digits, through the codes."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from vae_core import checkpoint
from vae_core.cli import Verbs, call, verb
from vae_core.data.options import add_arguments

SEEDS = list(range(10))
METHODS = ("propagation", "svm", "m1+m2", "m2")


def add(verbs: Verbs) -> None:
    add = verb(verbs, "label", label, "the accuracy of a few labels, spread over the codes")
    add("checkpoint", metavar="CHECKPOINT")
    add("--labels", type=int, default=100, metavar="N", help="training digits with a label")
    add("--method", default=METHODS[0], metavar="NAME", help=", ".join(METHODS))
    add("--seeds", type=int, nargs="+", default=SEEDS, metavar="S", help="of the digits")
    add("--hold-out", type=int, metavar="N", help="on N training digits kept out, not on the test")
    add("--save", action="store_true", help="keep the figures beside the weights")
    add_arguments(add)
    add("--device", metavar="D")


def label(arguments: argparse.Namespace) -> Mapping[str, object]:
    """The accuracy on test digits.

    Raises:
        ValueError: an argument, the checkpoint or the data cannot be used.
    """
    from vae_core.cli._pictures import of_digits
    from vae_core.uses import figures
    from vae_core.uses import semi_supervised as library

    of_digits(arguments, "naming from a few labels")
    if arguments.save and arguments.hold_out is not None:
        raise ValueError("--save keeps figures of test digits, not of --hold-out.")
    found = call(library.evaluate, arguments, arguments.checkpoint)
    if arguments.save:
        use = "label" if arguments.method == METHODS[0] else f"label-{arguments.method}"
        words = f"--method {arguments.method} --labels {arguments.labels}"
        if arguments.seeds != SEEDS:
            words = f"{words} --seeds {' '.join(map(str, arguments.seeds))}"
        figures.write(
            checkpoint.resolve(arguments.checkpoint), use, found, f"{words} --save --data DIR"
        )
    return found
