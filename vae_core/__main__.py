"""The command line: `python -m vae_core VERB`; thin, it parses and calls the library."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence

from vae_core import cli


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one verb; 0 when it ran, 2 with one line on stderr when it could not."""
    parsed = _parser().parse_args(arguments)
    try:
        result = parsed.run(parsed)
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


def _readable(result: Mapping[str, object]) -> str:
    return json.dumps(result, indent=2)


def _parser() -> cli.Parser:
    parser = cli.Parser(prog="python -m vae_core", description="Train, measure and use models.")
    verbs = parser.add_subparsers(
        dest="verb", required=True, metavar="VERB", parser_class=cli.Parser
    )
    cli.add_all(verbs)
    return parser


if __name__ == "__main__":
    sys.exit(main())
