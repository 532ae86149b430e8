import assert from "node:assert/strict";
import test from "node:test";
import { figure, inNumbers, inSymbols } from "../../vae_core/app/web/panels/inside/formulas.js";
import { pixelName } from "../../vae_core/app/web/panels/inside/places.js";

test("a formula is read in symbols, and in this picture's numbers", () => {
  const bernoulli = "log(1 + exp(l)) - x * l";
  assert.equal(inSymbols(bernoulli), "log(1 + exp(l)) − x · l");
  assert.equal(inNumbers(bernoulli, { l: -2.5, x: 1 }), "log(1 + exp(−2.50)) − 1.00 · (−2.50)");
  assert.equal(inNumbers("abs(x - m) / b", { x: 0, m: 0.5, b: 0.1 }), "|0 − 0.500| ∕ 0.100");
  assert.equal(inNumbers("sigma((b - m) / s)", { b: 1e6, m: -1, s: 2 }), "σ((∞ − (−1.00)) ∕ 2.00)");
  assert.equal(inNumbers("log(2 * pi)", { p: 3, i: 4 }), "log(2 · π)");
});

test("a symbol without a number stays a symbol", () => {
  assert.equal(inNumbers("x * l", { x: 0 }), "0 · l");
});

test("what stands for infinity is written so, and no small number as zero", () => {
  assert.deepEqual(
    [figure(-1e6), figure(1e6), figure(0), figure(1e-7)],
    ["−∞", "∞", "0", "<0.0001"],
  );
});

test("pixels are counted as people do", () => {
  assert.equal(pixelName(0), "row 1, column 1");
  assert.equal(pixelName(783), "row 28, column 28");
});
