import assert from "node:assert/strict";
import test from "node:test";
import { call } from "../../vae_core/app/web/core/calls.js";
import { isOffline } from "../../vae_core/app/web/core/connection.js";
import { StudioError, StudioOffline } from "../../vae_core/app/web/core/errors.js";
import { on } from "../../vae_core/app/web/core/events.js";
import { settled } from "./page.js";

/** @param {() => Promise<unknown>} answer */
const serverOf = (answer) => ({ decode: answer });

/** Every element that the banner and the body are made of. */
const element = { classList: new Set(), append() {}, setAttribute() {} };
Object.assign(element.classList, {
  remove: (/** @type {string} */ name) => element.classList.delete(name),
});
Object.assign(document, { body: element, createElement: () => ({ ...element }) });

test("an answer is given, and its speed is told", async () => {
  /** @type {unknown[]} */
  const speeds = [];
  const forget = on("speed", ({ milliseconds }) => speeds.push(milliseconds));
  const answer = await call(
    serverOf(async () => ({ pixels: "AAA", milliseconds: 3 })),
    "decode",
    {},
  );
  forget();
  assert.deepEqual([answer.pixels, speeds], ["AAA", [3]]);
});

test("a refusal is the server's sentence", async () => {
  const refusing = serverOf(async () => ({ error: "z must hold 2 numbers." }));
  await assert.rejects(call(refusing, "decode", {}), new StudioError("z must hold 2 numbers."));
});

test("what takes too long is given up", async () => {
  const slow = serverOf(() => new Promise(() => {}));
  await assert.rejects(call(slow, "decode", {}, { timeout: 5 }), /too long/);
});

test("no answer of a server that is there is its mistake", async (t) => {
  t.mock.method(globalThis, "fetch", async () => ({ ok: true }));
  await assert.rejects(
    call(
      serverOf(async () => null),
      "decode",
      {},
    ),
    /could not do that/,
  );
});

test("a call waits for a server that went away, unless it must not", async (t) => {
  let isThere = false;
  t.mock.method(globalThis, "fetch", async () => ({ ok: isThere }));
  const server = serverOf(async () => (isThere ? { pixels: "back" } : null));
  const patient = call(server, "decode", {});
  await settled();
  await settled();
  assert.equal(isOffline(), true);
  await assert.rejects(call(server, "decode", {}, { retry: false }), StudioOffline);
  isThere = true;
  assert.equal((await patient).pixels, "back");
  assert.equal(isOffline(), false);
});
