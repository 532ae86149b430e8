"""The autoencoders: nets joined by probability, and knowing nothing of losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vae_core import runtime
from vae_core.config import Config
from vae_core.config.model import GRID
from vae_core.nets import (
    ACTIVATIONS,
    PIXELS,
    build_decoder,
    build_encoder,
    hidden_activations,
    tied_decoder,
)
from vae_core.probability import likelihoods
from vae_core.probability.latents import (
    DiagonalGaussian,
    FittedGaussian,
    Point,
    StandardNormal,
    one_hot,
)
from vae_core.probability.protocols import (
    Head,
    LabelledPrior,
    PixelDistribution,
    Prior,
    can_draw,
)
from vae_core.probability.shapes import Float, Int

if TYPE_CHECKING:
    from vae_core.probability.codebook import CodebookPrior

CLASSES = 10


def build(config: Config) -> Model:
    """The model that a config describes, with fresh weights."""
    if config.is_variational:
        return VAE(config)
    return Autoencoder(config) if config.code.codebook is None else QuantisedAutoencoder(config)


class Coder(nn.Module):
    """What both kinds share: the nets, p(x|z), and a distribution to draw codes from.

    x is (b, 1, 28, 28) in [0, 1], white ink on black; z is (b, latent_dim). `prior` and
    `likelihood` are modules of `latents` and `likelihoods`.
    """

    prior: Prior
    likelihood: Head

    def __init__(self, config: Config, code_features: int, channels: int = 1) -> None:
        super().__init__()
        self.config = config
        self.encoder = build_encoder(config.net, code_features, channels)
        self.likelihood = likelihoods.build(config.likelihood, scale=config.scale, link=config.link)
        inputs = config.latent_dim + (CLASSES if config.conditional else 0)
        self.decoder = (
            tied_decoder(self.encoder, config.net.activation)
            if config.net.tied
            else build_decoder(config.net, inputs, self.likelihood.channels)
        )

    @property
    def latent_dim(self) -> int:
        """The number of latent dimensions."""
        return self.config.latent_dim

    def decode(
        self, z: Float[Tensor, "*b {self.latent_dim}"], y: Tensor | None = None
    ) -> PixelDistribution:
        """p(x|z), or p(x|z, y) where the model is conditional.

        Args:
            z: (..., latent_dim).
            y: labels, int64, shaped as z without its last dimension; unknown when None. Or shares
                of the ten classes, float (..., 10), between labels; see `explore.shares`.

        Returns:
            A distribution over pictures (..., 1, 28, 28).
        """
        if self.config.conditional:
            z = torch.cat((z, one_hot(y, CLASSES, z)), -1)
        out = runtime.single(self.decoder(z.flatten(0, -2)))
        return self.likelihood(out.reshape(*z.shape[:-1], *out.shape[1:]))

    def to_sliders(
        self, z: Float[Tensor, "*b {self.latent_dim}"], y: Tensor | None = None
    ) -> Float[Tensor, "*b {self.latent_dim}"]:
        """Where the sliders stand for z, (b, latent_dim); the identity for a normal prior.

        A labelled prior takes y (b,): its sliders mean another code under another label.
        """
        return self.prior.to_sliders(z, y)

    def from_sliders(
        self, u: Float[Tensor, "*b {self.latent_dim}"], y: Tensor | None = None
    ) -> Float[Tensor, "*b {self.latent_dim}"]:
        """The latent z of the sliders' position u, (b, latent_dim), y as in `to_sliders`."""
        return self.prior.from_sliders(u, y)

    def label_shares(
        self, z: Float[Tensor, "*b {self.latent_dim}"]
    ) -> Float[Tensor, "*b 10"] | None:
        """p(y|z) of z (..., latent_dim), (..., 10), by Bayes; None where the prior knows no labels.

        It is the model's own reading of a code, by the same densities as its likelihood.
        """
        if not self.config.labelled_prior or not isinstance(self.prior, LabelledPrior):
            return None
        return self.prior.class_log_probs(z).softmax(-1)

    def log_prior(
        self, z: Float[Tensor, "*b {self.latent_dim}"], y: Tensor | None = None
    ) -> Float[Tensor, "*b"]:
        """log p(z), or log p(z|y) under a labelled prior, of z (..., latent_dim), in nats."""
        return self.prior.log_prob(z, y)

    def sample(
        self,
        n: int,
        *,
        generator: torch.Generator,
        temperature: float = 1.0,
        y: Int[Tensor, " n"] | None = None,
    ) -> tuple[Float[Tensor, "{n} 1 28 28"], Float[Tensor, "{n} {self.latent_dim}"]]:
        """n draws from the prior, its base noise scaled by `temperature` (0 or more).

        A labelled prior is a mixture over labels: without y (n,) each draw has one of its own. A
        prior whose sliders are not its noise draws by itself.

        Returns:
            The means of p(x|z), (n, 1, 28, 28), and the sliders' positions u, (n, latent_dim).
        """
        if y is None and self.config.labelled_prior:
            y = torch.randint(CLASSES, (n,), generator=generator, device=generator.device)
            y = y.to(next(self.parameters()).device)
        z, u = self.draw(n, generator=generator, temperature=temperature, y=y)
        return self.decode(z, y).mean, u

    def draw(
        self,
        n: int,
        *,
        generator: torch.Generator,
        temperature: float = 1.0,
        y: Tensor | None = None,
    ) -> tuple[Float[Tensor, "{n} {self.latent_dim}"], Float[Tensor, "{n} {self.latent_dim}"]]:
        """n latents from the prior, (n, latent_dim), and where the sliders stand for them."""
        if can_draw(self.prior):
            z = self.prior.draw(n, generator=generator, temperature=temperature)
            return z, self.to_sliders(z)
        noise = torch.randn(n, self.latent_dim, generator=generator, device=generator.device)
        u = temperature * noise.to(next(self.parameters()).device)
        return self.from_sliders(u, y), u


class VAE(Coder):
    """Encoder q(z|x), prior p(z) and decoder p(x|z) (Kingma and Welling, 2013).

    A conditional one takes the label: q(z|x, y) and p(x|z, y). It is trained to do without as
    well, so that None stands for "unknown".
    """

    def __init__(self, config: Config) -> None:
        super().__init__(config, 2 * config.latent_dim, 2 if config.conditional else 1)
        self.label_plane = nn.Linear(CLASSES, PIXELS, bias=False) if config.conditional else None
        self.prior = self._prior()

    def encode(
        self, x: Float[Tensor, "b 1 28 28"], y: Int[Tensor, " b"] | None = None
    ) -> DiagonalGaussian:
        """q(z|x) for x (b, 1, 28, 28) and, where the model is conditional, labels y (b,)."""
        if self.label_plane is not None:
            plane = self.label_plane(one_hot(y, CLASSES, x[:, 0, 0]))
            x = torch.cat((x, plane.view_as(x)), 1)
        # Probability is computed in single precision whatever the nets ran in.
        mean, logvar = runtime.single(self.encoder(x)).chunk(2, dim=-1)
        return DiagonalGaussian(mean, logvar)

    def _prior(self) -> Prior:
        """Each imported where a model has it: none but the flow needs zuko, say."""
        config = self.config
        if config.prior == "flow":
            from vae_core.probability.flow import FlowPrior

            return FlowPrior(config.latent_dim, classes=CLASSES if config.labelled_prior else 0)
        if config.prior == "vamp":
            from vae_core.probability.vamp import VampPrior

            return VampPrior(self.encoder, config.latent_dim, config.pseudo_inputs)
        return StandardNormal(config.latent_dim)

    def reconstruct(
        self, x: Float[Tensor, "b 1 28 28"], generator: torch.Generator | None = None
    ) -> Float[Tensor, "b 1 28 28"]:
        """p(x|z)'s mean (b, 1, 28, 28), at the posterior mean or, given a generator, at a draw."""
        q = self.encode(x)
        return self.decode(q.mean if generator is None else q.sample(generator)).mean


class Autoencoder(Coder):
    """Deterministic: z = E(x), and back by the decoder; the space between codes means nothing.

    A k-sparse code keeps only its k largest units by magnitude, and gradients pass those alone;
    `topk` is that k, which training may begin with larger.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(config, config.latent_dim)
        self.activation = ACTIVATIONS[config.code.activation]()
        self.prior = self._prior()
        self.topk = config.code.topk

    def encode(self, x: Float[Tensor, "b 1 28 28"], y: Int[Tensor, " b"] | None = None) -> Point:
        """The code of x (b, 1, 28, 28); labels y mean nothing here."""
        return Point(self._code(self.encoder(x)))

    def activations(self, x: Float[Tensor, "b 1 28 28"]) -> list[Float[Tensor, "b _"]]:
        """What an MLP encoder's hidden layers give for x, and at last the code, each (b, units)."""
        features, hidden = hidden_activations(self.encoder, x)
        return [*hidden, self._code(features)]

    def _prior(self) -> Prior:
        return FittedGaussian(self.latent_dim)

    def rate(self, z: Float[Tensor, "*b {self.latent_dim}"]) -> Float[Tensor, "*b"] | None:
        """-log p(z) in nats, (...), where a code has a probability: a point of a plane has none."""
        return None

    def _code(self, features: Tensor) -> Tensor:
        code = self.activation(runtime.single(features))
        return code if self.topk is None else largest(code, self.topk)

    def reconstruct(
        self, x: Float[Tensor, "b 1 28 28"], generator: torch.Generator | None = None
    ) -> Float[Tensor, "b 1 28 28"]:
        """D(E(x)), (b, 1, 28, 28); a generator changes nothing here."""
        return self.decode(self.encode(x).mean).mean


class QuantisedAutoencoder(Autoencoder):
    """VQ-VAE (van den Oord et al., 2017): a code is a grid of entries of a codebook.

    `encode` gives the code before it is quantised, which the sliders move; `decode` quantises. The
    encoder chooses one grid, so that -log p(x|z) - log p(grid) bounds -log p(x) from above.
    """

    def _prior(self) -> Prior:
        from vae_core.probability.codebook import CodebookPrior

        assert self.config.code.codebook is not None
        return CodebookPrior(self.latent_dim, self.config.code.codebook)

    def _code(self, features: Tensor) -> Tensor:
        """Each place's vector has the mean 0 and the variance 1 that the first entries have."""
        places = runtime.single(features).reshape(len(features), -1, GRID)
        return F.layer_norm(places.transpose(1, 2), places.shape[1:2]).transpose(1, 2).flatten(1)

    @property
    def codebook(self) -> CodebookPrior:
        """The prior by its own type: with its entries, and what lies nearest."""
        return cast("CodebookPrior", self.prior)

    def decode(
        self, z: Float[Tensor, "*b {self.latent_dim}"], y: Tensor | None = None
    ) -> PixelDistribution:
        """p(x|z) of the entries nearest to z (..., latent_dim); labels y mean nothing here."""
        return super().decode(self.codebook.quantised(z))

    def rate(self, z: Float[Tensor, "*b {self.latent_dim}"]) -> Float[Tensor, "*b"]:
        """What it takes to say the grid of z by the prior, in nats, (...)."""
        return -self.prior.log_prob(z)


Model: TypeAlias = VAE | Autoencoder


def largest(code: Float[Tensor, "b d"], k: int) -> Float[Tensor, "b d"]:
    """The code (b, d) with all but its k largest units by magnitude set to zero."""
    kept = code.abs().topk(k, dim=-1).indices
    return torch.zeros_like(code).scatter(-1, kept, code.gather(-1, kept))
