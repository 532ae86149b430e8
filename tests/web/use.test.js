import assert from "node:assert/strict";
import test from "node:test";
import { spotsIn } from "../../vae_core/app/web/panels/use/scatter.js";

/** @param {number[]} values */
const packed = (values) => Buffer.from(Int16Array.from(values).buffer).toString("base64");

test("dots fill the square with a little room, upwards is up", () => {
  const { spots, cross } = spotsIn(packed([32000, 32000, 0, 0]), 106, null);
  assert.deepEqual(
    spots.map((spot) => spot.map(Math.round)),
    [
      [103, 3],
      [53, 53],
    ],
  );
  assert.equal(cross, null);
});

test("a picture beyond the digits makes the square wider, up to an edge", () => {
  const near = spotsIn(packed([32000, 0]), 100, [1.2, 0]);
  assert.ok(near.cross && near.cross[0] < 100 && near.spots[0][0] < near.cross[0]);
  const far = spotsIn(packed([32000, 0]), 100, [40, 0]);
  assert.ok(far.cross && far.cross[0] < 100);
  assert.ok(far.spots[0][0] > 75);
});
