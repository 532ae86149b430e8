import assert from "node:assert/strict";
import test from "node:test";
import { StudioError } from "../../vae_core/app/web/core/errors.js";
import { live } from "../../vae_core/app/web/core/live.js";
import { set } from "../../vae_core/app/web/core/state.js";
import { frame, open, settled } from "./page.js";

/** @template T @typedef {import("./page.js").Open<T>} Open */

/**
 * An engine against answers that the test gives.
 *
 * @param {Partial<import("../../vae_core/app/web/core/live.js").LiveOptions>} [more]
 */
function engineOf(more = {}) {
  /** @type {(Open<unknown> & { payload: any })[]} */
  const asked = [];
  /** @type {unknown[]} */
  const painted = [];
  /** @type {(string | null)[]} */
  const said = [];
  const canvas = /** @type {HTMLElement} */ (/** @type {unknown} */ ({ dataset: {} }));
  const engine = live({
    canvas,
    request: (payload) => {
      /** @type {Open<unknown>} */
      const answer = open();
      asked.push({ ...answer, payload });
      return answer.promise;
    },
    paint: (answer) => painted.push(answer),
    onerror: (sentence) => said.push(sentence),
    ...more,
  });
  return { engine, asked, painted, said, canvas };
}

/** @param {number} count */
const upTo = (count) => Array.from({ length: count }, (_, i) => i);

test("at most six requests travel, and the newest position waits", async () => {
  const { engine, asked } = engineOf();
  for (const i of upTo(50)) engine.push(i);
  assert.deepEqual(
    asked.map(({ payload }) => payload),
    [0, 1, 2, 3, 4, 5],
  );
  for (const one of asked) one.resolve(0);
  await frame();
  assert.deepEqual([asked.length, asked[6].payload], [7, 49]);
});

test("answers are painted in order, and stale ones dropped", async () => {
  const { engine, asked, painted, canvas } = engineOf();
  for (const i of upTo(3)) engine.push(i);
  for (const [i, words] of [
    [1, "one"],
    [0, "zero"],
    [2, "two"],
  ]) {
    asked[Number(i)].resolve(words);
    await frame();
  }
  assert.deepEqual(painted, ["one", "two"]);
  assert.equal(canvas.dataset.frame, "2");
});

test("one display frame paints one picture", async () => {
  const { engine, asked, painted } = engineOf();
  for (const i of upTo(6)) engine.push(i);
  for (const [i, one] of asked.entries()) one.resolve(i);
  await frame();
  assert.deepEqual(painted, [5]);
});

test("the last position is painted, in whatever order the answers come", async () => {
  const { engine, asked, painted } = engineOf();
  let random = 1;
  const next = () => {
    random = (random * 16807) % 2147483647;
    return random;
  };
  const waiting = () => asked.filter((one) => !("done" in one));
  for (const i of upTo(101)) {
    engine.push(i);
    const some = waiting();
    const one = some[next() % some.length];
    if (one && next() % 3) one.resolve(Object.assign(one, { done: true }).payload);
    await frame();
  }
  while (!engine.idle) {
    for (const one of waiting()) one.resolve(Object.assign(one, { done: true }).payload);
    await frame();
  }
  assert.equal(painted.at(-1), 100);
  assert.deepEqual(
    painted,
    [...painted].sort((a, b) => Number(a) - Number(b)),
  );
});

test("a short round trip needs fewer requests in flight", async () => {
  const { engine, asked } = engineOf();
  for (const i of upTo(20)) {
    engine.push(i);
    asked[asked.length - 1].resolve(i);
    await frame();
  }
  const before = asked.length;
  for (const i of upTo(50)) engine.push(i);
  assert.equal(asked.length - before, 2);
});

test("latency runs from the event to the paint", async (t) => {
  let now = 1000;
  t.mock.method(performance, "now", () => now);
  const { engine, asked, canvas } = engineOf();
  engine.push("x", /** @type {Event} */ ({ timeStamp: 800 }));
  asked[0].resolve("x");
  now = 1050;
  await frame();
  assert.equal(canvas.dataset.latencyMs, "250.0");
});

test("a refusal is said, the picture stays, and the next one takes the sentence back", async () => {
  const { engine, asked, painted, said } = engineOf();
  engine.push("good");
  asked[0].resolve("good");
  await frame();
  engine.push("bad");
  asked[1].reject(new StudioError("z must hold 20 numbers."));
  await frame();
  assert.deepEqual([said, painted], [["z must hold 20 numbers."], ["good"]]);
  engine.push("better");
  asked[2].resolve("better");
  await frame();
  assert.deepEqual(said, ["z must hold 20 numbers.", null]);
});

test("a request that a newer one overtook is no refusal", async () => {
  const { engine, asked, painted, said } = engineOf();
  for (const i of upTo(4)) engine.push(i);
  for (const one of asked.slice(0, 3)) one.reject(new StudioError("A newer one was asked for."));
  asked[3].resolve(3);
  await frame();
  assert.deepEqual([painted, said, engine.idle], [[3], [], true]);
});

test("an answer for another model is not painted, though it was here before the frame", async () => {
  const { engine, asked, painted } = engineOf();
  set({ model: "one" });
  engine.push({ checkpoint: "one" });
  asked[0].resolve("of one");
  await settled();
  set({ model: "two" });
  await frame();
  assert.deepEqual(painted, []);
  set({ model: "one" });
});

test("a hidden page asks for nothing until it is seen again", () => {
  const { engine, asked } = engineOf();
  Object.assign(document, { hidden: true });
  engine.push(1);
  assert.equal(asked.length, 0);
  Object.assign(document, { hidden: false });
  document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(asked.length, 1);
});
