"""Objectives, schedules and the run that trains a recipe."""

from vae_core.training.batch import UNKNOWN_LABELS
from vae_core.training.run import Progress, TrainingRun, fit
from vae_core.training.run_state import Loss, Model

__all__ = ["UNKNOWN_LABELS", "Loss", "Model", "Progress", "TrainingRun", "fit"]
