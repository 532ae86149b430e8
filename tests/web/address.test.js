import assert from "node:assert/strict";
import test from "node:test";
import {
  fieldsOf,
  readAddress,
  readNumbers,
  readPixels,
  within,
  writeAddress,
  writeNumbers,
  writePixels,
} from "../../vae_core/app/web/core/address.js";
import { pack } from "../../vae_core/app/web/core/bytes.js";
import { card } from "./page.js";

const models = [card({ name: "one" }), card({ name: "two", latent_dim: 3 })];
const known = { models, chosen: "two", panels: ["explore", "sample"] };
const kept = { kept: {}, takesLabels: true };

test("a list of numbers is all numbers or none", () => {
  assert.deepEqual(readNumbers("1,-0.5,2"), [1, -0.5, 2]);
  for (const text of [null, "", "1,x", "1e9", "Infinity"]) assert.equal(readNumbers(text), null);
});

test("a code comes back as the 32-bit floats that it was, in few letters", () => {
  assert.equal(writeNumbers([0.1 + 0.2, -2, Math.fround(0.1), 1e-8]), "0.3,-2,0.1,1e-8");
  const codes = Array.from({ length: 2000 }, (_, i) => Math.tan(i) * 10 ** ((i % 9) - 6));
  const small = codes.filter((v) => Math.abs(v) <= 1000);
  assert.deepEqual(readNumbers(writeNumbers(small))?.map(Math.fround), small.map(Math.fround));
});

test("a picture is its 784 bytes, and only after the #", () => {
  const pixels = pack(Uint8Array.from({ length: 784 }, (_, i) => (i * 37) % 256));
  const text = writePixels(pixels);
  assert.match(text, /^p[\w-]+$/);
  assert.equal(readPixels(text), pixels);
  for (const other of [
    null,
    "",
    "p",
    text.slice(0, -1),
    `${text}A`,
    `e${text}`,
    `${text.slice(0, -1)}!`,
  ])
    assert.equal(readPixels(other), null);
  const state = readAddress("", known);
  const unsent = { x: text };
  const href = writeAddress("http://studio.test/#list=1", state, { ...kept, unsent });
  assert.equal(new URL(href).search.includes(text), false);
  assert.equal(fieldsOf(href).get("x"), text);
  assert.equal(fieldsOf(href).get("list"), "1", "what is another's stays");
  const without = writeAddress(href, state, { ...kept, unsent: { x: null } });
  assert.equal(new URL(without).hash, "#list=1");
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
