"""The command line: `python -m vae_core VERB`; thin, it parses and calls the library."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeAlias

from vae_core.data.digits import add_arguments


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are one line on stderr and exit status 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


Verbs: TypeAlias = "argparse._SubParsersAction[Parser]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one verb; 0 when it ran, 2 with one line on stderr when it could not."""
    parsed = _parser().parse_args(arguments)
    module, function = parsed.run
    try:
        # Imported only now, so that a verb pays for its own imports alone.
        verb = getattr(importlib.import_module(f"vae_core.cli.{module}"), function)
        result = verb(parsed)
    except (ValueError, OSError) as error:
        if (result := getattr(error, "result", None)) is not None:  # hours of work, perhaps
            print(json.dumps(result) if parsed.json else _readable(result))
        print(f"vae_core {parsed.verb}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"vae_core {parsed.verb}: stopped; what was saved is kept.", file=sys.stderr)
        return 130
    print(json.dumps(result) if parsed.json else _readable(result))
    return 0


def _readable(result: dict[str, object]) -> str:
    return json.dumps(result, indent=2)


def _parser() -> Parser:
    parser = Parser(prog="python -m vae_core", description="Train, measure and use autoencoders.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=Parser)
    drawing = (_sample, _traverse, _reconstruct, _interpolate, _prepare)
    for add in (_train, _evaluate, _family, _ablation, _train_classifier, _show, *drawing):
        add(verbs)
    return parser


def _verb(verbs: Verbs, name: str, run: tuple[str, str], about: str) -> Callable[..., object]:
    """A new verb with --json; returns its `add_argument`."""
    verb = verbs.add_parser(name, help=about, description=about)
    verb.add_argument("--json", action="store_true", help="one JSON object on one line")
    verb.set_defaults(run=run)
    return verb.add_argument


def _show(verbs: Verbs) -> None:
    _verb(verbs, "recipes", ("show", "list_recipes"), "list the named runs")
    add = _verb(verbs, "inspect", ("show", "inspect"), "config and metrics of a checkpoint")
    add("checkpoint", metavar="CHECKPOINT")


def _train(verbs: Verbs) -> None:
    add = _verb(verbs, "train", ("train", "train"), "train a recipe into a checkpoint folder")
    add("recipe", metavar="RECIPE")
    add_arguments(add)
    add("--out", metavar="DIR", help="the checkpoint folder; default: checkpoints/RECIPE")
    add("--epochs", type=int, metavar="N")
    add("--batch-size", type=int, metavar="B")
    add("--device", metavar="D", help="cpu, cuda, cuda:N or mps; default: the best there is")
    add("--seed", type=int, default=0, metavar="S")
    add("--resume", action="store_true", help="go on, bit for bit, from the state in the folder")
    add("--init-from", metavar="CHECKPOINT", help="start a new run from these weights")
    held = "keep N training digits out and follow them, not the test digits: to choose settings"
    add("--hold-out", type=int, metavar="N", help=held)


def _evaluate(verbs: Verbs) -> None:
    add = _verb(verbs, "evaluate", ("evaluate", "evaluate"), "measure a checkpoint")
    add("checkpoint", metavar="CHECKPOINT")
    add_arguments(add)
    add("--importance-samples", type=int, default=0, metavar="K", help="0: no NLL")
    add("--limit", type=int, metavar="N", help="every (10000 / N)th test digit, no FID")
    held = "measure the N training digits that train --hold-out N kept out"
    add("--hold-out", type=int, metavar="N", help=held)
    add("--seeds", type=int, nargs="+", default=[0], metavar="S", help="binarisation draws")
    add("--device", metavar="D")
    add("--save", action="store_true", help="write metrics.json and the card beside the model")
    again = "only the samples' figures and the ELBO's error; the others are kept"
    add("--refresh", action="store_const", dest="run", const=("evaluate", "refresh"), help=again)


def _family(verbs: Verbs) -> None:
    about = "train and measure every recipe; call it again to go on"
    add = _verb(verbs, "family", ("family", "family"), about)
    add_arguments(add)
    add("--out", metavar="DIR", help="holds a folder for each recipe; default: checkpoints")
    add("--only", nargs="+", metavar="RECIPE")
    add("--importance-samples", type=int, default=0, metavar="K", help="0: no NLL")
    add("--readme", metavar="FILE", help="write the results table between its two marks")
    add("--device", metavar="D")


def _ablation(verbs: Verbs) -> None:
    about = "what each change of a recipe is worth, on held-out training digits"
    add = _verb(verbs, "ablation", ("ablation", "ablation"), about)
    add("recipe", metavar="RECIPE")
    add_arguments(add)
    add("--out", metavar="DIR", required=True, help="runs and the table; call again to go on")
    add("--epochs", type=int, metavar="N", help="of each run; default: the recipe's")
    add("--seed", type=int, default=0, metavar="S")
    add("--only", nargs="+", metavar="NAME", help="of the changes")
    add("--card", metavar="CHECKPOINT", help="put the table into this card too")
    add("--device", metavar="D")


def _train_classifier(verbs: Verbs) -> None:
    about = "train the small classifier that reads digits"
    add = _verb(verbs, "train-classifier", ("train_classifier", "train_classifier"), about)
    add_arguments(add)
    add("--out", metavar="DIR", required=True, help="the classifier's folder")
    add("--epochs", type=int, default=12, metavar="N")
    add("--batch-size", type=int, default=256, metavar="B")
    add("--seed", type=int, default=0, metavar="S")


def _sample(verbs: Verbs) -> None:
    add = _verb(verbs, "sample", ("draw", "sample"), "a grid of draws from the prior")
    add("checkpoint", metavar="CHECKPOINT")
    add("-n", type=int, default=64, metavar="N")
    add("--seed", type=int, default=0, metavar="S")
    add("--temperature", type=float, default=1.0, metavar="T", help="0 to 3")
    add("-o", "--output", required=True, metavar="FILE", help="a .png")
    add("--device", metavar="D")


def _traverse(verbs: Verbs) -> None:
    add = _verb(verbs, "traverse", ("draw", "traverse"), "what each slider does, a row each")
    add("checkpoint", metavar="CHECKPOINT")
    add("--steps", type=int, default=11, metavar="N", help="positions from -2 to 2")
    add("-o", "--output", required=True, metavar="FILE", help="a .png")
    add("--device", metavar="D")


def _reconstruct(verbs: Verbs) -> None:
    add = _verb(verbs, "reconstruct", ("draw", "reconstruct"), "pictures through the model")
    add("checkpoint", metavar="CHECKPOINT")
    add("images", nargs="+", metavar="IMAGE")
    add("-o", "--output", metavar="FILE", help="a .png with each digit beside its reconstruction")
    add("--device", metavar="D")


def _interpolate(verbs: Verbs) -> None:
    add = _verb(verbs, "interpolate", ("draw", "interpolate"), "the way between two pictures")
    add("checkpoint", metavar="CHECKPOINT")
    add("a", metavar="A")
    add("b", metavar="B")
    add("--steps", type=int, default=10, metavar="N")
    add("--path", choices=("linear", "spherical"), default="linear")
    add("-o", "--output", required=True, metavar="FILE", help="a .png strip or a .gif film")
    add("--device", metavar="D")


def _prepare(verbs: Verbs) -> None:
    add = _verb(verbs, "prepare", ("draw", "prepare"), "pictures to the 28x28 a model sees")
    add("images", nargs="+", metavar="IMAGE")
    add("-o", "--output", required=True, metavar="DIR")
    add("--stages", action="store_true", help="write every stage of the preparation too")


if __name__ == "__main__":
    sys.exit(main())
