import assert from "node:assert/strict";
import test from "node:test";
import "./page.js";
import {
  AREA,
  countOf,
  crossFade,
  digitAt,
  pack,
  squaredError,
  unpack,
} from "../../vae_core/app/web/core/bytes.js";
import {
  classes,
  labelOf,
  placeOf,
  readPlace,
  writePlace,
} from "../../vae_core/app/web/core/examples.js";
import { Mask } from "../../vae_core/app/web/parts/eraser.js";

const black = new Uint8Array(AREA);
const white = new Uint8Array(AREA).fill(255);

test("bytes survive their text", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  assert.deepEqual(unpack(pack(bytes)), bytes);
  assert.equal(unpack(bytes), bytes);
});

test("many digits are one after the other", () => {
  const two = new Uint8Array(2 * AREA);
  two.set(white, AREA);
  assert.equal(countOf(two), 2);
  assert.deepEqual([...digitAt(two, 1)], [...white]);
});

test("errors are of grey levels from 0 to 1", () => {
  assert.equal(squaredError(black, white), 1);
  assert.equal(squaredError(pack(white), white), 0);
  assert.deepEqual([...crossFade(black, white, 0.5)], Array(AREA).fill(128));
});

test("an example is found by its class and by its place in an address", () => {
  assert.deepEqual(classes, [0, 1]);
  assert.deepEqual([placeOf(1, 0), placeOf(1, 1), placeOf(1, 2)], [1, 3, 1]);
  assert.deepEqual([labelOf(3), labelOf(undefined)], [1, undefined]);
  assert.deepEqual([writePlace(3), writePlace(undefined)], ["e3", null]);
  assert.deepEqual(
    [readPlace("e3"), readPlace("e4"), readPlace("x"), readPlace(null)],
    [3, undefined, undefined, undefined],
  );
});

test("a rubber leaves no holes, however far apart the events are", () => {
  const mask = new Mask();
  assert.equal(mask.isEmpty, true);
  assert.equal(mask.rub([2, 14], [26, 14]), true);
  const row = mask.bytes.subarray(14 * 28, 15 * 28);
  assert.ok(row.subarray(1, 27).every(Boolean));
  assert.equal(mask.rub([2, 14], [26, 14]), false, "nothing new");
  mask.rub([-50, -50], [80, 80]); // off the digit is no pixel
  mask.clear();
  assert.equal(mask.isEmpty, true);
});
