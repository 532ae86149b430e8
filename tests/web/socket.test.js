import assert from "node:assert/strict";
import test from "node:test";
import { readAnswer, writeRequest } from "../../vae_core/app/web/core/frames.js";
import { settled } from "./page.js";

/** @type {FakeSocket[]} */
const sockets = [];

/**
 * The parts of a message: both ways they are the same.
 *
 * @param {Uint8Array<ArrayBuffer>} message
 */
function partsOf(message) {
  const view = new DataView(message.buffer);
  const end = 8 + view.getUint16(6, true);
  const head = JSON.parse(new TextDecoder().decode(message.subarray(8, end)));
  const [number, place] = [view.getUint32(0, true), view.getUint16(4, true)];
  return { number, place, head, rest: message.slice(end) };
}

class FakeSocket {
  static OPEN = 1;
  readyState = 0;
  binaryType = "blob";
  /** @type {ReturnType<typeof partsOf>[]} */
  sent = [];
  /** @type {(() => void) | undefined} */
  onopen;
  /** @type {((event: { data: ArrayBuffer }) => void) | undefined} */
  onmessage;
  /** @type {(() => void) | undefined} */
  onclose;

  /** @param {string} url */
  constructor(url) {
    this.url = url;
    sockets.push(this);
  }

  /** @param {Uint8Array<ArrayBuffer>} message */
  send(message) {
    this.sent.push(partsOf(message));
  }

  /**
   * Answer a request.
   *
   * @param {number} place among those that were sent
   * @param {object} [rest]
   */
  answer(place, rest = {}) {
    const { number, place: its, head } = this.sent[place];
    const text = new TextEncoder().encode(JSON.stringify({ by: "socket", ...head, ...rest }));
    const message = new Uint8Array([...new Uint8Array(8), ...text, 7, 8, 9]);
    const view = new DataView(message.buffer);
    view.setUint32(0, number, true);
    view.setUint16(4, its, true);
    view.setUint16(6, text.length, true);
    this.onmessage?.({ data: message.buffer });
  }
}

Object.assign(globalThis, { WebSocket: FakeSocket });
const { isSocketOpen, overSocket } = await import("../../vae_core/app/web/core/socket.js");
const gradio = { decode: async (/** @type {number} */ z) => ({ by: "gradio", z }) };
const swift = overSocket(gradio, "decode");
const other = overSocket(gradio, "decode");
const [socket] = sockets;

test("a request's codes travel as numbers, the rest as JSON", () => {
  const given = { checkpoint: "ü", z: [1, -0.5], a: { z: 1 }, labels: [1, null], b: [0.25] };
  const { number, place, head, rest } = partsOf(writeRequest(70_000, 3, "decode", given));
  const argument = { checkpoint: "ü", a: { z: 1 }, labels: [1, null] };
  assert.deepEqual([number, place], [70_000, 3]);
  assert.deepEqual(head, { name: "decode", argument, numbers: { z: 2, b: 1 } });
  assert.deepEqual([...new Float32Array(rest.buffer)], [1, -0.5, 0.25]);
});

test("an answer without bytes has no picture", () => {
  const text = new TextEncoder().encode('{"error":"No."}');
  const message = new Uint8Array([5, 0, 0, 0, 2, 0, text.length, 0, ...text]);
  const expected = { number: 5, place: 2, answer: { error: "No." } };
  assert.deepEqual(readAnswer(message.buffer), expected);
});

test("until the socket is open, a call goes through Gradio", async () => {
  assert.equal(socket.url, "ws://studio.test/studio/socket");
  assert.equal(socket.binaryType, "arraybuffer");
  assert.deepEqual(await swift.decode(1), { by: "gradio", z: 1 });
  assert.equal(isSocketOpen(), false);
});

test("over the socket each answer finds its question", async () => {
  socket.readyState = FakeSocket.OPEN;
  socket.onopen?.();
  const answers = [swift.decode({ t: 1 }), other.decode({ t: 2 })];
  await settled();
  socket.answer(1);
  socket.answer(0);
  for (const [i, { by, argument, pixels }] of (await Promise.all(answers)).entries()) {
    assert.deepEqual([by, argument, [...pixels]], ["socket", { t: i + 1 }, [7, 8, 9]]);
  }
});

test("an answer ends the older requests of its place, and no others", async () => {
  const before = socket.sent.length;
  const first = [swift.decode({ t: 1 }), swift.decode({ t: 2 })].map((each) =>
    each.catch((/** @type {Error} */ error) => error.message),
  );
  const [elsewhere, third, fourth] = [other, swift, swift].map((each) => each.decode({ t: 3 }));
  await settled();
  socket.answer(before + 3);
  const overtaken = "A newer position was asked for.";
  assert.deepEqual(await Promise.all(first), [overtaken, overtaken]);
  assert.equal((await third).by, "socket");
  socket.answer(before); // too late: nobody waits for it
  socket.answer(before + 4);
  socket.answer(before + 2);
  assert.equal((await fourth).by, "socket");
  assert.equal((await elsewhere).by, "socket");
});

test("a socket that breaks loses no question: it is asked again through Gradio", async () => {
  const answer = swift.decode(3);
  await settled();
  socket.readyState = 3;
  socket.onclose?.();
  assert.deepEqual(await answer, { by: "gradio", z: 3 });
  assert.equal(sockets.length, 1, "the next one is opened after a pause");
});
