// Calls every endpoint of a running app with the official client, as its documentation says; prints
// the answers as one line of JSON. tests/server/test_clients.py runs it:
//
//     node every_endpoint.js http://127.0.0.1:7860 photo.png

import { readFile } from "node:fs/promises";
import { Client } from "@gradio/client";

const [, , address, file] = process.argv;
const client = await Client.connect(address);
const image = new Blob([new Uint8Array(await readFile(file))], { type: "image/png" });

/**
 * @param {string} endpoint
 * @param {Record<string, unknown>} [named]
 */
async function answer(endpoint, named = {}) {
  const { data } = await client.predict(endpoint, named);
  return /** @type {unknown[]} */ (data)[0];
}

const checkpoint = "tiny";
const answers = {
  checkpoints: await answer("/checkpoints"),
  encode: await answer("/encode", { checkpoint, image }),
  decode: await answer("/decode", { checkpoint, z: [0, 1.5, -2] }),
  sample: await answer("/sample", { checkpoint, n: 3, seed: 5 }),
  interpolate: await answer("/interpolate", {
    checkpoint,
    image_a: image,
    image_b: image,
    steps: 4,
  }),
  reconstruct: await answer("/reconstruct", { checkpoint, image }),
};
console.log(JSON.stringify(answers));
process.exit(0); // the client keeps its connection open
