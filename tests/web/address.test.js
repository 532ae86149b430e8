import assert from "node:assert/strict";
import test from "node:test";
import {
  readAddress,
  readNumbers,
  within,
  writeAddress,
  writeNumbers,
} from "../../vae_core/app/web/core/address.js";
import { card } from "./page.js";

const models = [card({ name: "one" }), card({ name: "two", latent_dim: 3 })];
const known = { models, chosen: "two", panels: ["explore", "sample"] };
const kept = { kept: {}, takesLabels: true };

test("a list of numbers is all numbers or none", () => {
  assert.deepEqual(readNumbers("1,-0.5,2"), [1, -0.5, 2]);
  for (const text of [null, "", "1,x", "1e9", "Infinity"]) assert.equal(readNumbers(text), null);
  assert.equal(writeNumbers([0.12345, -2]), "0.123,-2");
});

test("a field counts within its limits alone", () => {
  assert.equal(within("3", 1, 5, null), 3);
  for (const text of [null, undefined, "", "0", "6", "x"]) assert.equal(within(text, 1, 5, 9), 9);
  assert.equal(within("2.5", 1, 5, 9, { whole: true }), 9);
});

test("an address without a word is the chosen model on the first panel", () => {
  const state = readAddress("", known);
  assert.deepEqual(
    [state.model, state.panel, state.u, state.seed, state.n, state.temperature, state.label],
    ["two", "explore", null, 0, 60, 1, null],
  );
});

test("what an address cannot mean is as it was on arrival", () => {
  const state = readAddress(
    "?model=nobody&panel=map&z=1,2&seed=-1&n=0&temperature=9&label=12",
    known,
  );
  assert.deepEqual(state, readAddress("", known));
});

test("a state survives its address", () => {
  const state = readAddress(
    "?model=two&panel=sample&z=1,0,-2&seed=5&n=9&temperature=0.5&label=0",
    known,
  );
  const href = writeAddress("http://studio.test/app/?old=1", state, kept);
  assert.ok(href.includes("z=1,0,-2"), "commas are left to be read");
  assert.deepEqual(readAddress(new URL(href).search, known), state);
  assert.ok(href.includes("old=1"));
});

test("an address is short: what is as on arrival stays out, and so does a label of no use", () => {
  const state = readAddress("?label=3", known);
  const href = writeAddress("http://studio.test/?seed=3", state, {
    kept: { x: "e1", y: null },
    takesLabels: false,
  });
  assert.equal(href, "http://studio.test/?panel=explore&model=two&x=e1");
});
