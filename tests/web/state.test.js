import assert from "node:assert/strict";
import test from "node:test";
import { on } from "../../vae_core/app/web/core/events.js";
import {
  givenLabel,
  keep,
  keepPicture,
  mirror,
  model,
  notices,
  onTravel,
  openedWith,
  set,
  state,
  travel,
} from "../../vae_core/app/web/core/state.js";
import { visited } from "./page.js";

test("a link to a model that is not here says so and opens the chosen one", () => {
  assert.equal(state.model, "one");
  assert.equal(notices.length, 1);
  assert.match(notices[0], /no model called “three”/);
  assert.deepEqual([openedWith("x"), openedWith("y"), state.seed], ["e3", null, 7]);
});

test("another model forgets the code, unless it brings one", () => {
  set({ u: [1, 2] });
  set({ model: "two" });
  assert.deepEqual([state.u, model()?.name], [null, "two"]);
  set({ model: "one", u: [3, 4] });
  assert.deepEqual(state.u, [3, 4]);
});

test("whoever listens hears of the model and the panel once, and of every change", () => {
  /** @type {unknown[]} */
  const heard = [];
  const forget = ["model", "panel", "change"].map((kind) =>
    on(kind, (value) => heard.push([kind, value])),
  );
  set({ model: "two" });
  set({ model: "two" });
  for (const each of forget) each();
  set({ model: "one" });
  assert.deepEqual(heard, [
    ["model", "two"],
    ["change", { model: "two" }],
    ["change", { model: "two" }],
  ]);
});

test("one listener's mistake does not silence the others", (t) => {
  t.mock.method(console, "error", () => {});
  let heard = 0;
  const forget = [
    on("panel", () => {
      throw new Error("mistake");
    }),
    on("panel", () => {
      heard++;
    }),
  ];
  set({ panel: "explore" });
  for (const each of forget) each();
  assert.equal(heard, 1);
});

test("another panel is a step back; by Back itself it is none", () => {
  set({ panel: "sample" });
  visited.length = 0;
  set({ panel: "compare" });
  assert.deepEqual(visited.filter(([kind]) => kind === "push").length, 1);
  set({ panel: "sample" }, { travelling: true });
  assert.deepEqual(visited.filter(([kind]) => kind === "push").length, 1);
});

test("what a panel keeps stands in the address", () => {
  keep({ frozen: "1,2" });
  mirror();
  assert.match(location.href, /frozen=1,2/);
  keep({ frozen: null });
  mirror();
  assert.doesNotMatch(location.href, /frozen/);
});

test("another model is a step back", () => {
  set({ model: "one" });
  visited.length = 0;
  set({ model: "two" });
  set({ seed: 9 });
  assert.equal(visited.filter(([kind]) => kind === "push").length, 1);
});

test("Back brings the state of its place, and only what differs is heard of", () => {
  set({ model: "two", panel: "sample", seed: 5, u: [1, 2] });
  keep({ frozen: "1" });
  keepPicture("x", "e2");
  mirror();
  const there = new URL(location.href);
  keep({ frozen: "0" });
  keepPicture("x", "pictureBytes");
  set({ u: [3, 4] });
  mirror();
  assert.match(location.href, /#x=pictureBytes/);
  Object.assign(location, { href: there.href, search: there.search });
  /** @type {string[]} */
  const heard = [];
  for (const field of ["z", "frozen", "x", "seed"]) onTravel([field], () => heard.push(field));
  travel();
  assert.deepEqual([state.u, state.seed, openedWith("x")], [[1, 2], 5, "e2"]);
  assert.deepEqual(heard, ["z", "frozen", "x"]);
  mirror();
  assert.equal(location.href, there.href, "what was kept is that of the place");
});

test("a label is given to a model that takes one", () => {
  set({ model: "labelled", label: 4 });
  assert.equal(givenLabel(), 4);
  set({ model: "one" });
  assert.equal(givenLabel(), null);
});
