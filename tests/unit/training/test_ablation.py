"""The table of changes on a toy: one at a time, resumed, compared digit by digit."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import pytest
import torch

from vae_core import VAE, Config, NetConfig, TrainConfig, checkpoint, files
from vae_core.data.digits import Digits, hold_out
from vae_core.evaluation import model_card
from vae_core.training import ablation, lock

TRAIN = TrainConfig(epochs=1, batch_size=20, binarisation="dynamic", ema=0.9, decay="cosine")
BASE = Config(name="toy", latent_dim=2, net=NetConfig(hidden_dims=(8,)), train=TRAIN)


@pytest.fixture
def digits() -> Digits:
    noise = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (60, 1, 28, 28), generator=noise).to(torch.uint8)
    return Digits(images, torch.arange(60) % 10, torch.arange(60))


def test_held_out_digits_keep_their_places(digits: Digits):
    train, validation = hold_out(digits, 10)
    assert sorted([*train.places.tolist(), *validation.places.tolist()]) == list(range(60))
    assert torch.equal(validation.images, digits.images[validation.places])
    assert torch.equal(train.labels, digits.labels[train.places])
    with pytest.raises(ValueError, match="count is 60; it must be between 1 and 59"):
        hold_out(digits, 60)


@pytest.mark.parametrize("name", [n for n in ablation.CHANGES if n != ablation.BASE])
def test_every_change_changes_one_thing(name: str):
    conv = dataclasses.replace(BASE, net=NetConfig(kind="conv", hidden_dims=(8, 8, 8)))
    conv = dataclasses.replace(conv, train=dataclasses.replace(TRAIN, beta=_warm()))
    moved = ablation.CHANGES[name](conv)
    parts = [f.name for f in dataclasses.fields(Config) if f.name not in ("net", "train")]
    changed = {p for p in parts if getattr(moved, p) != getattr(conv, p)}
    for part in ("net", "train"):
        mine, base = getattr(moved, part), getattr(conv, part)
        names = [f.name for f in dataclasses.fields(base)]
        changed |= {f"{part}.{p}" for p in names if getattr(mine, p) != getattr(base, p)}
    expected = {
        "deeper": {"net.blocks"},
        "wider": {"net.hidden_dims"},
        "grey pixels, not drawn": {"train.binarisation"},
        "constant learning rate": {"train.decay"},
        "no averaged weights": {"train.ema"},
        "no warm-up of beta": {"train.beta"},
        "iwae-5 with DReG": {"objective", "samples", "train.beta"},
        "flow prior": {"prior"},
    }
    assert changed == expected[name]


def _warm():
    return ablation.BetaConfig(kind="linear", start=0.2, warmup_steps=10)


def test_a_table_can_be_stopped_and_gone_on_with(digits: Digits, tmp_path: Path):
    train, validation = hold_out(digits, 10)
    names = [ablation.BASE, "no averaged weights", "flow prior"]

    def rows(out: str, names: list[str]) -> list[ablation.Row]:
        return list(ablation.measure(bench(tmp_path / out, train, validation), names))

    whole = rows("a", names)
    rows("b", names[:1])
    again = rows("b", names)
    for one, other in zip(whole, again, strict=True):
        assert one.nll.shape == (1, 10)
        torch.testing.assert_close(one.nll, other.nll, rtol=0, atol=0)
    assert (whole[0].nll != whole[1].nll).all()
    assert whole[2].parameters > whole[0].parameters
    text = ablation.table(whole).splitlines()
    gained = whole[1].nll - whole[0].nll
    shown = f"{float(gained.mean()):+.2f} +- {float(gained.std()) / 10**0.5:.2f}"
    assert text[3].startswith("| no averaged weights | ")
    assert shown in text[3]


def test_a_table_over_seeds_tells_how_seeds_vary(digits: Digits, tmp_path: Path):
    shared = bench(tmp_path, *hold_out(digits, 10), seeds=(3, 4, 5))
    base, flow = rows = list(ablation.measure(shared, ["base", "flow prior"]))
    assert base.nll.shape == (3, 10)
    assert len({float(seed.mean()) for seed in base.nll}) == 3
    gains = (flow.nll - base.nll).mean(1)
    shown = f"{float(gains.mean()):+.2f} +- {float(gains.std()) / 3**0.5:.2f}"
    assert shown in ablation.table(rows)
    assert "errors over the 3 seeds (`" in ablation.report(BASE, 1, shared.seeds, rows)


def test_workers_share_a_table(digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One is stopped in its second run; the next does what is left, and nothing twice."""
    parts, names = hold_out(digits, 10), ["base", "no averaged weights"]
    storage = f"sqlite:///{tmp_path}/table.db"
    shared = bench(tmp_path / "shared", *parts, seeds=(0, 1))
    done: list[tuple[str, int]] = []
    plain = ablation.Bench.run

    def run(self: ablation.Bench, name: str, seed: int) -> tuple[torch.Tensor, int]:
        if len(done) == 1 and not (tmp_path / "stopped").exists():
            (tmp_path / "stopped").touch()
            raise KeyboardInterrupt
        found = plain(self, name, seed)
        done.append((name, seed))
        return found

    monkeypatch.setattr(ablation.Bench, "run", run)
    with pytest.raises(KeyboardInterrupt):
        ablation.measure_shared(shared, storage, names)
    ablation.measure_shared(shared, storage, names)
    assert sorted(done) == sorted(itertools.product(names, (0, 1)))
    alone = bench(tmp_path / "alone", *parts, seeds=(0, 1))
    for mine, theirs in zip(
        ablation.measure(shared, names), ablation.measure(alone, names), strict=True
    ):
        torch.testing.assert_close(mine.nll, theirs.nll, rtol=0, atol=0)


def test_a_run_that_another_worker_is_at_is_left_to_it(digits: Digits, tmp_path: Path):
    shared = bench(tmp_path, *hold_out(digits, 10))
    with lock.held(shared.folder("base", 0)):
        ablation.measure_shared(shared, f"sqlite:///{tmp_path}/table.db", ["base"])
        with pytest.raises(lock.Held, match="another training writes into"):
            list(ablation.measure(shared, ["base"]))
    (row,) = ablation.measure(shared, ["base"])
    assert row.nll.shape == (1, 10)


def test_a_storage_that_cannot_be_used_is_refused(digits: Digits, tmp_path: Path):
    shared = bench(tmp_path, *hold_out(digits, 10))
    with pytest.raises(ValueError, match="storage 'nonsense' cannot be used"):
        ablation.measure_shared(shared, "nonsense")


def bench(
    out: Path, train: Digits, validation: Digits, seeds: tuple[int, ...] = (0,), base: Config = BASE
) -> ablation.Bench:
    return ablation.Bench(
        base=base, train=train, validation=validation, out=out, seeds=seeds, samples=3
    )


def test_other_settings_and_names_are_refused(digits: Digits, tmp_path: Path):
    parts = hold_out(digits, 10)
    plain = bench(tmp_path, *parts)
    with pytest.raises(ValueError, match="there is no change 'luck'"):
        next(ablation.measure(plain, ["luck"]))
    list(ablation.measure(plain, ["base"]))
    other = bench(tmp_path, *parts, base=dataclasses.replace(BASE, latent_dim=3))
    with pytest.raises(ValueError, match="made with other settings"):
        next(ablation.measure(other, ["base"]))
    with pytest.raises(ValueError, match="made with the seed 0, not 1"):
        next(ablation.measure(bench(tmp_path, *parts, seeds=(1,)), ["base"]))


def test_a_shorter_run_keeps_the_shape_of_its_schedules():
    train = dataclasses.replace(TRAIN, epochs=40, learning_rate_warmup=400, ema=0.999)
    base = dataclasses.replace(BASE, train=dataclasses.replace(train, beta=_warm()))
    short = ablation.squeezed(base, 4)
    assert short.train.epochs == 4
    assert short.train.learning_rate_warmup == 40
    assert short.train.beta.warmup_steps == 1
    assert short.train.ema == pytest.approx(0.99)
    assert ablation.squeezed(base, 40) == base
    plain = dataclasses.replace(base, train=dataclasses.replace(base.train, ema=0.0))
    assert ablation.squeezed(plain, 4).train.ema == 0.0


def test_the_table_names_its_command_and_goes_into_the_card(digits: Digits, tmp_path: Path):
    train, validation = hold_out(digits, 10)
    rows = list(ablation.measure(bench(tmp_path, train, validation), ["base"]))
    text = ablation.report(BASE, 1, (3,), rows)
    assert "1 epoch each without 10 training digits drawn at random" in text
    assert "`python -m vae_core ablation toy --epochs 1 --seeds 3`" in text
    assert "so short a run" not in text
    longer = dataclasses.replace(BASE, train=dataclasses.replace(BASE.train, epochs=9))
    assert "so short a run" in ablation.report(longer, 1, (3,), rows)
    folder = tmp_path / "toy"
    checkpoint.save(VAE(BASE).eval(), folder)
    files.write_text(folder / model_card.ABLATION_FILE, text)
    model_card.write_card(folder)
    assert (folder / "README.md").read_text("utf-8").endswith(text)
