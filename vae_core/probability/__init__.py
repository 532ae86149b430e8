"""Posteriors, priors and likelihoods: the distributions that models are made of."""
