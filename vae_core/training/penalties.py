"""What a deterministic code can be charged for: speaking too much, and moving too easily."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from vae_core.config import SparsityConfig
from vae_core.models import Autoencoder


def sparsity(config: SparsityConfig, activations: list[Tensor]) -> Tensor:
    """weight * sum_k w_k s(rho_hat, rho_k(x)), (b,).

    Args:
        config: weight, rho_hat, w_k and the kind of s.
        activations: each (b, units) of the encoder's layers; rho_k(x) is their mean over the
            units of layer k. For `kl` they lie in (0, 1).
    """
    weights = config.layer_weights or (1.0,) * len(activations)
    parts = [
        w * _departure(config.kind, config.rho_hat, a.mean(-1))
        for w, a in zip(weights, activations, strict=True)
    ]
    return config.weight * torch.stack(parts).sum(0)


def _departure(kind: str, target: float, rho: Tensor) -> Tensor:
    """s(target, rho): KL between two coins in nats, absolute or squared difference."""
    if kind == "l1":
        return (rho - target).abs()
    if kind == "l2":
        return (rho - target) ** 2
    rho = rho.clamp(1e-6, 1 - 1e-6)
    on = target * (math.log(target) - torch.log(rho))
    off = (1 - target) * (math.log1p(-target) - torch.log1p(-rho))
    return on + off


def contraction(model: Autoencoder, x: Tensor, noise: Tensor) -> Tensor:
    """Squared Frobenius norm of the encoder's Jacobian at x, (b,) (Rifai et al., 2011).

    Exact for one layer; for more an unbiased estimate |v^T J|^2 with v = `noise` (b, latent_dim),
    standard normal (Hutchinson, 1990).
    """
    return one_layer_norm(model, x) if _has_one_layer(model) else hutchinson(model, x, noise)


def _has_one_layer(model: Autoencoder) -> bool:
    config = model.config
    return config.net.kind == "mlp" and not config.net.hidden_dims and config.code.topk is None


def one_layer_norm(model: Autoencoder, x: Tensor) -> Tensor:
    """sum_j s'(a_j)^2 |W_j|^2 for a code s(W x + b), (b,): no Jacobian is ever formed."""
    assert isinstance(model.encoder, nn.Sequential)
    layers = model.encoder[1]
    assert isinstance(layers, nn.Sequential)
    linear = layers[0]
    assert isinstance(linear, nn.Linear)
    slope = _slope(model.config.code.activation, model.encode(x).mean)
    return slope**2 @ (linear.weight.float() ** 2).sum(1)


def _slope(activation: str, code: Tensor) -> Tensor:
    """The derivative of the code's non-linearity, computed from the code itself."""
    if activation == "sigmoid":
        return code * (1 - code)
    return torch.ones_like(code) if activation == "identity" else (code > 0).to(code.dtype)


def hutchinson(model: Autoencoder, x: Tensor, noise: Tensor) -> Tensor:
    """|v^T J|^2, (b,), whose mean over standard normal v (b, latent_dim) is the squared norm."""
    x = x.detach().requires_grad_()
    code = model.encode(x).mean
    (pulled,) = torch.autograd.grad(code, x, noise, create_graph=torch.is_grad_enabled())
    return (pulled**2).flatten(1).sum(1)
