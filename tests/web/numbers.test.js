import assert from "node:assert/strict";
import test from "node:test";
import "./page.js";
import { models } from "../../vae_core/app/web/core/boot.js";
import * as numbers from "../../vae_core/app/web/core/numbers.js";
import { elboWords, figureOf, modelsByQuantity } from "../../vae_core/app/web/core/quantities.js";
import {
  readingMark,
  readingSentence,
  readingWords,
} from "../../vae_core/app/web/core/readings.js";

const { fixed, number, percent, rank, signed, whole } = numbers;

test("numbers are written one way", () => {
  const written = {
    "−559.0": fixed(-559.04),
    "0.0": fixed(-0.04),
    "12,345.68": fixed(12345.678, 2),
    "–": fixed(Number.NaN),
    2: whole(2),
    "1,000": whole(1000),
    "−1,234,567": whole(-1234567),
    "−0.012": number(-0.01234, 2),
    "1,235": number(1234.5, 3),
    "<0.0001": number(0.00002, 2),
    "+0.50": signed(0.5),
    "+0.00": signed(-0.001),
    "over 99": percent(0.9999),
    "under 0.1": percent(0.0001, 1),
    100: percent(1),
    50: percent(0.5),
  };
  for (const [words, made] of Object.entries(written)) assert.equal(made, words);
  assert.deepEqual([number(0), number(null), number(undefined)], ["0.0", "–", "–"]);
});

test("a rank never claims all of the test digits", () => {
  assert.equal(rank(0.99996), "more than 99.9 %");
  assert.equal(rank(1), "more than all");
  assert.equal(rank(0.02), "less than 98 %");
  assert.equal(rank(0), "less than all");
});

test("a bound is told in the unit that it has", () => {
  assert.deepEqual(models.map(elboWords), [
    "−ELBO 100.0 nats",
    "−ELBO 1.000 bits a pixel",
    "−ELBO 90.0 nats, its label given",
    "−ELBO −500.0 of a density",
  ]);
});

test("figures of two kinds never share a list", () => {
  const kinds = modelsByQuantity().map(({ key, models: some }) => [key, some.length]);
  assert.deepEqual(kinds, [
    ["binary", 2],
    ["levels", 1],
    ["density", 1],
  ]);
  assert.deepEqual(
    [figureOf("one", "rate"), figureOf("two", "rate"), figureOf("x", "rate")],
    [20, null, null],
  );
});

test("a reading is never said to be sure without a doubt", () => {
  const [sure, none] = [
    { digit: 3, sure: 0.9991 },
    { digit: null, sure: 0.62 },
  ];
  assert.equal(readingSentence(sure), "Reads as 3 (over 99 %).");
  assert.equal(readingWords(none), "reads as no digit, 62 %");
  assert.equal(readingMark(sure), "3 · 99 %");
  assert.equal(readingMark(none), "no digit");
});
