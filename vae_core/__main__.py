"""The command line: `python -m vae_core VERB`; thin, it parses and calls the library."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one verb; 0 when it ran, 2 with one line on stderr when it could not."""
    parsed = _parser().parse_args(arguments)
    try:
        result = parsed.run(parsed)
    except (ValueError, OSError) as error:
        print(f"vae_core {parsed.verb}: {error}", file=sys.stderr)
        return 2
    print(json.dumps(result) if parsed.json else json.dumps(result, indent=2))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m vae_core", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    _add_train(verbs)
    return parser


def _add_train(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verb = verbs.add_parser("train", help="train a recipe into a checkpoint folder")
    verb.add_argument("recipe")
    verb.add_argument("--data")
    verb.add_argument("--out")
    verb.add_argument("--epochs", type=int)
    verb.add_argument("--batch-size", type=int)
    verb.add_argument("--device")
    verb.add_argument("--seed", type=int, default=0)
    verb.add_argument("--resume", action="store_true")
    verb.add_argument("--init-from", metavar="CHECKPOINT")
    verb.add_argument("--download", action="store_true")
    verb.add_argument("--json", action="store_true")
    verb.set_defaults(run=_train)


def _train(arguments: argparse.Namespace) -> object:
    from vae_core.commands.train import train

    return train(arguments)


if __name__ == "__main__":
    sys.exit(main())
