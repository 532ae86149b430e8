"""Decodes across visitors: what waits becomes the next batch, and everybody has a turn in it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Hashable, Iterator
from queue import Queue
from typing import cast

import pytest
import small_models
import torch
from torch import Tensor

from vae_core import VAE, Config, NetConfig
from vae_core.app.service import batches
from vae_core.app.service.batches import Asked, Batches, Decoding
from vae_core.app.service.replies import Decoded
from vae_core.app.service.studio import Studio
from vae_core.models import Model

WAIT = 20.0


@pytest.fixture
def model() -> Model:
    torch.manual_seed(0)
    return VAE(Config(name="tiny", latent_dim=3, net=NetConfig(hidden_dims=(16,)))).eval()


class Held:
    """A decoder that waits before each batch until it may go on, and notes who was in it."""

    def __init__(self, studio: Studio) -> None:
        self.studio, self.sizes = studio, list[int]()
        self.begun, self.go = Queue[None](), Queue[None]()

    def __call__(self, plan: Decoding) -> Decoded:
        self.begun.put(None)
        self.go.get(timeout=WAIT)
        self.sizes.append(len(plan.u))
        return self.studio.now(plan)


@pytest.fixture
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    return Held(Studio(tmp_path_factory.mktemp("none"), "cpu"))


class Asker:
    """Asks, and collects the answers."""

    def __init__(self, many: Batches) -> None:
        self.many, self.got = many, Queue[list[Asked]]()

    def ask(self, visitor: str, place: Hashable, plan: Decoding) -> Asked:
        asked = Asked(plan, self.got.put, (visitor, place))
        assert self.many.ask(visitor, place, asked)
        return asked

    def next(self) -> list[tuple[str, Hashable]]:
        """Who is answered next, together."""
        answered = self.got.get(timeout=WAIT)
        return [cast("tuple[str, Hashable]", asked.about) for asked in answered]


def plan(model: Model, value: float = 0.0, count: int = 1) -> Decoding:
    return Decoding(model, torch.full((count, model.latent_dim), value))


def test_what_waits_is_the_next_batch_and_nobody_waits_for_more(held: Held, model: Model) -> None:
    asker = Asker(Batches(held))
    asker.ask("a", 0, plan(model))
    held.begun.get(timeout=WAIT)  # alone, at once
    for visitor in "bcd":
        asker.ask(visitor, 0, plan(model))
    for _ in range(2):
        held.go.put(None)
    assert asker.next() == [("a", 0)]
    assert asker.next() == [("b", 0), ("c", 0), ("d", 0)]
    assert held.sizes == [1, 3]


def test_the_newest_request_of_a_place_is_decoded(held: Held, model: Model) -> None:
    asker = Asker(Batches(held))
    asker.ask("a", 0, plan(model))
    held.begun.get(timeout=WAIT)
    for value in (1.0, 2.0, 3.0):
        last = asker.ask("a", 0, plan(model, value))
    assert asker.many.length == 1
    for _ in range(2):
        held.go.put(None)
    asker.next()
    assert asker.got.get(timeout=WAIT) == [last]
    assert last.pixels is not None
    assert (last.pixels == held.studio.now(last.plan)["pixels"]).all()


def test_an_address_with_many_places_keeps_no_other_out(held: Held, model: Model) -> None:
    asker = Asker(Batches(held, most=4))
    asker.ask("first", 0, plan(model))
    held.begun.get(timeout=WAIT)
    for place in range(6):
        asker.ask("crowd", place, plan(model))
    asker.ask("alone", 0, plan(model))
    for _ in range(4):
        held.go.put(None)
    asker.next()
    assert asker.next() == [("crowd", 0), ("alone", 0), ("crowd", 1), ("crowd", 2)]
    assert asker.next() == [("crowd", 3), ("crowd", 4), ("crowd", 5)]


def test_rows_of_digits_leave_room_for_single_ones(held: Held, model: Model) -> None:
    asker = Asker(Batches(held, most=20))
    asker.ask("first", 0, plan(model))
    held.begun.get(timeout=WAIT)
    for visitor in map(str, range(30)):
        asker.ask(visitor, "row", plan(model, count=10))
        asker.ask(visitor, "hand", plan(model))
    for _ in range(3):
        held.go.put(None)
    asker.next()
    for _ in range(2):
        assert [place for _, place in asker.next()] == ["hand"] * 15 + ["row"]


def test_models_are_decoded_side_by_side_and_each_once_at_a_time(held: Held, model: Model) -> None:
    asker, other = Asker(Batches(held, threads=2)), small_models.flow_model()
    asker.ask("a", 0, plan(model))
    held.begun.get(timeout=WAIT)
    asker.ask("b", 0, plan(model))
    asker.ask("c", 0, plan(other))
    held.begun.get(timeout=WAIT)
    assert held.begun.empty()
    for _ in range(3):
        held.go.put(None)
    assert {tuple(asker.next()) for _ in range(3)} == {(("a", 0),), (("b", 0),), (("c", 0),)}


def test_no_more_wait_than_there_is_room_for(held: Held, model: Model) -> None:
    asker = Asker(Batches(held, waiting=2))
    asker.ask("a", 0, plan(model))
    held.begun.get(timeout=WAIT)
    asker.ask("b", 0, plan(model))
    asker.ask("c", 0, plan(model))
    assert not asker.many.ask("d", 0, Asked(plan(model), asker.got.put))
    for _ in range(2):
        held.go.put(None)


def test_a_failure_is_answered_and_the_next_batch_runs(
    held: Held, model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    asker = Asker(Batches(held.studio.now))
    bad = asker.ask("a", 0, Decoding(model, torch.zeros(1, 7)))
    assert asker.next() == [("a", 0)]
    assert bad.pixels is None
    assert "a batch failed" in caplog.text
    good = asker.ask("a", 0, plan(model))
    asker.next()
    assert good.pixels is not None


def test_who_waited_too_long_gets_no_digit(
    held: Held, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "LONGEST_WAIT", -1.0)
    asker = Asker(Batches(held.studio.now))
    late = asker.ask("a", 0, plan(model))
    asker.next()
    assert late.pixels is None


def kinds_of_labels(count: int) -> Iterator[list[Tensor | None]]:
    """Labels as requests bring them: none, some, all; and shares, which come by themselves."""
    some = [None if i % 3 else torch.tensor([i % 10]) for i in range(count)]
    yield [None] * count
    yield some
    yield [torch.tensor([i % 10]) for i in range(count)]
    yield list(torch.rand(count, 1, 10).softmax(-1))


@pytest.mark.parametrize("is_flow", [False, True])
def test_labels_stay_with_their_codes(is_flow: bool) -> None:
    torch.manual_seed(0)
    config = Config(
        name="labelled",
        latent_dim=4,
        net=NetConfig(hidden_dims=(8,)),
        prior="flow" if is_flow else "normal",
        labelled_prior=is_flow,
        conditional=not is_flow,
    )
    model = VAE(config).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    for labels in kinds_of_labels(7):
        plans = [Decoding(model, torch.randn(1, 4), y) for y in labels]
        whole = batches.joined(plans)
        with torch.inference_mode():
            u = model.from_sliders(whole.u, whole.y)
            together = model.decode(u, whole.y).mean
            for i, one in enumerate(plans):
                alone = model.decode(model.from_sliders(one.u, one.y), one.y).mean
                torch.testing.assert_close(together[i : i + 1], alone, rtol=0, atol=1e-5)


def test_shares_and_labels_are_batches_of_their_own(held: Held, model: Model) -> None:
    asker = Asker(Batches(held, threads=1))
    asker.ask("first", 0, plan(model))
    held.begun.get(timeout=WAIT)
    for i, y in enumerate((torch.tensor([3]), torch.full((1, 10), 0.1), None)):
        asker.ask(str(i), 0, Decoding(model, torch.zeros(1, 3), y))
    for _ in range(3):
        held.go.put(None)
    asker.next()
    assert sorted([len(asker.next()), len(asker.next())]) == [1, 2]


def test_many_threads_ask_at_once_and_all_are_answered(held: Held, model: Model) -> None:
    many = Batches(held.studio.now)
    got = Queue[list[Asked]]()

    def ask(visitor: int) -> None:
        for place in range(50):
            many.ask(str(visitor), place, Asked(plan(model), got.put))

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    answered = itertools.accumulate(len(got.get(timeout=WAIT)) for _ in itertools.count())
    assert next(total for total in answered if total >= 400) == 400
    assert many.length == 0
