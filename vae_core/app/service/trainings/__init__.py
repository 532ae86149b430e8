"""Training for visitors: a queue of runs, each in a process of its own, and their models."""
