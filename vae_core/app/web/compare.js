// Compare: one digit, and the family's measured figures, through one comparison after the other.
// Past 300 lines: a Gradio component takes one script, and this is one panel's wiring; each
// comparison below stands alone. A comparison asks for its answer when it comes into view.
const { studio } = window;
const root = element.querySelector("[data-testid=panel-compare]");
const $ = (selector) => root.querySelector(selector);
const rosters = JSON.parse(root.dataset.rosters);
const input = $("[data-testid=model-input]");
const DRAWS = 60; // counted; the first SEEN of them are shown
const SEEN = 10;
const AREA = 784;

let digit = null; // base64 of 784 bytes: what every model sees
let options = {};
let current = null;

// ------------------------------------------------------------------ small parts
const { make, shape, text, joined, num, bold: b } = studio;
const n = (value, digits = 2) => num(studio.number(value, digits));
const count = (value) => num(studio.whole(value));
const fixed = (value, hue = "") => num(studio.fixed(value), hue);
const shipped = (roster) => rosters[roster].filter((name) => studio.modelNamed(name));
const missing = (roster) => rosters[roster].filter((name) => !studio.modelNamed(name));
const canvas = (label) => {
  const made = make("canvas", { className: "digit", width: 28, height: 28 });
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", label);
  return made;
};

/** A picture with a name and a line of figures; a model's is a button that chooses it. */
function cell(name, label, { hue = "" } = {}) {
  const model = studio.modelNamed(name);
  const made = make(model ? "button" : "div", { className: `cell ${hue}` }, canvas(`${label || name}`), make("b", { textContent: label || name }), make("span", { className: "num", textContent: " " }));
  if (model) {
    Object.assign(made, { type: "button", title: `${model.title}. Press to choose ${name}.` });
    made.dataset.model = name;
    made.setAttribute("aria-pressed", String(name === studio.state.model));
    made.addEventListener("click", () => studio.set({ model: name }));
  }
  return made;
}

function fill(made, pixels, words) {
  studio.paint(made.querySelector("canvas"), pixels);
  if (words !== undefined) made.querySelector(".num").textContent = words;
}

const mse = (value) => `mse ${studio.number(value, 2)}`;
const say = (view, words) => view.querySelector(".say").replaceChildren(words);
const ofModel = (name) => `[data-model="${CSS.escape(name)}"]`;
const unavailable = (view, names) =>
  say(view, `This comparison needs ${names.join(" and ")}, which ${names.length > 1 ? "are" : "is"} not among the models here.`);

function press(selector, chosen) {
  for (const button of root.querySelectorAll(selector)) button.setAttribute("aria-pressed", String(chosen(button)));
}

// ------------------------------------------------------------------ comparisons, lazily
// name -> {view, ask(): Promise, needsDigit}; `done` is the turn that it last answered.
const views = new Map();
let turn = 0;
let line = Promise.resolve();

function comparison(name, { build, ask, needsDigit = true }) {
  const view = $(`[data-view=${name}]`);
  views.set(name, { view, ask, needsDigit, done: -1, seen: false });
  if (build) build(view);
}

const idle = () => document.hidden || !root.isConnected || root.offsetParent === null;

/** Ask for whatever is in view and out of date: one after the other, the newest digit only. */
function refresh() {
  if (idle()) return;
  for (const [name, one] of views) {
    if (!one.seen || !one.ask || one.done === turn || one.waiting) continue;
    if (one.needsDigit && !digit) continue;
    one.waiting = true;
    line = line.then(() => run(name, one));
  }
}

async function run(name, one) {
  one.waiting = false;
  if (idle() || !one.seen || one.done === turn) return;
  const mine = turn;
  one.view.setAttribute("aria-busy", "true");
  try {
    await one.ask(one.view, () => mine === turn);
    if (mine === turn) one.done = mine;
    studio.say(root, null);
  } catch (error) {
    one.done = mine; // the sentence stands until the next digit
    studio.say(root, error.message);
  } finally {
    one.view.removeAttribute("aria-busy");
  }
  refresh();
}

function outdate(name) {
  views.get(name).done = -1;
  refresh();
}

// ------------------------------------------------------------------ the digit
const widget = studio.picture($(".own"), {
  label: "Your digit",
  onpicture: ({ dataURL, picture, source }) => {
    current = { picture: dataURL || picture, source };
    options = {};
    return arrive();
  },
  onclear: clear,
  onchoose: (index) => {
    options = { choose: index };
    arrive();
  },
});

// The digit is the same for every model: another choice of model leaves its answer standing.
const arrivals = studio.requests({ about: () => current, onerror: (sentence) => refuse(sentence) });

/** A refused picture stands alone: neither the digit before it nor what came of that. */
function refuse(sentence) {
  forget();
  studio.say(root, sentence);
  widget.refused(current.picture);
}

function forget() {
  digit = null;
  input.width = 0;
  $(".verdict").textContent = "";
  turn++;
  for (const { view, needsDigit } of views.values()) {
    if (!needsDigit) continue;
    for (const made of view.querySelectorAll("canvas")) made.getContext("2d").clearRect(0, 0, made.width, made.height);
    for (const figure of view.querySelectorAll(".cell .num")) figure.textContent = " ";
    for (const made of view.querySelectorAll(".best")) made.classList.remove("best");
    say(view, "");
  }
}

function clear() {
  arrivals.drop();
  current = null;
  options = {};
  forget();
  studio.say(root, null);
}

const arrive = () => arrivals.ask(async (still) => {
    const answer = await still(studio.call(server, "arrive", { picture: current.picture, options }));
    studio.say(root, null);
    digit = answer.input;
    studio.paint(input, digit);
    $(".verdict").textContent = answer.verdict;
    if (current.source !== "example") widget.show(answer);
    turn++;
    refresh();
});

// ------------------------------------------------------------------ 1 the family
const groupsHere = [...new Set(studio.models.filter(({ slow }) => !slow).map(({ group }) => group))];
const membersOf = (group) => studio.models.filter((model) => model.group === group && !model.slow);

comparison("family", {
  build: (view) => {
    view.querySelector(".groups").append(...groupsHere.map((group) => {
      const cells = make("div", { className: "cells" }, ...membersOf(group).map(({ name }) => cell(name)));
      return make("div", { className: "group" }, make("h3", { textContent: group }), cells);
    }));
  },
  ask: async (view, current) => {
    const all = [];
    for (const group of groupsHere) {
      const { models } = await studio.call(server, "through", { digit, group });
      if (!current()) return;
      for (const { name, reconstruction, mse: error } of models) {
        all.push({ name, error });
        const made = view.querySelector(ofModel(name));
        if (made) fill(made, reconstruction, mse(error));
      }
    }
    all.sort((one, other) => one.error - other.error);
    const [best, worst] = [all[0], all.at(-1)];
    if (!best || all.length < 2) return;
    const size = ({ name }) => count(studio.modelNamed(name).latent_dim);
    const marked = (name) => name === best.name;
    for (const made of view.querySelectorAll(".cell")) made.classList.toggle("best", marked(made.dataset.model));
    say(view, text`Each picture is your digit, put into a code and painted again from it; mse is the mean squared error a pixel. Of ${count(all.length)} models ${b(best.name)}, with ${size(best)} numbers, comes nearest (${n(best.error)}) and ${b(worst.name)}, with ${size(worst)}, stays farthest (${n(worst.error)}): near is not the aim by itself, as the next comparisons show.`);
  },
});

// ------------------------------------------------------------------ 2 samples
let drawSeed = 0;

comparison("samples", {
  needsDigit: false,
  build: (view) => {
    view.querySelector(".rows").append(...shipped("samplers").map((name) => {
      const model = studio.modelNamed(name);
      const cells = make("div", { className: "draws" }, ...Array.from({ length: SEEN }, (_, i) =>
        make("figure", {}, canvas(`draw ${i + 1} of ${name}`), make("figcaption", { className: "num", textContent: " " }))));
      const words = model.variational ? "drawn from its prior" : "drawn from a Gaussian fitted to its codes";
      const heading = make("h3", {}, name, make("span", { className: "muted small", textContent: ` ${words}` }), make("span", { className: "counted num", textContent: " " }));
      const row = make("div", { className: "drawn" }, heading, cells);
      row.dataset.row = name;
      return row;
    }));
    if (missing("samplers").includes("ae")) unavailable(view, ["ae"]);
  },
  ask: async (view, current) => {
    const { models } = await studio.call(server, "draws", { n: DRAWS, seed: drawSeed });
    if (!current()) return;
    const counted = models.map(({ name, pixels, readings }) => {
      const bytes = studio.bytesOf(pixels);
      const figures = view.querySelectorAll(`[data-row="${name}"] figure`);
      figures.forEach((figure, i) => {
        studio.paint(figure.firstChild, bytes.subarray(i * AREA, (i + 1) * AREA));
        figure.lastChild.textContent = readings ? reads(readings[i]) : " ";
      });
      const seen = readings ? readings.filter(({ digit: d }) => d !== null).length : null;
      const sure = readings ? readings.filter(({ digit: d, sure: share }) => d !== null && share >= 0.9).length : null;
      view.querySelector(`[data-row="${name}"] .counted`).textContent = readings ? `a digit: ${seen} of ${DRAWS}, 90 % sure: ${sure}` : "";
      return { name, seen };
    });
    const plain = counted.find(({ name }) => !studio.modelNamed(name).variational);
    const others = counted.filter(({ name }) => studio.modelNamed(name).variational);
    if (!plain || !others.length || plain.seen === null) return;
    const told = joined(others.map(({ name, seen }) => text`${count(seen)} of ${b(name)}'s`), " and ");
    say(view, text`Every picture is painted from a random code, with no digit to start from. A classifier takes ${count(plain.seen)} of ${count(DRAWS)} draws of ${b(plain.name)} for a digit at all, since nothing kept its codes from leaving holes between them, and ${told}, whose training pulled all codes towards the prior that is drawn from here.`);
  },
});

const reads = ({ digit: d, sure }) => (d === null ? "no digit" : `${d} · ${Math.floor(100 * sure)} %`);

$("[data-do=redraw]").addEventListener("click", () => {
  drawSeed++;
  outdate("samples");
});

// ------------------------------------------------------------------ 3 noise
const KINDS = {
  gaussian: { knob: "standard deviation", words: (v) => text`Gaussian noise of standard deviation ${n(v)}`, start: 0.5 },
  masking: { knob: "share blanked", words: (v) => text`Blanking ${count(100 * v)} % of its pixels`, start: 0.5 },
  "salt-pepper": { knob: "share replaced", words: (v) => text`Turning ${count(100 * v)} % of its pixels black or white`, start: 0.3 },
};
const level = $("[data-testid=corruption-level]");
const damaged = cell("", "damaged", { hue: "damaged" });
const clean = cell("", "your digit", { hue: "x" });
let kind = "gaussian";
let noiseSeed = 0;

comparison("noise", {
  build: (view) => {
    view.querySelector(".repairs").append(clean, damaged, ...shipped("repairers").map((name) => cell(name)));
  },
  ask: async () => {
    fill(clean, digit, "mse 0");
    repairs.push();
  },
});

// The newest level wins, and the last one is always painted.
const repairs = studio.live({
  canvas: damaged.querySelector("canvas"),
  request: (payload, how) => studio.call(server, "repair", payload, how),
  payload: () => ({ digit, kind, level: Number(level.value), seed: noiseSeed }),
  paint: (answer) => answer.damaged && fill(damaged, answer.damaged, mse(answer.mse)),
  onframe: showRepairs,
  onerror: (sentence) => studio.say(root, sentence),
});

function showRepairs(answer, { payload }) {
  const view = views.get("noise").view;
  if (!answer.models.length) return unavailable(view, rosters.repairers);
  for (const { name, reconstruction, mse: error } of answer.models) {
    fill(view.querySelector(`.repairs ${ofModel(name)}`), reconstruction, mse(error));
  }
  const ranked = [...answer.models].sort((one, other) => one.mse - other.mse);
  for (const made of view.querySelectorAll(".repairs .cell")) made.classList.toggle("best", made.dataset.model === ranked[0].name);
  const own = studio.models.find((model) => model.corruption?.kind === payload.kind);
  const of = (name) => answer.models.find((one) => one.name === name);
  const trained = own && of(own.name) ? [text`${b(own.name)}, trained to repair just this at a level of ${n(own.corruption.level)}, brings it to ${n(of(own.name).mse)}`] : [];
  const plain = ["ae", "vae-400"].filter(of).map((name) => text`${b(name)} to ${n(of(name).mse)}`);
  const untrained = plain.length ? [text`${trained.length ? "trained" : "Trained"} on clean digits alone, ${joined(plain, " and ")}`] : [];
  say(view, text`${KINDS[payload.kind].words(payload.level)} puts your digit off by an mse of ${n(answer.mse)}. ${joined([...trained, ...untrained], "; ")}: here ${b(ranked[0].name)} repairs it best${ranked[0].mse < answer.mse ? "" : ", and still no model brings it nearer than it was"}.`);
}

function showLevel() {
  $(".level-name").textContent = KINDS[kind].knob;
  const value = studio.fixed(Number(level.value), 2);
  $(".level output").textContent = value;
  level.style.setProperty("--to", `${100 * Number(level.value)}%`);
  level.setAttribute("aria-valuetext", `${KINDS[kind].knob} ${value}`);
}

level.addEventListener("input", (event) => {
  showLevel();
  if (digit) repairs.push(undefined, event);
});
for (const button of root.querySelectorAll("[data-kind]")) {
  button.addEventListener("click", (event) => {
    kind = button.dataset.kind;
    level.value = String(KINDS[kind].start);
    press("[data-kind]", (other) => other === button);
    showLevel();
    if (digit) repairs.push(undefined, event);
  });
}
$("[data-do=renoise]").addEventListener("click", (event) => {
  noiseSeed++;
  if (digit) repairs.push(undefined, event);
});

// ------------------------------------------------------------------ 4 PCA
const AXES = 8; // directions that are shown; see AXES in comparison.py

comparison("pca", {
  build: (view) => {
    view.querySelector(".cells").append(cell("", "your digit", { hue: "x" }), cell("ae-linear"), cell("PCA"));
    view.querySelector(".axes").append(...["what ae-linear adds up", "what PCA adds up"].map((words) => {
      const strip = make("canvas", { className: "strip", width: 28 * AXES, height: 28 });
      strip.setAttribute("role", "img");
      strip.setAttribute("aria-label", `${AXES} directions: ${words}`);
      return make("figure", {}, strip, make("figcaption", { className: "small muted", textContent: `${words}, ${AXES} of its directions` }));
    }));
  },
  ask: async (view, current) => {
    const answer = await studio.call(server, "pca", { digit });
    if (!current()) return;
    const [own, ...both] = view.querySelectorAll(".cell");
    view.querySelector(".duo").hidden = !answer.models.length;
    if (!answer.models.length) return unavailable(view, ["ae-linear", "the PCA measured beside it"]);
    fill(own, digit, " ");
    answer.models.forEach((one, i) => {
      fill(both[i], one.reconstruction, mse(one.mse));
      paintStrip(view.querySelectorAll(".strip")[i], studio.bytesOf(one.axes), AXES);
    });
    const [linear, pca] = answer.models;
    const met = answer.angle <= 5;
    say(view, text`Without non-linearities an autoencoder of ${count(answer.size)} numbers and the first ${count(answer.size)} principal components give your digit back with an mse of ${n(linear.mse, 3)} and ${n(pca.mse, 3)}; over the 10,000 test digits it is ${n(answer.test["ae-linear"], 3)} and ${n(answer.test.PCA, 3)}. The largest angle between the two subspaces is ${n(answer.angle)} degrees: ${met ? "gradient descent found the subspace that algebra finds, by other directions within it." : "this training has not yet found the subspace that algebra finds."}`);
  },
});

// ------------------------------------------------------------------ 5 beta
const BETA = { "vae-beta-half": "β = 0.5", "vae-beta-1": "β = 1", "beta-vae": "β = 4" };
const FILM = { steps: 7, rows: 3 };


comparison("beta", {
  build: (view) => {
    view.querySelector(".columns").append(...shipped("betas").map((name) => {
      const films = Array.from({ length: FILM.rows }, () => {
        const strip = make("canvas", { className: "strip", width: 28 * FILM.steps, height: 28 });
        strip.setAttribute("role", "img");
        strip.setAttribute("aria-label", `What a latent of ${name} does`);
        return make("div", { className: "film-row" }, make("span", { className: "num z", textContent: " " }), strip);
      });
      const column = make("div", { className: "column" }, make("h3", { textContent: BETA[name] }), cell(name), ...films);
      column.dataset.column = name;
      return column;
    }));
  },
  ask: async (view, current) => {
    const { models } = await studio.call(server, "betas", { digit });
    if (!current()) return;
    if (!models.length) return unavailable(view, rosters.betas);
    for (const { name, reconstruction, mse: error, dims, films } of models) {
      const column = view.querySelector(`[data-column="${name}"]`);
      fill(column.querySelector(".cell"), reconstruction, mse(error));
      const bytes = studio.bytesOf(films);
      column.querySelectorAll(".film-row").forEach((row, i) => {
        row.hidden = i >= dims.length;
        if (row.hidden) return;
        row.firstChild.textContent = `z${dims[i]}`;
        row.lastChild.setAttribute("aria-label", `z${dims[i]} of ${name} from −3 to +3`);
        paintStrip(row.lastChild, bytes.subarray(i * FILM.steps * AREA), FILM.steps);
      });
    }
    const facts = models.map(({ name, mse: error }) => ({ name, error, metrics: studio.modelNamed(name).metrics }));
    const rated = facts.filter(({ metrics }) => Number.isFinite(metrics?.rate));
    const rates = joined(rated.map(({ name, metrics }) => text`${fixed(metrics.rate, "rate")} nats at ${BETA[name]}`), ", ");
    const errors = joined(facts.map(({ name, error }) => text`${n(error)} at ${BETA[name]}`), ", ");
    say(view, text`β is the price of a nat in the code: the dearer, the less is said, in fewer and cleaner latents, and the blurrier the picture. ${rates.length ? text`A test digit's code carries ${rates}; your` : "Your"} digit comes back with an mse of ${errors}; the strips move the three latents that carry most, from −3 to +3.`);
  },
});

/** Digits side by side into one strip. */
function paintStrip(strip, bytes, steps) {
  const image = new ImageData(28 * steps, 28);
  const words = new Uint32Array(image.data.buffer);
  for (let step = 0; step < steps; step++) {
    for (let place = 0; place < AREA; place++) {
      const at = Math.floor(place / 28) * 28 * steps + step * 28 + (place % 28);
      words[at] = 0xff000000 | (bytes[step * AREA + place] * 0x010101);
    }
  }
  strip.getContext("2d").putImageData(image, 0, 0);
}

// ------------------------------------------------------------------ 6 copying
const STRANGER = { noise: "noise", shoe: "a shoe", shuffled: "your digit, shuffled" };

comparison("copying", {
  build: (view) => {
    view.querySelector(".columns").append(...Object.values(STRANGER).map((words) =>
      make("div", { className: "trio" }, cell("", words, { hue: "x" }), ...shipped("copiers").map((name) => cell(name)))));
  },
  ask: async (view, current) => {
    const { kinds, inputs, models } = await studio.call(server, "strangers", { digit, seed: 0 });
    if (!current()) return;
    if (missing("copiers").length) unavailable(view, missing("copiers"));
    const cells = [...view.querySelectorAll(".cell")];
    const columns = models.length + 1;
    const shown = studio.bytesOf(inputs);
    const part = (bytes, i) => bytes.subarray(i * AREA, (i + 1) * AREA);
    kinds.forEach((_, row) => fill(cells[row * columns], part(shown, row)));
    models.forEach((one, column) => {
      const bytes = studio.bytesOf(one.pixels);
      kinds.forEach((_, row) => fill(cells[row * columns + column + 1], part(bytes, row), mse(one.mse[row])));
    });
    const of = (name) => models.find((one) => one.name === name);
    const [wide, narrow] = [of("ae-overcomplete"), of("ae")];
    if (!wide || !narrow) return;
    const size = ({ name }) => count(studio.modelNamed(name).latent_dim);
    say(view, text`These are no digits. ${b(wide.name)} has ${size(wide)} numbers for ${count(AREA)} pixels and no reason to choose among them, so it passes on noise with an mse of ${n(wide.mse[0])} and a shoe with ${n(wide.mse[1])}: a good reconstruction says little about having learnt digits. ${b(narrow.name)} has to fit everything through ${size(narrow)} numbers, misses by ${n(narrow.mse[0])} and ${n(narrow.mse[1])}, and paints strokes of digits instead.`);
  },
});

// ------------------------------------------------------------------ 7 collapse, from the figures
comparison("collapse", {
  needsDigit: false,
  build: (view) => {
    const runs = shipped("collapse").map(studio.modelNamed).filter((model) => model.kl_per_dim && Number.isFinite(model.metrics?.elbo));
    if (!runs.length) return unavailable(view, rosters.collapse);
    const most = Math.max(...runs.flatMap((model) => model.kl_per_dim));
    view.querySelector(".columns").append(...runs.map((model) => collapseColumn(model, most)));
    const of = (name) => runs.find((model) => model.name === name);
    const used = ({ metrics, latent_dim: d }) => text`${count(metrics.active_units)} of ${count(d)}`;
    const [bare, cured] = [of("vae-collapsed"), runs.filter(({ name }) => name !== "vae-collapsed")];
    if (!bare || !cured.length) return;
    const most_active = cured.reduce((one, other) => (one.metrics.active_units >= other.metrics.active_units ? one : other));
    say(view, text`A bar is a latent, its height the nats that it carries. Trained without care, this net's decoder learns to do without latents before the encoder has anything to say: ${b(bare.name)} uses ${used(bare)}; of ${cured.length > 1 ? text`its ${count(cured.length)} cures` : "its cures"} ${b(most_active.name)} keeps most alive, ${used(most_active)}, at a −ELBO of ${fixed(-most_active.metrics.elbo)} nats against ${fixed(-bare.metrics.elbo)}.`);
  },
});

function collapseColumn(model, most) {
  const sorted = [...model.kl_per_dim].sort((one, other) => other - one);
  const bars = sorted.map((kl, i) => shape("rect", { x: i + 0.1, width: 0.8, y: 40 - (40 * kl) / most, height: Math.max(0.4, (40 * kl) / most) }));
  const figures = [`${studio.whole(model.metrics.active_units)} of ${studio.whole(model.latent_dim)} active`, `rate ${studio.fixed(model.metrics.rate)} nats`, `−ELBO ${studio.fixed(-model.metrics.elbo)} nats`];
  const button = make("button", { type: "button", className: "cell wide", title: `${model.title}. Press to choose ${model.name}.` },
    shape("svg", { class: "bars", viewBox: `0 0 ${sorted.length} 40`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...bars), b(model.name), ...figures.map((words) => num(words)));
  button.dataset.model = model.name;
  button.setAttribute("aria-pressed", String(model.name === studio.state.model));
  button.addEventListener("click", () => studio.set({ model: model.name }));
  return button;
}

// ------------------------------------------------------------------ 8 rate and distortion
comparison("plane", {
  needsDigit: false,
  build: (view) => {
    studio.plane(view.querySelector(".plane"), {
      onquantity: (points, { label }) => {
        const cost = ({ rate, distortion }) => rate + distortion;
        const best = points.reduce((one, other) => (cost(one) <= cost(other) ? one : other));
        const farthest = points.reduce((one, other) => (one.rate >= other.rate ? one : other));
        say(view, text`Across stands what a code says (rate), up what is left to say about the pixels once it is known (distortion); along a thin line their sum, −ELBO, stays the same. Among the ${count(points.length)} models of ${label} ${b(best.model.name)} has the lowest sum, ${fixed(cost(best))} nats, and ${b(farthest.model.name)} says most through its code, ${fixed(farthest.rate, "rate")} nats.`);
      },
    });
  },
});

// ------------------------------------------------------------------ contents, and life of the panel
$(".contents ol").append(...[...views].map(([name, { view }]) => {
  const title = view.querySelector("h2").textContent;
  const button = make("button", { type: "button", className: "plain", title }, make("span", { className: "long", textContent: title }), make("span", { className: "short", textContent: view.dataset.short }));
  button.dataset.to = name;
  button.addEventListener("click", () => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    studio.hold(view, { behavior: calm ? "auto" : "smooth" });
    view.querySelector("h2").focus({ preventScroll: true });
    const url = new URL(location.href); // a link to this page opens here
    url.searchParams.set("view", name);
    history.replaceState(null, "", url);
  });
  return make("li", {}, button);
}));

const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const one = views.get(target.dataset.view);
    one.seen = isIntersecting;
  }
  const first = [...views].find(([, one]) => one.seen);
  for (const button of root.querySelectorAll("[data-to]")) {
    if (first && button.dataset.to === first[0]) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  refresh();
}, { rootMargin: "0px 0px 15% 0px" });
for (const { view } of views.values()) {
  view.querySelector("h2").tabIndex = -1;
  watcher.observe(view);
}
document.addEventListener("visibilitychange", refresh);
studio.on("panel", () => requestAnimationFrame(refresh));
studio.on("online", refresh);
studio.on("model", () => {
  for (const made of root.querySelectorAll(".cell[data-model]")) {
    made.setAttribute("aria-pressed", String(made.dataset.model === studio.state.model));
  }
});
studio.onSend("compare", async ({ picture }) => {
  if (!picture) return;
  current = { picture, source: "example" };
  options = {};
  if (picture.pixels) await widget.show({ pixels: picture.pixels });
  arrive();
});

showLevel();
if (studio.models.length) {
  // A real digit is there on arrival, unless something was sent meanwhile.
  widget.ready.then(() => current || widget.takeExample(studio.exampleClasses[5] ?? 0));
} else {
  studio.say(root, "There is no model to compare: train one with python -m vae_core train vae-400.");
}
const asked = new URLSearchParams(location.search).get("view");
if (views.has(asked)) studio.hold(views.get(asked).view);
