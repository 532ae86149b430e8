"""`space DIR --sdk docker|gradio`: the folder of a Space on the Hugging Face hub."""

from __future__ import annotations

import argparse

from vae_core.cli import Verbs, verb
from vae_core.publish import space


def add(verbs: Verbs) -> None:
    add = verb(verbs, "space", lay_out, "lay out a folder that `hf upload` fills a Space with")
    add("folder", metavar="DIR", help="new, empty, or laid out before")
    add("--sdk", choices=space.SDKS, required=True)
    add("--zero-gpu", action="store_true", help="for ZeroGPU, which takes the Gradio SDK alone")
    about = "the Space's name on the hub, by which its thumbnail gets a full address"
    add("--repo", metavar="USER/NAME", help=about)


def lay_out(arguments: argparse.Namespace) -> space.Laid:
    """Lay it out as `publish.space` says."""
    kind = space.Kind(arguments.sdk, arguments.zero_gpu, arguments.repo)
    return space.lay_out(arguments.folder, kind)
