import assert from "node:assert/strict";
import test from "node:test";
import { requests } from "../../vae_core/app/web/core/requests.js";
import { set } from "../../vae_core/app/web/core/state.js";
import { open } from "./page.js";

/** @template T @typedef {import("./page.js").Open<T>} Open */

/** A row of requests, against promises that the test settles. */
function row() {
  /** @type {string[]} */
  const said = [];
  /** @type {boolean[]} */
  const busy = [];
  /** @type {unknown[]} */
  const shown = [];
  const row = requests({
    onerror: (sentence) => said.push(sentence),
    onbusy: (open) => busy.push(open),
  });
  const ask = () => {
    /** @type {Open<unknown>} */
    const answer = open();
    const ended = row.ask(async (still) => shown.push(await still(answer.promise)));
    return { ...answer, ended };
  };
  return { row, ask, said, busy, shown };
}

test("the newest of two requests counts, whichever answers first", async () => {
  const { ask, shown } = row();
  const [one, two] = [ask(), ask()];
  two.resolve("new");
  one.resolve("old");
  assert.deepEqual(await Promise.all([one.ended, two.ended]), [false, true]);
  const [three, four] = [ask(), ask()];
  three.resolve("old");
  four.resolve("newest");
  assert.deepEqual(await Promise.all([three.ended, four.ended]), [false, true]);
  assert.deepEqual(shown, ["new", "newest"]);
});

test("an answer for another model is dropped, and so is its refusal", async () => {
  const { ask, shown, said } = row();
  set({ model: "one" });
  const one = ask();
  set({ model: "two" });
  one.resolve("of one");
  assert.equal(await one.ended, false);
  const two = ask();
  set({ model: "one" });
  two.reject(new Error("of two"));
  assert.equal(await two.ended, false);
  assert.deepEqual([shown, said], [[], []]);
});

test("dropped requests end and say nothing", async () => {
  const { row: all, ask, said, busy } = row();
  const one = ask();
  all.drop();
  one.reject(new Error("late"));
  assert.equal(await one.ended, false);
  assert.deepEqual([said, busy], [[], [true, false]]);
});

test("an error that still counts is said", async () => {
  const { ask, said } = row();
  const one = ask();
  one.reject(new Error("No ink."));
  assert.equal(await one.ended, false);
  assert.deepEqual(said, ["No ink."]);
});

test("busy lasts from the first to the newest answer", async () => {
  const { row: all, ask, busy } = row();
  const [one, two] = [ask(), ask()];
  one.resolve(0);
  await one.ended;
  assert.equal(all.open, true);
  two.resolve(0);
  await two.ended;
  assert.equal(all.open, false);
  assert.equal(busy.at(-1), false);
});

test("without anybody to say it to, an error leaves the request", async () => {
  const failing = requests().ask(async (still) => still(Promise.reject(new Error("lost"))));
  await assert.rejects(failing, /lost/);
});
