import assert from "node:assert/strict";
import test from "node:test";

import { movedAlong, placeAlong } from "../../vae_core/app/web/panels/explore/steers.js";

const slant = {
  trait: "slant",
  direction: [1, 0, 0.5],
  reads: [0.8, 0, 0.4],
  kept: 0.9,
  moved: 2,
};
const width = { ...slant, trait: "width", direction: [0, 2, 0], reads: [0, 0.5, 0] };

test("steps along a direction are read along it, and along no other", () => {
  const from = [0.3, -1, 2];
  const to = movedAlong(from, slant, 1.5);
  assert.ok(Math.abs(placeAlong(to, slant) - placeAlong(from, slant) - 1.5) < 1e-12);
  assert.equal(placeAlong(to, width), placeAlong(from, width));
});
