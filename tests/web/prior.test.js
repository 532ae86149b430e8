import assert from "node:assert/strict";
import test from "node:test";
import { chiSquareBelow, phi, quantileOf, shellOf } from "../../vae_core/app/web/core/prior.js";

/**
 * @param {number} value
 * @param {number} wanted
 * @param {number} error
 */
const near = (value, wanted, error) =>
  assert.ok(Math.abs(value - wanted) <= error, `${value} is not ${wanted}`);

test("the normal distribution, against its table", () => {
  const table = {
    0: 0.5,
    0.5: 0.6914624612740131,
    1: 0.8413447460685429,
    1.96: 0.9750021048517795,
    3: 0.9986501019683699,
  };
  for (const [x, below] of Object.entries(table)) {
    near(phi(Number(x)), below, 2e-7);
    near(phi(-Number(x)), 1 - below, 2e-7);
  }
});

test("its quantiles undo it", () => {
  for (const p of [0.001, 0.025, 0.3, 0.5, 0.8413, 0.999]) near(phi(quantileOf(p)), p, 1e-9);
  near(quantileOf(0.975), 1.959964, 1e-4);
});

// For an even d the distribution is that of a Poisson process: 1 - exp(-x/2) sum (x/2)^k / k!
test("the length of a draw, in closed form", () => {
  for (const d of [2, 20, 32, 128]) {
    for (let x = 0.05 * d; x < 2.5 * d; x += 0.1 * d) {
      let [term, sum] = [1, 1];
      for (let k = 1; k < d / 2; k++) {
        term *= x / 2 / k;
        sum += term;
      }
      near(chiSquareBelow(x, d), 1 - Math.exp(-x / 2) * sum, 1e-7);
    }
  }
  for (const x of [0.01, 0.5, 1, 4, 9]) near(chiSquareBelow(x, 1), 2 * phi(Math.sqrt(x)) - 1, 1e-6);
  assert.deepEqual(
    [chiSquareBelow(0, 4), chiSquareBelow(1e9, 4), chiSquareBelow(1, 4096)],
    [0, 1, 0],
  );
});

test("the shell holds 95 of 100 draws", () => {
  for (const d of [1, 20, 784]) {
    const { low, high, edge } = shellOf(d);
    for (const [radius, below] of [
      [low, 0.025],
      [high, 0.975],
      [edge, 0.999],
    ]) {
      near(chiSquareBelow(radius ** 2, d), below, 1e-6);
    }
  }
});
