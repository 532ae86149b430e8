import assert from "node:assert/strict";
import test from "node:test";
import { pack, packBits, unpack, unpackBits } from "../../vae_core/app/web/core/bytes.js";
import { contour } from "../../vae_core/app/web/draw/contours.js";
import { Chart } from "../../vae_core/app/web/panels/map/codes.js";
import {
  countByClass,
  csv,
  enclosed,
  isInside,
  simplified,
} from "../../vae_core/app/web/panels/map/lasso.js";
import { View } from "../../vae_core/app/web/panels/map/view.js";

/** @typedef {import("../../vae_core/app/web/panels/map/codes.js").Answer} Answer */

/** @param {number[]} values */
const places = (values) => pack(new Uint8Array(Int16Array.from(values).buffer));

/** @param {Partial<Answer>} [given] */
const chartOf = (given = {}) =>
  new Chart({
    progress: 1,
    places: places([0, 0, 10, 0, 0, 10, -20, -20]),
    scale: 0.1,
    labels: "0120",
    planes: ["pca"],
    plane: { origin: [1, 0, 2], across: [1, 0, 0], up: [0, 0.6, 0.8] },
    share: 0.5,
    mass: null,
    extent: [-2, 2, -2, 2],
    centre: [0, 0],
    ...given,
  });

/** @param {number[]} found @param {number[]} expected */
const close = (found, expected) => {
  assert.equal(found.length, expected.length);
  found.forEach((v, i) => {
    assert.ok(Math.abs(v - expected[i]) < 1e-4, `${found} is not ${expected}`);
  });
};

test("a place on the screen is the same place on the plane", () => {
  const view = new View();
  view.resize(400, 200);
  view.fit({ s0: -2, s1: 2, t0: 0, t1: 4 });
  assert.equal(view.scale, 50);
  close(view.screen(0, 2), [200, 100]);
  close(view.plane(200, 0), [0, 4]);
  view.zoomAt(3, 250, 40);
  close(view.plane(...view.screen(1.25, 0.5)), [1.25, 0.5]);
});

test("zooming keeps what is under the hand, panning moves it along", () => {
  const view = new View();
  view.resize(300, 300);
  view.fit({ s0: -1, s1: 1, t0: -1, t1: 1 });
  const before = view.plane(70, 200);
  view.zoomAt(1.7, 70, 200);
  close(view.plane(70, 200), before);
  view.pan(30, -20);
  close(view.plane(100, 180), before);
  view.zoomAt(1e9);
  assert.ok(view.zoom <= 80);
  view.pan(1e9, 0);
  assert.ok(Number.isFinite(view.s));
  view.fit();
  assert.ok(Math.abs(view.zoom - 1) < 1e-9);
});

test("a view keeps its middle and its zoom when the window changes", () => {
  const view = new View();
  view.resize(300, 300);
  view.fit({ s0: -1, s1: 1, t0: -1, t1: 1 });
  view.zoomAt(2);
  view.resize(600, 500);
  assert.ok(Math.abs(view.zoom - 2) < 1e-9);
  close(view.screen(0, 0), [300, 250]);
});

test("a chart reads places and gives the code of any other", () => {
  const chart = chartOf();
  close(chart.spot(1), [1, 0]);
  close(chart.spot(3), [-2, -2]);
  close(chart.code([2, 1]) ?? [], [3, 0.6, 2.8]);
  close(chart.spotOf([3, 0.6, 2.8]), [2, 1]);
  assert.equal(chart.nearest([0.9, 0.2]), 1);
  assert.equal(chart.nearest([0.9, 0.2], 0.1), null);
  assert.equal(chartOf({ plane: null }).code([0, 0]), null);
});

test("no place is decoded that a slider cannot reach", () => {
  const chart = chartOf();
  close(chart.within([2, 1], 10), [2, 1]);
  const [s, t] = chart.within([30, 40], 10);
  const code = chart.code([s, t]) ?? [];
  assert.ok(Math.max(...code.map(Math.abs)) <= 10);
  assert.ok(Math.max(...code.map(Math.abs)) > 9.9);
  close([s / t], [30 / 40]);
});

test("a lasso holds what lies inside it", () => {
  /** @type {[number, number][]} */
  const line = [
    [-0.5, -0.5],
    [2, -0.5],
    [2, 0.5],
    [-0.5, 0.5],
  ];
  assert.ok(isInside([0, 0], line));
  assert.ok(!isInside([0, 1], line));
  const chosen = enclosed(chartOf(), line);
  assert.deepEqual([...chosen], [1, 1, 0, 0]);
  assert.deepEqual(countByClass(chosen, chartOf().labels).slice(0, 3), [1, 1, 0]);
  assert.match(csv(chartOf(), chosen), /^test_index,label,s,t\n0,0,0,0\n1,1,1,0\n$/);
});

test("a lasso that turns in on itself holds the rest", () => {
  /** @type {[number, number][]} */
  const ring = [
    [0, 0],
    [4, 0],
    [4, 4],
    [0, 4],
    [0, 0],
    [1, 1],
    [3, 1],
    [3, 3],
    [1, 3],
    [1, 1],
  ];
  assert.ok(isInside([0.5, 2], ring));
  assert.ok(!isInside([2, 2], ring));
});

test("marks travel as bits, the first the highest", () => {
  const chosen = new Uint8Array(16);
  chosen[0] = chosen[9] = 1;
  assert.deepEqual([...unpack(packBits(chosen))], [128, 64]);
  assert.deepEqual(unpackBits(packBits(chosen), chosen.length), chosen);
  for (const text of [null, "", "AAAAAAAA", "<b>="]) assert.equal(unpackBits(text, 10), null);
});

test("a contour lies where the values have the level", () => {
  const side = 41;
  const radius = (/** @type {number} */ x, /** @type {number} */ y) => Math.hypot(x - 20, y - 20);
  const grid = Array.from({ length: side * side }, (_, i) =>
    radius(i % side, Math.floor(i / side)),
  );
  const found = contour(grid, side, 12.3);
  assert.ok(found.length > 60);
  for (const [x1, y1, x2, y2] of found) {
    assert.ok(Math.abs(radius(x1, y1) - 12.3) < 0.1);
    assert.ok(Math.abs(radius(x2, y2) - 12.3) < 0.1);
    assert.ok(Math.hypot(x1 - x2, y1 - y2) <= Math.SQRT2);
  }
});

test("lines of a contour meet at the edges of its cells", () => {
  const grid = Array.from({ length: 400 }, (_, i) => Math.sin(i * 1.7) * Math.cos(i * 0.3));
  const ends = new Map();
  for (const [x1, y1, x2, y2] of contour(grid, 20, 0.1)) {
    for (const [x, y] of [
      [x1, y1],
      [x2, y2],
    ]) {
      const key = `${x.toFixed(4)} ${y.toFixed(4)}`;
      ends.set(key, (ends.get(key) ?? 0) + 1);
      if (x === 0 || y === 0 || x === 19 || y === 19) ends.set(key, 2); // it leaves the grid
    }
  }
  assert.ok([...ends.values()].every((count) => count === 2));
});

test("a lasso of any length is one that a link can hold, and chooses nearly the same", () => {
  /** @type {[number, number][]} */
  const line = Array.from({ length: 2000 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 2000;
    const radius = 2 + 0.3 * Math.sin(20 * angle) + 0.02 * Math.sin(900 * angle);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  const few = simplified(line, 0.001);
  assert.ok(few.length <= 120 && few.length > 40);
  let [same, all] = [0, 0];
  for (let s = -3; s <= 3; s += 0.1) {
    for (let t = -3; t <= 3; t += 0.1) {
      all++;
      same += Number(isInside([s, t], line) === isInside([s, t], few));
    }
  }
  assert.ok(same / all > 0.985, `${same} of ${all}`);
});

test("a lasso loses no corner", () => {
  /** @type {[number, number][]} */
  const square = [
    [0, 0],
    [0.5, 0],
    [1, 0],
    [1, 0.5],
    [1, 1],
    [0.5, 1],
    [0, 1],
  ];
  assert.deepEqual(simplified(square, 0.01), [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ]);
});
