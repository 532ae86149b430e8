import assert from "node:assert/strict";
import test from "node:test";
import "./page.js";

/** @type {object[]} */
const opened = [];

class FakeSocket {
  static OPEN = 1;
  /** @type {(() => void) | null} */
  onclose = null;

  /** @param {number} readyState */
  constructor(readyState) {
    this.readyState = Number(readyState) || 0;
    opened.push(this);
  }
}

Object.assign(globalThis, { WebSocket: FakeSocket });
const early = new FakeSocket(FakeSocket.OPEN);
Object.assign(globalThis, { studioSocket: early });
const { isSocketOpen, overSocket } = await import("../../vae_core/app/web/core/socket.js");

test("the scripts go on with the socket that the page opened, once", (context) => {
  overSocket({}, "decode");
  assert.equal(isSocketOpen(), true);
  assert.deepEqual(opened, [early]);
  early.onclose?.();
  context.mock.method(performance, "now", () => Number.MAX_SAFE_INTEGER);
  overSocket({}, "decode");
  assert.equal(opened.length, 2);
});
