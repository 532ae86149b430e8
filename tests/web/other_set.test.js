// The page beside a model of another set than MNIST.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf } from "../../vae_core/app/web/core/other_set.js";
import { shortReading } from "../../vae_core/app/web/core/readings.js";
import { inPictures } from "../../vae_core/app/web/parts/set_words.js";

test("what is said of digits is said of pictures", () => {
  assert.equal(inPictures("Draw a digit, or two digits."), "Draw a picture, or two pictures.");
  assert.equal(inPictures("Digits held out"), "Pictures held out");
  assert.equal(inPictures("a handwritten digit"), "a picture");
  assert.equal(
    inPictures("the digitizer's digital prodigits"),
    "the digitizer's digital prodigits",
  );
});

test("a model of another set opens by itself: no code and no picture goes with it", () => {
  const now = "http://studio.test/below/?panel=map&model=one&z=1~2&x=e3#p=abc";
  assert.equal(addressOf(now, "shoes", "map"), "http://studio.test/below/?panel=map&model=shoes");
});

test("the corner of a picture holds a digit, or a question", () => {
  assert.equal(shortReading({ digit: 4, sure: 1 }), "4");
  assert.equal(shortReading({ digit: null, sure: 1 }), "?");
});
