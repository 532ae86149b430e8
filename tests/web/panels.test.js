import assert from "node:assert/strict";
import test from "node:test";
import { onParcel, send } from "../../vae_core/app/web/core/handover.js";
import { oneAtATime } from "../../vae_core/app/web/core/one_at_a_time.js";
import { set, state } from "../../vae_core/app/web/core/state.js";
import { ticks } from "../../vae_core/app/web/draw/plane.js";
import { placeForName } from "../../vae_core/app/web/draw/plane_names.js";
import { moveTo } from "../../vae_core/app/web/panels/explore/code.js";
import { valuesAt } from "../../vae_core/app/web/panels/explore/pad.js";
import { SCALES } from "../../vae_core/app/web/panels/explore/scale.js";
import { Strips } from "../../vae_core/app/web/panels/explore/strips.js";
import { python } from "../../vae_core/app/web/panels/interpolate/python.js";
import { Question } from "../../vae_core/app/web/panels/reconstruct/question.js";
import { count } from "../../vae_core/app/web/panels/sample/census.js";
import { layout } from "../../vae_core/app/web/panels/sample/grid.js";
import { card, open, settled } from "./page.js";

/** @template T @typedef {import("./page.js").Open<T>} Open */

test("a slider in quantiles and one in sigmas set the same value", () => {
  for (const value of [-3, -0.5, 0, 2]) {
    for (const { toInput, fromInput } of Object.values(SCALES)) {
      assert.ok(Math.abs(fromInput(toInput(value)) - value) < 1e-3);
    }
  }
  assert.equal(SCALES.quantile.readout(0), "50.0 %");
  assert.equal(SCALES.sigma.readout(-1), "−1.00");
});

test("frozen sliders stay, and none goes beyond what the model takes", () => {
  const [vae, ae] = [card({ name: "vae" }), card({ name: "ae", variational: false })];
  assert.deepEqual(moveTo(vae, [1, 2], [50, 60], new Set([1])), [10, 2]);
  assert.deepEqual(moveTo(ae, [1, 2], [50, 6000], new Set()), [50, 1000]);
});

test("a pad spans the sliders' range, across and upwards, and a hand beyond it stays at its edge", () => {
  const box = { left: 10, top: 20, width: 200, height: 100 };
  assert.deepEqual(valuesAt(box, { clientX: 110, clientY: 70 }), [0, 0]);
  assert.deepEqual(valuesAt(box, { clientX: 210, clientY: 20 }), [4, 4]);
  assert.deepEqual(valuesAt(box, { clientX: 0, clientY: 500 }), [-4, -4]);
});

test("a reading never stands beside a digit that it does not belong to", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {Open<object>[]} */
  const asked = [];
  /** @type {(number | null | undefined)[]} */
  const read = [];
  const films = () => {
    /** @type {Open<object>} */
    const answer = open();
    asked.push(answer);
    return answer.promise;
  };
  const strips = new Strips({
    server: { films },
    film: { steps: 7, width: 20, skip: 4 },
    place: () => ({}),
    isVisible: () => true,
    onreading: (reading) => read.push(reading?.digit),
    onfilms: () => assert.fail("a slow model has no strips"),
    onerror: assert.fail,
  });
  /** @param {number} digit */
  const answerOf = (digit) => ({ dims: [], pixels: "", readings: [{ digit, sure: 1 }] });
  strips.askSoon();
  t.mock.timers.tick(220);
  strips.askSoon(); // the sliders moved on before the answer
  asked[0].resolve(answerOf(1));
  await settled();
  assert.deepEqual(read, []);
  t.mock.timers.tick(220);
  asked[1].resolve(answerOf(2));
  await settled();
  assert.deepEqual([read, asked.length], [[2], 2]);
});

test("strips are asked for once the hand rests", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let asked = 0;
  const films = async () => {
    asked++;
    return { dims: [], readings: null };
  };
  const strips = new Strips({
    server: { films },
    film: { steps: 7, width: 20, skip: 4 },
    place: () => ({}),
    isVisible: () => true,
    onreading: () => {},
    onfilms: () => {},
    onerror: assert.fail,
  });
  for (let i = 0; i < 20; i++) {
    strips.askSoon();
    t.mock.timers.tick(100);
  }
  assert.equal(asked, 0);
  t.mock.timers.tick(120);
  assert.equal(asked, 1);
});

test("a parcel waits for its panel, and a code of another model comes as its picture", async () => {
  /** @type {unknown[]} */
  const received = [];
  set({ model: "one" });
  send("compare", { z: [1, 2], pixels: "AAA" });
  assert.equal(state.panel, "compare");
  set({ model: "two" });
  onParcel("compare", ({ z, picture }) => received.push([z, picture]));
  await settled();
  send("compare", { z: [3, 4] });
  send("map", { z: [5, 6] }); // no panel of this lesson
  assert.deepEqual(received, [
    [undefined, { pixels: "AAA" }],
    [[3, 4], undefined],
  ]);
  assert.equal(state.panel, "compare");
});

const found = { verdict: "fine", stages: [], threshold: 0.4, boxes: [], chosen: 0 };
const answer = /** @type {any} */ ({ ...found, input: "digit", reconstruction: "again" });

test("a picture is digitized once, then travels as what it became", () => {
  const question = new Question();
  question.take({ picture: "data:photo", source: "upload" });
  const first = question.request("one", null);
  assert.equal(first.picture, "data:photo");
  assert.equal(question.complete(answer).isNew, true);
  const second = question.request("two", { kind: "noise", amount: 0.4, seed: 0 });
  assert.deepEqual(second.picture, { digit: "digit" });
  assert.deepEqual(second.options.damage, { kind: "noise", amount: 0.4, seed: 0 });
  const again = question.complete({ ...answer, verdict: "an MNIST digit already", input: "noisy" });
  assert.deepEqual([again.isNew, again.answer.verdict, question.digit], [false, "fine", "digit"]);
});

test("a knob digitizes the picture again, and another picture forgets the knobs", () => {
  const question = new Question();
  question.take({ picture: "data:photo", source: "drawing" });
  question.complete(answer);
  question.adjust("threshold", 0.3);
  const { picture, options } = question.request("one", null);
  assert.equal(picture, "data:photo");
  assert.deepEqual(
    { ...options },
    { odd: "show", polarity: "light", threshold: 0.3, code: "mean", seed: 1, draws: 8 },
  );
  question.adjust("threshold", "auto");
  assert.deepEqual(question.options, {});
  question.adjust("stroke", 1.5);
  question.take({ picture: "data:other", source: "upload" });
  assert.deepEqual(question.options, {});
});

test("a threshold that leaves fewer digits takes the choice back", () => {
  const question = new Question();
  question.digitizeWith({ choose: 3 });
  assert.equal(question.unchoose(), false, "the choice alone is what was asked");
  question.adjust("threshold", 0.9);
  assert.deepEqual([question.unchoose(), question.options], [true, { threshold: 0.9 }]);
});

test("cells are as large as the room allows, and a full last row is worth a little", () => {
  assert.deepEqual(layout(1, 1000, 800), { columns: 1, size: 224 });
  const { columns, size } = layout(60, 1200, 500);
  assert.deepEqual([columns, size], [12, 100]);
  assert.deepEqual(layout(60, 360, 300), { columns: 6, size: 60 });
});

test("draws are counted by what they read as", () => {
  const { counts, sure } = count([
    { digit: 3, sure: 0.95 },
    { digit: 3, sure: 0.5 },
    { digit: null, sure: 0.99 },
  ]);
  assert.deepEqual([counts[3], counts[10], sure], [2, 1, 1]);
});

test("an axis has round numbers within its limits", () => {
  assert.deepEqual(ticks(-3, 21, 5), [0, 5, 10, 15, 20]);
  assert.deepEqual(ticks(0.02, 0.1, 4), [0.02, 0.04, 0.06, 0.08, 0.1]);
});

test("a name covers neither another name nor the edge", () => {
  const frame = { left: 0, right: 100, top: 0, bottom: 100 };
  /** @type {import("../../vae_core/app/web/draw/plane_names.js").Box[]} */
  const taken = [];
  const point = { x: 50, y: 50, size: 10 };
  assert.equal(placeForName("name", point, frame, taken)?.anchor, "start");
  assert.equal(placeForName("name", point, frame, taken)?.anchor, "end");
  assert.equal(placeForName("name".repeat(50), point, frame, taken), null);
});

test("the lines of Interpolate name the labels of both ends where there are some", () => {
  const [a, b] = [
    [1, 0.123456],
    [-1, 0],
  ].map((z) => ({ z, label: null, bytes: new Uint8Array() }));
  const way = { path: "linear", steps: 5, labels: null };
  const lines = python(card({ name: "o'ne" }), { a, b }, way);
  assert.ok(lines.includes('vae_core.load("o\'ne")'));
  assert.ok(lines.includes("torch.tensor([1, 0.1235])"));
  assert.ok(!lines.includes("shares"));
  const labelled = python(card({ name: "two" }), { a, b }, { ...way, labels: [3, null] });
  assert.ok(labelled.includes("shares(3, None,"));
});

test("while a knob turns one question travels, and the last position is asked for", async () => {
  /** @type {Open<void>[]} */
  const asked = [];
  const ask = oneAtATime(() => {
    /** @type {Open<void>} */
    const answer = open();
    asked.push(answer);
    return answer.promise;
  });
  const ran = ask();
  for (let i = 0; i < 8; i++) ask();
  assert.equal(asked.length, 1);
  asked[0].resolve();
  await settled();
  assert.equal(asked.length, 2);
  asked[1].reject(new Error("lost"));
  await assert.rejects(ran, /lost/);
  ask();
  assert.equal(asked.length, 3, "a question that failed ends nothing");
});
