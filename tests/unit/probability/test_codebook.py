import pytest
import torch
from torch.nn import functional as F

from vae_core.probability.codebook import PLACES, CodebookPrior

DIM, ENTRIES = 2 * PLACES, 5


@pytest.fixture
def prior() -> CodebookPrior:
    torch.manual_seed(0)
    return CodebookPrior(DIM, ENTRIES).eval()


def test_the_nearest_entries_are_those_of_brute_force(prior: CodebookPrior):
    z = torch.randn(3, 4, DIM)
    vectors = z.view(3, 4, 2, PLACES).transpose(-1, -2)
    expected = torch.cdist(vectors, prior.codebook.detach()).argmin(-1)
    assert torch.equal(prior.nearest(z), expected)


def test_a_code_of_entries_quantises_to_itself(prior: CodebookPrior):
    entries = torch.randint(ENTRIES, (6, PLACES))
    z = prior.at(entries)
    assert torch.equal(prior.nearest(z), entries)
    assert torch.equal(prior.quantised(z + 1e-3), z)


def test_gradients_pass_the_choice_as_if_there_were_none(prior: CodebookPrior):
    z, weights = torch.randn(2, DIM, requires_grad=True), torch.randn(2, DIM)
    (prior.quantised(z) * weights).sum().backward()
    torch.testing.assert_close(z.grad, weights)
    assert prior.vectors.grad is None


def test_a_lookup_while_learning_has_the_gradient_of_an_embedding(prior: CodebookPrior):
    entries, weights = torch.randint(ENTRIES, (4, PLACES)), torch.randn(4, DIM)
    (prior.at(entries) * weights).sum().backward()
    found = prior.vectors.grad
    book = prior.codebook.detach().requires_grad_()
    (F.embedding(entries, book).transpose(1, 2).flatten(1) * weights).sum().backward()
    torch.testing.assert_close(found, book.grad)  # the basis begins as the identity


def test_each_place_depends_on_all_before_it_and_none_after(prior: CodebookPrior):
    net = prior.net
    first = torch.zeros(1, PLACES, dtype=torch.int64)
    reads = torch.zeros(PLACES, PLACES, dtype=torch.bool)
    before = net(first)
    for place in range(PLACES):
        changed = first.clone()
        changed[0, place] = 1
        reads[:, place] = (net(changed) - before).abs().amax((0, 2)) > 1e-6
    assert torch.equal(reads, torch.ones(PLACES, PLACES).tril(-1).bool())


def test_the_probabilities_of_grids_sum_to_one_place_by_place(prior: CodebookPrior):
    """Of all the grids that differ in the last place alone, the shares are a softmax."""
    grids = torch.randint(ENTRIES, (1, PLACES)).repeat(ENTRIES, 1)
    grids[:, -1] = torch.arange(ENTRIES)
    shares = prior.log_prob_of(grids).softmax(0)
    expected = prior.net(grids[:1])[0, -1].softmax(0)
    torch.testing.assert_close(shares, expected)


def test_draws_follow_the_probabilities(prior: CodebookPrior):
    with torch.no_grad():
        prior.net.head[-1].weight.mul_(4)  # type: ignore[operator, union-attr]
    z = prior.draw(1000, generator=torch.Generator().manual_seed(0))
    entries = prior.nearest(z)
    shares = F.one_hot(entries[:, 0], ENTRIES).float().mean(0)
    expected = prior.net(entries[:1])[0, 0].softmax(0)
    torch.testing.assert_close(shares, expected, atol=0.05, rtol=0)
    # The mean of -log p over the draws is the entropy that the net itself foretells.
    log_probs = prior.net(entries).log_softmax(-1)
    entropy = -(log_probs.exp() * log_probs).sum((1, 2)).mean()
    torch.testing.assert_close(-prior.log_prob(z).mean(), entropy, atol=0.3, rtol=0)


def test_at_temperature_0_every_draw_is_the_same(prior: CodebookPrior):
    z = prior.draw(3, generator=torch.Generator().manual_seed(0), temperature=0.0)
    assert torch.equal(z[0], z[1])


def test_sliders_are_one_to_one_with_codes_and_white(prior: CodebookPrior):
    turn = torch.linalg.qr(torch.randn(DIM, DIM)).Q
    codes = torch.randn(500, DIM) * torch.linspace(3, 1, DIM) @ turn + 3
    prior.fit(codes)
    u = prior.to_sliders(codes)
    torch.testing.assert_close(torch.cov(u.T), torch.eye(DIM), atol=1e-2, rtol=0)
    torch.testing.assert_close(prior.from_sliders(u), codes, atol=1e-3, rtol=1e-3)
    spread = prior.whitening.std
    assert (spread.diff() <= 0).all()


def test_where_codes_never_vary_a_slider_counts_a_tenth_of_the_widest(prior: CodebookPrior):
    codes = torch.randn(500, DIM) * torch.tensor([2.0, *[0.0] * (DIM - 1)])
    prior.fit(codes)
    spread = prior.whitening.std
    torch.testing.assert_close(spread[1:], spread[:1].expand(DIM - 1) / 10)
