import assert from "node:assert/strict";
import test from "node:test";
import { amended, placesOf } from "../../vae_core/app/web/core/address.js";
import { difference, joined, Steps } from "../../vae_core/app/web/core/undo.js";
import { stepWords } from "../../vae_core/app/web/core/undo_words.js";

/** A page of two panels whose fields a test sets as it likes. */
function page() {
  /** @type {{ panel: string, fields: Record<string, string | null> }} */
  const here = { panel: "sample", fields: {} };
  const snapshot = () =>
    new Map(
      Object.entries(here.fields).flatMap(([place, text]) =>
        text === null ? [] : [/** @type {const} */ ([place, text])],
      ),
    );
  const restore = (/** @type {Record<string, string | null>} */ changes) => {
    Object.assign(here.fields, changes);
  };
  const steps = new Steps({ snapshot, restore, panel: () => here.panel });
  /** @param {Record<string, string | null>} fields */
  const act = (fields) => {
    steps.begin();
    Object.assign(here.fields, fields);
  };
  return { here, steps, act, fields: here.fields };
}

test("undo goes back an act at a time, and redo forward again", () => {
  const { steps, act, fields } = page();
  act({ seed: "1" });
  act({ seed: "2", n: "4" });
  assert.deepEqual(steps.go("undo"), { seed: ["1", "2"], n: [null, "4"] });
  assert.deepEqual([fields.seed, fields.n], ["1", null]);
  steps.go("undo");
  assert.deepEqual([fields.seed, steps.go("undo")], [null, null]);
  steps.go("redo");
  steps.go("redo");
  assert.deepEqual([fields.seed, fields.n, steps.go("redo")], ["2", "4", null]);
});

test("a new act forgets what was undone", () => {
  const { steps, act } = page();
  act({ seed: "1" });
  steps.go("undo");
  act({ seed: "2" });
  steps.settle();
  assert.equal(steps.next("redo"), null);
});

test("answers that come late belong to the act before them", () => {
  const { steps, act, fields } = page();
  act({ model: "two" });
  steps.settle();
  fields.plane = "pca";
  steps.settle();
  assert.deepEqual(steps.go("undo"), { model: [null, "two"], plane: [null, "pca"] });
});

test("what changes by itself is no step: on arrival, and after an undo", () => {
  const { steps, act, fields } = page();
  fields.x = "e1";
  steps.settle();
  assert.equal(steps.next("undo"), null);
  act({ seed: "1" });
  steps.go("undo");
  fields.x = "e2";
  steps.settle();
  assert.equal(steps.next("undo"), null);
  assert.ok(steps.next("redo"), "and it forgets nothing");
});

test("a run of keys is one step, another target or a pause begins the next", () => {
  const { steps, fields } = page();
  /** @param {string} value @param {string} target @param {number} at */
  const press = (value, target, at) => {
    steps.begin(target, { at, isRun: true });
    fields.t = value;
  };
  press("1", "a", 0);
  press("2", "a", 400);
  press("3", "a", 800);
  press("4", "a", 1400);
  press("5", "b", 1500);
  /** @type {(string | null)[]} */
  const places = [];
  while (steps.go("undo")) places.push(fields.t);
  assert.deepEqual(places, ["4", "3", null]);
});

test("an act that ends where it began is no step", () => {
  const { steps, act, fields } = page();
  act({ seed: "1" });
  steps.settle();
  fields.seed = null;
  steps.settle();
  assert.equal(steps.next("undo"), null);
});

test("each panel has steps of its own, and one that changes nothing is passed over", () => {
  const { here, steps, act, fields } = page();
  act({ model: "two" });
  act({ seed: "1" });
  steps.settle();
  here.panel = "explore";
  act({ z: "1,2" });
  act({ seed: null });
  steps.go("undo");
  assert.deepEqual([fields.seed, fields.z], ["1", "1,2"]);
  steps.go("undo");
  assert.equal(steps.go("undo"), null, "what another panel did is not undone here");
  here.panel = "sample";
  fields.seed = null;
  assert.deepEqual(steps.go("undo"), { model: [null, "two"] });
});

test("Back is a step of the panel that it leads to", () => {
  const { here, steps, fields } = page();
  steps.settle();
  here.panel = "explore";
  fields.z = "1,2";
  steps.take();
  assert.deepEqual(steps.next("undo"), { z: [null, "1,2"] });
});

test("a hundred steps are kept", () => {
  const { steps, act } = page();
  for (let i = 1; i <= 500; i++) act({ seed: String(i) });
  let count = 0;
  while (steps.go("undo")) count++;
  assert.equal(count, 100);
});

test("where one is and how one looks at it is nobody's step", () => {
  const before = new Map([["panel", "map"]]);
  const after = new Map([
    ["panel", "learn"],
    ["lesson", "beta.2"],
    ["present", "1"],
  ]);
  assert.equal(difference(before, after), null);
});

test("steps join from the first place to the last", () => {
  assert.deepEqual(joined({ x: ["a", "b"] }, { x: ["b", "c"], y: [null, "1"] }), {
    x: ["a", "c"],
    y: [null, "1"],
  });
  assert.equal(joined({ x: [null, "b"] }, { x: ["b", null] }), null);
});

test("a step is named for the most telling of its fields", () => {
  assert.equal(stepWords({ z: ["1", null], model: ["one", "two"] }), "model");
  assert.equal(stepWords({ "#x": [null, "p"], damage: ["noise:1", null] }), "picture");
  assert.equal(stepWords({ unheard: [null, "1"] }), "last change");
});

test("a field goes back to where it stood: in the query, or after the #", () => {
  const href = "http://studio.test/?panel=map&x=e3&at=1,2#mine=pAB";
  assert.deepEqual(placesOf(href).get("#mine"), "pAB");
  const changed = amended(href, { x: null, "#x": "pQ", "#mine": null, at: "0,-1" });
  assert.equal(changed, "http://studio.test/?panel=map&at=0,-1#x=pQ");
  assert.equal(
    amended(changed, { x: "e3", "#x": null, "#mine": "pAB", at: "1,2" }).includes("#mine=pAB"),
    true,
  );
});
