"""Objectives, schedules and the run that trains a recipe."""

from vae_core.training.run import UNKNOWN_LABELS, Loss, Model, Progress, TrainingRun, fit

__all__ = ["UNKNOWN_LABELS", "Loss", "Model", "Progress", "TrainingRun", "fit"]
