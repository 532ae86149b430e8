import assert from "node:assert/strict";
import test from "node:test";
import { inBulk, readBulk } from "../../vae_core/app/web/core/bulk.js";

/**
 * A message as the server makes it.
 *
 * @param {object} head
 * @param {ArrayBufferView<ArrayBuffer>[]} arrays
 */
async function message(head, ...arrays) {
  const text = JSON.stringify(head);
  const padded = text.padEnd(4 * Math.ceil(text.length / 4));
  const parts = [new Uint32Array([padded.length]), padded, ...arrays];
  return new Blob(parts).arrayBuffer();
}

const [CODES, GREY] = [Float32Array.of(0.5, -1.25, 3, 0.1, 0, -0.5), Uint8Array.of(0, 128, 255)];
const DRAWN = { seed: 7, arrays: { z: ["f4", 3, 2], pixels: ["u1", 3, 1, 1] } };

/** @type {{ url: string, body: any }[]} */
const asked = [];
/** @type {() => Promise<Response>} */
let reply = async () => new Response(null, { status: 500 });
globalThis.fetch = async (url, { body = "" } = {}) => {
  asked.push({ url: String(url), body: JSON.parse(String(body)) });
  return reply();
};
const server = inBulk({ sample: async () => "by Gradio", names: async () => "by Gradio" }, [
  "sample",
]);

test("codes become numbers again, and pictures are bytes", async () => {
  const answer = readBulk(await message(DRAWN, CODES, GREY));
  assert.deepEqual(answer.z, [
    [0.5, -1.25],
    [3, Math.fround(0.1)],
    [0, -0.5],
  ]);
  assert.deepEqual(answer.pixels, GREY);
  assert.deepEqual([answer.seed, "arrays" in answer], [7, false]);
});

test("only what is named goes as bytes", async () => {
  const sent = await message(DRAWN, CODES, GREY);
  reply = async () => new Response(sent);
  assert.equal((await server.sample({ n: 3 })).z.length, 3);
  assert.equal(asked[0].url, new URL("studio/bulk/sample", document.baseURI).toString());
  assert.deepEqual(asked[0].body, { data: { n: 3 } });
  assert.equal(await server.names({}), "by Gradio");
});

test("a refusal is a sentence, and no answer is none", async () => {
  reply = async () => Response.json({ error: "Too many." }, { status: 503 });
  assert.deepEqual(await server.sample({}), { error: "Too many." });
  reply = async () => new Response("<h1>Bad gateway</h1>", { status: 502 });
  assert.equal(await server.sample({}), null);
  reply = () => Promise.reject(new TypeError("no network"));
  assert.equal(await server.sample({}), null);
});
