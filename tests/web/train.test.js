import assert from "node:assert/strict";
import test from "node:test";
import { readAddress } from "../../vae_core/app/web/core/address.js";
import { modelNamed } from "../../vae_core/app/web/core/boot.js";
import { call } from "../../vae_core/app/web/core/calls.js";
import { on } from "../../vae_core/app/web/core/events.js";
import { keepOwnModels, visitor } from "../../vae_core/app/web/core/own.js";
import {
  spanOf,
  spotsOf,
  spotsOfHistory,
  thinned,
} from "../../vae_core/app/web/panels/train/curves.js";
import {
  changesOf,
  readSpelled,
  spell,
  typedOf,
} from "../../vae_core/app/web/panels/train/settings.js";
import { card } from "./page.js";

/** @type {any} */
const offer = {
  ...{ name: "vae-400", latent_dim: 20, hidden_dims: [400], beta: 1, beta_schedule: "constant" },
  ...{ beta_start: 0, beta_warmup: 0.25, beta_cycles: 4, likelihood: "bernoulli" },
  ...{ corruption: null, batch_size: 128, learning_rate: 0.001, epochs: 10 },
};
/** @type {any} */
const bounds = { digits: [500, 9500] };
const usual = typedOf(offer, bounds);

test("only what differs from the recipe is asked for", () => {
  assert.deepEqual(changesOf(usual, usual), {});
  const typed = { ...usual, latent_dim: "2", hidden_dims: "64 32", beta_warmup: "50" };
  assert.deepEqual(changesOf(typed, usual), {
    latent_dim: 2,
    hidden_dims: [64, 32],
    beta_warmup: 0.5,
  });
  const noisy = { ...usual, corruption: "masking", level: "0.25" };
  assert.deepEqual(changesOf(noisy, usual), { corruption: { kind: "masking", level: 0.25 } });
});

test("what is no number is left to the server to refuse", () => {
  assert.deepEqual(changesOf({ ...usual, epochs: "many", batch_size: "" }, usual), {
    epochs: "many",
    batch_size: "",
  });
});

test("settings come back from the address", () => {
  const typed = { ...usual, latent_dim: "2", hidden_dims: "64, 32", likelihood: "laplace" };
  const text = spell(typed, usual);
  assert.equal(text, "latent_dim:2,hidden_dims:64/32,likelihood:laplace");
  assert.deepEqual(readSpelled(text, usual), typed);
  assert.equal(spell(usual, usual), null);
  assert.deepEqual(readSpelled("nothing:3,latent_dim,__proto__:1", usual), usual);
});

test("a visitor's model is sent by its full name, which no address holds", async () => {
  const own = card({ name: "own-1", ending: "done" });
  keepOwnModels([own]);
  assert.equal(modelNamed("own-1"), own);
  /** @type {any[]} */
  const sent = [];
  const server = { decode: async (/** @type {any} */ argument) => sent.push(argument) };
  await call(server, "decode", { checkpoint: "own-1", z: [1, 2] });
  await call(server, "decode", { checkpoint: "one" });
  await call(server, "decode", { checkpoint: "own-2" });
  assert.deepEqual(
    sent.map(({ checkpoint }) => checkpoint),
    [`own-1@${visitor}`, "one", "own-2"],
  );
  const gone = { decode: async () => ({ error: "There is no such model any more; it went." }) };
  await assert.rejects(call(gone, "decode", { checkpoint: "one" }), /no such model/);
  assert.equal(modelNamed("own-1"), own);
  /** @type {string[]} */
  const missed = [];
  const forget = on("gone", (name) => missed.push(name));
  await assert.rejects(call(gone, "decode", { checkpoint: "own-1" }), /no such model/);
  await assert.rejects(call(gone, "decode", { checkpoint: "own-1" }), /no such model/);
  forget();
  assert.equal(modelNamed("own-1"), null);
  assert.deepEqual(missed, ["own-1"]); // once
  const known = { models: [own], chosen: null, panels: ["train"] };
  assert.equal(readAddress("?model=own-1", known).model, "own-1");
});

test("curves know their scale and their ends", () => {
  /** @type {any} */
  const point = { held_distortion: 100, held_rate: 20, held_negative_elbo: 120 };
  const points = [
    { ...point, step: 0, held_negative_elbo: 900 },
    { ...point, step: 40 },
  ];
  const spots = spotsOf(points, 20);
  assert.equal(spots[1].at, 2);
  // The first steps are cut off.
  const [low, high] = spanOf([{ spots, epochs: 2 }], ["held_cost", "held_rate"]);
  assert.deepEqual([low, high], [0, 240 * 1.06]);
  assert.deepEqual(spanOf([], ["held_cost"]), [0, 1]);
  const list = Array.from({ length: 1001 }, (_, i) => i);
  const few = thinned(list, 100);
  assert.ok(few.length <= 102);
  assert.equal(few.at(-1), 1000);
  /** @type {any} */
  const epoch = { epoch: 1, distortion: 3, rate: null, held_distortion: 4, held_rate: null };
  assert.equal(spotsOfHistory([epoch])[0].held_cost, null);
});
