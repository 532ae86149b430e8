import assert from "node:assert/strict";
import test from "node:test";
import { settled } from "./page.js";

/** @type {FakeSocket[]} */
const sockets = [];

class FakeSocket {
  static OPEN = 1;
  readyState = 0;
  /** @type {{ id: number, name: string, argument: any }[]} */
  sent = [];
  /** @type {(() => void) | undefined} */
  onopen;
  /** @type {((event: { data: string }) => void) | undefined} */
  onmessage;
  /** @type {(() => void) | undefined} */
  onclose;

  /** @param {string} url */
  constructor(url) {
    this.url = url;
    sockets.push(this);
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }
}

Object.assign(globalThis, { WebSocket: FakeSocket });
const { isSocketOpen, overSocket } = await import("../../vae_core/app/web/core/socket.js");
const gradio = { decode: async (/** @type {number} */ z) => ({ by: "gradio", z }) };
const swift = overSocket(gradio, "decode");
const [socket] = sockets;

test("until the socket is open, a call goes through Gradio", async () => {
  assert.equal(socket.url, "ws://studio.test/studio/socket");
  assert.deepEqual(await swift.decode(1), { by: "gradio", z: 1 });
  assert.equal(isSocketOpen(), false);
});

test("over the socket each answer finds its question", async () => {
  socket.readyState = FakeSocket.OPEN;
  socket.onopen?.();
  const answers = [swift.decode(1), swift.decode(2)];
  await settled();
  for (const { id, argument } of [...socket.sent].reverse()) {
    socket.onmessage?.({ data: JSON.stringify({ id, by: "socket", z: argument }) });
  }
  assert.deepEqual(await Promise.all(answers), [
    { by: "socket", z: 1 },
    { by: "socket", z: 2 },
  ]);
});

test("a socket that breaks loses no question: it is asked again through Gradio", async () => {
  const answer = swift.decode(3);
  await settled();
  socket.readyState = 3;
  socket.onclose?.();
  assert.deepEqual(await answer, { by: "gradio", z: 3 });
  assert.equal(sockets.length, 1, "the next one is opened after a pause");
});
