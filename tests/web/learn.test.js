import assert from "node:assert/strict";
import test from "node:test";
import * as acts from "../../vae_core/app/web/panels/learn/acts.js";
import { LESSONS, placeWords, readPlace } from "../../vae_core/app/web/panels/learn/lessons.js";
import { readList, within } from "../../vae_core/app/web/panels/learn/own_list.js";

/** @import { Look } from "../../vae_core/app/web/panels/learn/types.js" */

/**
 * @param {Partial<Look>} facts
 * @returns {Look}
 */
const look = (facts = {}) => ({
  model: "one",
  seed: 0,
  code: [0, 0],
  reading: "3",
  pointed: "z",
  points: 1,
  mapped: 0,
  pulled: false,
  eps: 0,
  picture: "AAA",
  scrubber: 0.5,
  path: "linear",
  damage: "0.5",
  unfolded: false,
  ...facts,
});

test("there are ten lessons, each with a place to begin and an act at every step", () => {
  assert.equal(LESSONS.length, 10);
  assert.equal(new Set(LESSONS.map(({ key }) => key)).size, 10);
  for (const { key, steps } of LESSONS) {
    assert.ok(steps[0].at, key);
    assert.ok(steps.length >= 3, key);
    for (const { words, act } of steps) {
      assert.match(words(), /^[A-Z].*[.:]$/s, key);
      assert.match(act.ask, /^[A-Z].*\.$/, key);
      assert.equal(act.done(look(), look()), false, `${key}: done before it was begun`);
    }
  }
});

test("a place in a lesson is read as it is written", () => {
  for (const lesson of LESSONS) {
    assert.deepEqual(readPlace(placeWords(lesson, 1)), { lesson, step: 1 });
  }
  for (const words of [null, "", "none", "beta.9", "beta.x", "beta.0"]) {
    assert.equal(readPlace(words), null);
  }
});

test("an act is seen when it is done, and nothing else is taken for it", () => {
  const move = acts.makeIt("", 8);
  assert.equal(move.done(look({ code: [1, 0] }), look()), false); // still a 3
  assert.equal(move.done(look({ reading: "8" }), look()), false); // was so already
  assert.equal(move.done(look({ code: [1, 0], reading: "8" }), look()), true);
  const one = acts.moveOneOf("", (dim) => dim === 1);
  assert.equal(one.done(look({ code: [1, 0] }), look()), false);
  assert.equal(one.done(look({ code: [0, 1] }), look()), true);
  const point = acts.pointAt("", "z"); // the same part again counts
  assert.equal(point.done(look(), look()), false);
  assert.equal(point.done(look({ points: 2 }), look()), true);
  assert.equal(acts.redraw("", 3).done(look({ eps: 2 }), look()), false);
  assert.equal(acts.redraw("", 3).done(look({ eps: 3 }), look()), true);
  assert.equal(acts.takeAnother("").done(look({ picture: "" }), look()), false);
});

test("a list of links holds links into this app alone, however it came", () => {
  const here = "https://studio.test/app/?panel=learn";
  assert.equal(within("?panel=explore&z=1,2#x", here), "?panel=explore&z=1,2#x");
  assert.equal(within("https://studio.test/app/?panel=map", here), "?panel=map");
  for (const link of [
    "javascript:alert(1)",
    "https://elsewhere.test/app/?panel=map",
    "https://studio.test/other/?panel=map",
    "data:text/html,x",
    "",
    `?${"x".repeat(7000)}`,
  ]) {
    assert.equal(within(link, here), null, link.slice(0, 40));
  }
  const given = JSON.stringify([
    { words: "<b>one</b>", to: "?panel=map" },
    { to: "javascript:x" },
    null,
    7,
  ]);
  assert.deepEqual(readList(given, here), [{ words: "<b>one</b>", to: "?panel=map" }]);
  assert.deepEqual(readList("no list", here), []);
  assert.deepEqual(readList('{"a": 1}', here), []);
});
