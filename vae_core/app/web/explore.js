// Explore: sliders in the order of their measured KL, one live picture, and ways to start.
// Longer than the other files: every part below works on the same u and the same rows.
const { studio } = window;
const { phi, chiSquareBelow, shellOf } = studio.prior;
const root = element.querySelector("[data-testid=panel-explore]");
const $ = (selector) => root.querySelector(selector);
const { make, text, num, bold } = studio;
const canvas = $("[data-testid=live-canvas]");
const RANGE = 4;
// MNIST's digits fill a box of 20 x 20, so the strips leave out the empty columns beside it.
const FILM = { steps: 7, span: 3, width: 20, skip: 4 };
// Of a code longer than LONG only the latents that move most have a whole row; see LONG_CODE and
// MAX_FILMS in studio.py.
const LONG = 64;
const SHOWN = 24;

let model = studio.model();
let u = [];
let frozen = new Set();
let rows = new Map();
let quantiles = studio.asked("scale") === "quantile";
let shell = null;
let pixels = null;

// ------------------------------------------------------------------ the live picture
const line = studio.line(server, "decode");
const engine = studio.live({
  canvas,
  request: (payload, options) => studio.call(line, "decode", payload, options),
  payload: () => ({ checkpoint: model.name, z: u, label: studio.toldLabel() }),
  onframe: (answer) => {
    pixels = answer.pixels;
    if (model.slow) filmsSoon(50); // only now is there a picture to be read
  },
  onerror: (sentence) => studio.say(root, sentence),
});

let restTimer = 0;

function moved(event) {
  // A picture that is drawn pixel by pixel waits until the hand rests.
  clearTimeout(restTimer);
  if (model.slow) restTimer = setTimeout(() => engine.push(), 200);
  else engine.push(undefined, event);
  studio.set({ u: [...u] });
  gaugeSoon();
  if (!model.slow) filmsSoon();
}

// ------------------------------------------------------------------ scales
const toInput = (value) => (quantiles ? 100 * phi(value) : value);
const fromInput = (position) => (quantiles ? studio.prior.quantileOf(position / 100, RANGE) : position);

function readout(value) {
  if (!quantiles) return studio.signed(value);
  const percent = 100 * phi(value);
  return `${studio.fixed(percent, percent < 1 || percent > 99 ? 2 : 1)} %`;
}

// ------------------------------------------------------------------ rows
const LOCK = '<svg viewBox="0 0 16 16" aria-hidden="true"><rect x="3" y="7" width="10" height="7" rx="1.5" fill="currentColor"/><path d="M5 7V5a3 3 0 0 1 6 0v2" fill="none" stroke="currentColor" stroke-width="1.6"/></svg>';

/** What every row has: its name, the slider and its value. */
function buildSlider(dim, ...about) {
  const trait = make("span", { className: "trait" });
  const label = make("label", { htmlFor: `latent-${dim}` }, make("span", { className: "name", textContent: `z${dim}` }), trait, ...about);
  const range = make("input", { type: "range", id: `latent-${dim}` });
  range.dataset.testid = `latent-slider-${dim}`;
  range.setAttribute("aria-label", `latent z${dim}`);
  const value = make("button", { type: "button", className: "value", title: `Set z${dim} to 0` });
  return { label, range, value, trait };
}

function buildRow(dim) {
  const kl = model.kl_per_dim ? model.kl_per_dim[dim] : null;
  const share = kl === null ? model.moves?.[dim] : kl / Math.max(...model.kl_per_dim);
  const told = make("span", { className: "kl", title: `What the encoder says through z${dim}, a test digit on average`, textContent: kl === null ? "" : `${studio.fixed(kl, 2)} nats` });
  const bar = share === undefined ? null : make("span", { className: kl === null ? "bar moves" : "bar" });
  bar?.style.setProperty("--share", `${100 * share}%`);
  if (bar && kl === null) bar.title = `How much z${dim} moves the picture, against the slider that moves it most`;
  const parts = buildSlider(dim, told, bar);
  parts.film = make("span", { className: "frames" });
  parts.mark = make("i");
  const film = make("div", { className: "film", title: `What z${dim} does from −3 to +3, the others as they are` }, parts.film, parts.mark);
  parts.freeze = make("button", { type: "button", className: "freeze", title: `Freeze z${dim}: random draws and starts leave it alone` }, studio.drawing(LOCK));
  parts.freeze.setAttribute("aria-pressed", "false");
  parts.freeze.setAttribute("aria-label", `freeze z${dim}`);
  parts.row = make("div", { className: "latent" }, parts.label, parts.range, parts.value, film, parts.freeze);
  wireRow(dim, parts);
  rows.set(dim, parts);
  return parts.row;
}

/** One of hundreds: a slider and its value, no film, so that the page stays light. */
function buildLightRow(dim) {
  const parts = buildSlider(dim);
  parts.row = make("div", { className: "latent light" }, parts.label, parts.range, parts.value);
  wireSlider(dim, parts);
  rows.set(dim, parts);
  return parts.row;
}

function wireRow(dim, parts) {
  wireSlider(dim, parts);
  parts.film.parentElement.addEventListener("click", (event) => {
    const box = parts.film.getBoundingClientRect();
    const cell = Math.floor((FILM.steps * (event.clientX - box.left)) / box.width);
    place(dim, -FILM.span + (2 * FILM.span * Math.min(cell, FILM.steps - 1)) / (FILM.steps - 1), event);
  });
  const show = () => {
    parts.freeze.setAttribute("aria-pressed", String(frozen.has(dim)));
    parts.row.classList.toggle("frozen", frozen.has(dim));
  };
  parts.freeze.addEventListener("click", () => {
    frozen.has(dim) ? frozen.delete(dim) : frozen.add(dim);
    mirrorFrozen();
    show();
  });
  show();
}

const mirrorFrozen = () => studio.keep({ frozen: frozen.size ? [...frozen].join(",") : null });

function wireSlider(dim, parts) {
  parts.range.addEventListener("input", (event) => {
    leave();
    u[dim] = fromInput(Number(parts.range.value));
    showRow(dim, false);
    moved(event);
    keepSoon();
  });
  parts.range.addEventListener("change", keep);
  // The browser's own step is one pixel's worth, 800 key presses from end to end.
  parts.range.addEventListener("keydown", (event) => {
    const direction = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!direction || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    place(dim, u[dim] + direction * (event.shiftKey ? 0.5 : 0.1), event);
  });
  parts.value.addEventListener("click", (event) => {
    place(dim, 0, event);
  });
}

function place(dim, value, event) {
  leave();
  u[dim] = Math.max(-RANGE, Math.min(RANGE, value));
  showRow(dim, true);
  moved(event);
  keepSoon();
}

/** Bring one row in line with u; the range itself only when something else moved it. */
function showRow(dim, withRange) {
  const { range, value, mark } = rows.get(dim);
  if (withRange) range.value = String(toInput(u[dim]));
  const low = Number(range.min);
  const at = (v) => `${Math.max(0, Math.min(100, (100 * (v - low)) / (Number(range.max) - low)))}%`;
  const [here, rest] = [toInput(u[dim]), toInput(0)];
  range.style.setProperty("--from", at(Math.min(here, rest)));
  range.style.setProperty("--to", at(Math.max(here, rest)));
  const text = readout(u[dim]);
  value.textContent = text;
  value.setAttribute("aria-label", `z${dim} is ${text}; set it to 0`);
  range.setAttribute("aria-valuetext", text);
  if (!mark) return;
  // The film's first and last frames are centred half a frame inside its edges.
  const inset = 50 / FILM.steps;
  const share = Math.max(0, Math.min(1, (u[dim] + FILM.span) / (2 * FILM.span)));
  mark.style.transform = `translateX(${inset + share * (100 - 2 * inset)}%)`; // moves without a layout
}

function showAll() {
  for (const dim of rows.keys()) showRow(dim, true);
  showGauge();
}

function scaleRanges() {
  for (const { range } of rows.values()) {
    const [low, high, step] = quantiles ? [0.01, 99.99, 0.01] : [-RANGE, RANGE, 0.01];
    Object.assign(range, { min: String(low), max: String(high), step: String(step) });
  }
  showAll();
}

// Not content-visibility: auto, which on pointerdown hides a row for the moment of the click.
const sight = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) target.classList.toggle("away", !isIntersecting);
}, { rootMargin: "100px" });

function buildRows() {
  rows = new Map();
  sight.disconnect();
  const long = model.latent_dim > LONG;
  const dead = new Set(model.unused);
  const used = long ? model.order.slice(0, SHOWN) : model.order.filter((dim) => !dead.has(dim));
  const unused = long ? model.order.slice(SHOWN) : model.order.filter((dim) => dead.has(dim));
  $(".latents:not(.unused)").replaceChildren(...used.map(buildRow));
  $(".latents.unused").replaceChildren(...unused.map(long ? buildLightRow : buildRow));
  for (const { row, film } of rows.values()) if (film) sight.observe(row);
  const fold = $(".unused-fold");
  fold.hidden = unused.length === 0;
  fold.open = false;
  fold.querySelector("summary").textContent = long
    ? `${unused.length} more of the ${model.latent_dim} latents, which move the picture less`
    : `${unused.length} unused: the encoder puts less than 0.01 nats into ${unused.length === 1 ? "it" : "each"}, and moving ${unused.length === 1 ? "it" : "them"} changes almost nothing`;
}

/** Names that were measured: correlations with traits of the example digits. */
const naming = studio.requests({ onerror: (sentence) => console.warn(sentence) }); // a courtesy

function showNames() {
  return naming.ask(async (still) => {
    const { names, digits } = await still(studio.call(server, "names", { checkpoint: model.name }));
    for (const [dim, { trait, range }] of rows) {
      const found = names[dim];
      trait.textContent = found ? found.trait : "";
      if (!found) continue;
      const way = found.r > 0 ? "grows with" : "falls with";
      trait.title = `z${dim} ${way} the ${found.trait}: correlation ${studio.signed(found.r)} over ${digits} test digits`;
      range.setAttribute("aria-label", `latent z${dim}, ${found.trait}`);
    }
  });
}

// ------------------------------------------------------------------ filmstrips
let filmTimer = 0;
let filmSheet = null;
const filming = studio.requests({ onerror: (sentence) => studio.say(root, sentence) });

// A strip a slider is a hundred decodes: asked for when the hand rests, not while it moves. Strips
// and reading of the place before belong to another picture by now.
function filmsSoon(pause = 220) {
  filming.drop();
  clearTimeout(filmTimer);
  filmTimer = setTimeout(films, pause);
}

function films() {
  if (document.hidden || studio.isOffline() || root.offsetParent === null) return filmsSoon(1000);
  return filming.ask(async (still) => {
    const shown = model.slow ? pixels : null; // painted already, and dear to paint again
    const asked = { checkpoint: model.name, z: u.map(clampToLimit), label: studio.toldLabel(), shown };
    const answer = await still(studio.call(server, "films", asked));
    showReading(answer.readings);
    if (!answer.dims.length) return; // a slow model has no strips
    const made = studio.filmSheet(studio.bytesOf(answer.pixels), answer.dims.length, FILM);
    try {
      showFilms(await still(made), answer.dims);
    } catch (error) {
      made.then((sheet) => sheet.drop(), () => {});
      throw error;
    }
  });
}

/** What an independent classifier, trained on real digits, takes the picture for. */
function showReading(readings) {
  const [reading] = readings || [];
  const sure = reading && `${Math.floor(100 * reading.sure)} %`;
  canvas.dataset.reading = reading?.digit ?? "";
  $(".reading-words").textContent = !reading
    ? ""
    : reading.digit === null
      ? "A classifier takes this for no digit at all."
      : `A classifier reads this as ${reading.digit}, ${sure} sure.`;
  // One sentence once the hand rests: numbers that run along are no news to a listener.
  const read = !reading ? "" : reading.digit === null ? "reads as no digit, " : `reads as ${reading.digit}, ${sure}, `;
  const words = `${read}${$(".verdict").textContent}`;
  $(".spoken").textContent = words;
  canvas.setAttribute("aria-label", `The digit decoded from the sliders: ${words}`);
}

/** Sliders count the prior's sigmas; a fitted Gaussian's may be small, and a real code many away. */
function clampToLimit(v) {
  const limit = model.variational ? 10 : 1000;
  return Math.max(-limit, Math.min(limit, v));
}

/** Each row looks at its strip through a window of its own. */
function showFilms(sheet, dims) {
  filmSheet?.drop();
  filmSheet = sheet;
  for (const [place, dim] of dims.entries()) {
    const row = rows.get(dim);
    if (row?.film) Object.assign(row.film.style, sheet.window(place));
  }
}

// ------------------------------------------------------------------ distance from the prior
function percent(share) {
  return studio.percent(share, share < 0.1 || share > 0.9 ? 1 : 0);
}

// Ten times a second is as fast as words can be read, and spares a layout a frame.
let gaugeTimer = 0;

function gaugeSoon() {
  gaugeTimer ||= setTimeout(showGauge, 100);
}

function showGauge() {
  clearTimeout(gaugeTimer);
  gaugeTimer = 0;
  const d = model.latent_dim;
  const radius = Math.hypot(...u);
  // The code of a picture is the mean of its posterior, which lies nearer to 0 than draws do: it is
  // held against the codes of the test digits until a slider leaves it.
  const code = started?.z?.every((v, dim) => clampToLimit(v) === u[dim]) ? started.nearer : null;
  const ranked = Number.isFinite(code);
  const nearer = ranked ? code : chiSquareBelow(radius * radius, d);
  const off = nearer > 0.999;
  const box = $(".gauge");
  box.classList.toggle("off", off);
  const words = off ? "off the map" : nearer > 0.975 ? "far out" : nearer < 0.025 ? "near the mean" : "typical";
  $(".verdict").textContent = words;
  $(".distance").textContent = `‖z‖ = ${studio.fixed(radius, 2)}`;
  $(".needle").style.left = `${Math.min(100, (100 * radius) / shell.scale)}%`;
  const prior = model.variational ? "the prior" : "the Gaussian fitted to its codes";
  $(".gauge-note").textContent = ranked
    ? `${percent(nearer)} % of the codes of test digits lie nearer to the mean.`
    : off
    ? `Not one in a thousand draws from ${prior} lies this far from the mean: the decoder was never asked about this place.`
    : `${percent(nearer)} % of draws from ${prior} lie nearer to the mean; 95 of 100 have ‖z‖ between ${studio.fixed(shell.low)} and ${studio.fixed(shell.high)}.`;
}

// ------------------------------------------------------------------ jumps
// Undo goes from one rest of the hand to the one before: a drag is one step, so is a run of keys.
const MOST_STEPS = 100;
let past = [];
let future = [];
let rest = null; // {u, start}: where the hand rested last
let keepTimer = 0;
const here = () => ({ u: [...u], start: started });

function showSteps() {
  $("[data-do=undo]").disabled = past.length === 0 && rest.u.every((v, dim) => v === u[dim]);
  $("[data-do=redo]").disabled = future.length === 0;
}

/** The hand rests: what was before can be gone back to. */
function keep() {
  clearTimeout(keepTimer);
  if (rest.u.every((v, dim) => v === u[dim]) && rest.start === started) return showSteps();
  past = [...past.slice(-MOST_STEPS), rest];
  future = [];
  rest = here();
  showSteps();
}

function keepSoon() {
  clearTimeout(keepTimer);
  keepTimer = setTimeout(keep, 500);
  showSteps();
}

function forgetSteps() {
  clearTimeout(keepTimer);
  [past, future, rest] = [[], [], here()];
  showSteps();
}

function step(from, to, event) {
  if (!from.length) return;
  leave();
  to.push(rest);
  rest = from.pop();
  u = [...rest.u];
  showStart(rest.start);
  showSteps();
  showAll();
  moved(event);
}

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "z") return;
  if (root.offsetParent === null || event.target.closest?.("input:not([type=range]), textarea")) return;
  event.preventDefault();
  moves[event.shiftKey ? "redo" : "undo"](event);
});

function jump(next, event, { keepFrozen = true, start = null } = {}) {
  keep();
  u = next.map((v, dim) => (keepFrozen && frozen.has(dim) ? u[dim] : clampToLimit(v)));
  showStart(start);
  showAll();
  moved(event);
  keep();
}

function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

const moves = {
  random: (event) => {
    leave();
    jump(u.map(normal), event);
  },
  reset: (event) => {
    leave();
    jump(u.map(() => 0), event);
  },
  undo: (event) => {
    keep();
    step(past, future, event);
  },
  redo: (event) => {
    keep();
    step(future, past, event);
  },
  smooth: (event) => {
    const on = canvas.classList.toggle("smooth");
    event.currentTarget.setAttribute("aria-pressed", String(on));
  },
  own: (event) => toggleOwn(event.currentTarget),
};
for (const button of root.querySelectorAll("button[data-do]")) {
  button.addEventListener("click", (event) => moves[button.dataset.do](event));
}
$("[data-do=scale]").addEventListener("change", (event) => {
  quantiles = event.target.value === "quantile";
  studio.keep({ scale: quantiles ? "quantile" : null });
  scaleRanges();
});

// ------------------------------------------------------------------ starting from a picture
let ownBuilt = false;
// The picture that the sliders started from, its digit, their place, and how it ranks among codes.
let started = null; // {content, input, z, nearer}
let origin = null; // what another model reads when it is chosen; kept while an answer is under way
const starting = studio.requests({ onerror: (sentence) => studio.say(root, sentence) });
let lastPicture = null; // the picture last given, whose steps can be adjusted
let own = null;
let way = null;

function toggleOwn(button) {
  const box = $(".own");
  box.hidden = !box.hidden;
  button.setAttribute("aria-expanded", String(!box.hidden));
  if (ownBuilt || box.hidden) return;
  ownBuilt = true;
  own = studio.picture(box, {
    label: "Your digit",
    onpicture: startFromPicture,
    onchoose: (choose) => startFromPicture({ ...lastPicture, options: { choose } }),
  });
  way = studio.steps(box, (options) => startFromPicture({ ...lastPicture, options }));
}

/** The visitor has moved on: a picture that is still being read has come too late. */
function leave() {
  if (!starting.open) return;
  starting.drop();
  origin = null;
}

function startFromPicture({ bytes, dataURL, picture, options, source, label = "read", keepLabel = false }) {
  const content = dataURL || picture || bytes;
  if (!content) return;
  studio.say(root, null);
  lastPicture = { bytes, dataURL, picture, source, label };
  origin = { content, options };
  if (!options) way?.reset();
  return starting.ask(async (still) => {
    const asked = { checkpoint: model.name, picture: content, options, label };
    const answer = await still(studio.call(server, "encode", asked));
    if (model.takes_labels && !keepLabel) studio.set({ label: answer.label });
    way?.show(answer);
    if (source && !["drawing", "example"].includes(source)) own.show(answer);
    jump(answer.z, undefined, { keepFrozen: false, start: { content, options, input: answer.input, z: answer.z, nearer: answer.nearer } });
  });
}

/** "Started from" beside the picture; null where the sliders started from none. */
function showStart(start) {
  started = start;
  if (!starting.open || start) origin = start;
  $(".origin").hidden = !start;
  root.classList.toggle("has-origin", Boolean(start));
  if (start) studio.paint($(".origin canvas"), start.input);
}

function buildClasses() {
  const { labels = [] } = window.studioExamples || {};
  const classes = [...new Set(labels)].sort();
  const turns = new Map();
  $(".classes").replaceChildren(
    ...classes.map((label) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = String(label);
      button.title = `Start from a real test digit ${label}; press again for another one`;
      button.addEventListener("click", async () => {
        const places = labels.flatMap((other, place) => (other === label ? [place] : []));
        const turn = turns.get(label) ?? Math.floor(Math.random() * places.length);
        turns.set(label, turn + 1);
        startFromPicture({ picture: { pixels: await studio.example(places[turn % places.length]) }, label });
      });
      return button;
    }),
  );
}

// ------------------------------------------------------------------ out of the panel
const rounded = () => u.map((v) => Math.round(v * 1e4) / 1e4);

function python() {
  const label = studio.toldLabel();
  return [
    "import torch, vae_core",
    "",
    `model = vae_core.load(${JSON.stringify(model.name)})`,
    `u = torch.tensor([[${rounded().join(", ")}]])`,
    `image = model.decode(model.from_sliders(u)${label === null ? "" : `, torch.tensor([${label}])`}).mean.clamp(0, 1)  # (1, 1, 28, 28), white ink on black`,
  ].join("\n");
}

const keeps = {
  png: async () => studio.download(`${model.name}.png`, await studio.png(canvas, 16)),
  json: () => {
    const label = model.takes_labels ? { label: studio.toldLabel() } : {};
    studio.download(`${model.name}-z.json`, JSON.stringify({ checkpoint: model.name, z: rounded(), ...label }), "application/json");
  },
  python: () => showText(python()),
  link: () => {
    studio.mirror();
    showText(location.href);
  },
};

function showText(text) {
  let box = $(".python");
  if (!box) {
    box = document.createElement("pre");
    box.className = "python";
    box.tabIndex = 0;
    $(".toolbar").after(box);
  }
  box.textContent = text;
  // Without permission the text still stands there to be copied by hand.
  navigator.clipboard?.writeText(text).catch(() => {});
}

for (const button of root.querySelectorAll("[data-keep]")) {
  button.addEventListener("click", () => {
    keeps[button.dataset.keep]();
    button.closest("details").open = false;
  });
}
for (const button of root.querySelectorAll("[data-send]")) {
  button.addEventListener("click", () => {
    button.closest("details").open = false;
    const target = button.dataset.send;
    const content = { z: [...u], pixels, label: studio.toldLabel(), from: "explore" };
    if (target === "a" || target === "b") studio.send("interpolate", { ...content, end: target });
    else if (target === "reconstruct" || target === "compare") studio.send(target, { picture: { pixels }, from: "explore" });
    else studio.send(target, content);
  });
}
document.addEventListener("click", (event) => {
  for (const menu of root.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// ------------------------------------------------------------------ what am I seeing?
function explain() {
  const { metrics } = model;
  const n = (value, digits = 3) => num(studio.number(value, digits));
  const count = (value) => num(studio.whole(value));
  const parts = [
    model.variational
      ? text`Each slider is one of the ${count(model.latent_dim)} numbers z from which the decoder of ${bold(model.name)} paints a digit; 0 is the mean of the prior, and 95 of 100 draws of a number lie within ±2.`
      : text`Each slider is one of the ${count(model.latent_dim)} numbers of the code from which ${bold(model.name)} paints a digit. A plain autoencoder has no prior: a Gaussian was fitted to its codes afterwards, and a slider counts that Gaussian's standard deviations from the mean code; between the codes of real digits nothing has to mean anything.`,
  ];
  if (model.slow) {
    parts.push("This decoder paints pixel by pixel, each one told z and all pixels before it: a picture takes its time, comes when the slider rests, and there are no filmstrips.");
  }
  if (model.latent_dim > LONG) {
    parts.push(text`The ${count(SHOWN)} that move the picture most stand here; the others are folded away beneath.`);
  }
  if (!model.variational && metrics && Number.isFinite(metrics.mse)) {
    parts.push(text`Its reconstructions of the test digits are off by a mean squared error of ${n(metrics.mse)} a pixel.`);
  }
  if (model.takes_labels) {
    parts.push("It is told which digit to paint as well: press another one, and the same numbers, which hold the handwriting, become that digit.");
  }
  if (model.kl_per_dim) {
    const total = model.kl_per_dim.reduce((a, b) => a + b, 0);
    const top = model.order[0];
    parts.push(text`They stand in the order of how much the encoder tells through them: ${num(`z${top}`)} carries ${n(model.kl_per_dim[top])} nats a test digit, all together ${n(total)}.`);
  }
  if (model.prior === "flow") {
    parts.push("This model learned its prior too: a flow turns the noise that the sliders set into codes that lie nearly where those of real digits do, not wholly.", studio.quantities.sureness(model));
  }
  if (model.prior === "flow" && model.moves) {
    parts.push("Noise looks the same from every side, so after training its sliders were laid along what can be measured on a digit: one with a name follows that trait.");
  }
  if (model.moves) {
    parts.push("They stand in the order of how much they move the picture, which the bar under each name shows.");
  }
  parts.push(studio.quantities.costOfADigit(model));
  $(".seeing-text").replaceChildren(...studio.joined(parts));
}

// ------------------------------------------------------------------ life of the panel
let linked = studio.readNumbers(studio.asked("frozen")) || []; // sliders that a link freezes, once

function adopt(start) {
  model = studio.model();
  if (!model) {
    root.classList.add("empty");
    return studio.say(root, "There is no model to explore: train one with python -m vae_core train vae-400.");
  }
  shell = shellOf(model.latent_dim);
  shell.scale = shell.edge * 1.25;
  const bar = $(".gauge-bar .shell");
  bar.style.left = `${(100 * shell.low) / shell.scale}%`;
  bar.style.width = `${(100 * (shell.high - shell.low)) / shell.scale}%`;
  u = start && start.length === model.latent_dim ? [...start] : Array(model.latent_dim).fill(0);
  frozen = new Set(linked.filter((dim) => dim in model.order));
  linked = [];
  mirrorFrozen();
  showStart(null);
  forgetSteps();
  const scale = $("[data-do=scale]").options[0];
  root.classList.toggle("slow", Boolean(model.slow));
  scale.textContent = model.variational ? "in σ of the prior" : "in σ of its codes";
  buildRows();
  scaleRanges();
  explain();
  engine.push();
  filmsSoon(50);
  showNames();
}

// The same picture through another model says more than the same numbers, which mean nothing there.
studio.on("model", () => {
  const before = origin;
  starting.drop();
  adopt(null);
  if (before) startFromPicture({ picture: before.content, options: before.options });
});

studio.onSend("explore", (content) => {
  leave();
  if (content.picture) return startFromPicture({ picture: content.picture });
  if (!content.z || content.z.length !== model.latent_dim) return;
  if (model.takes_labels && content.label !== undefined) studio.set({ label: content.label });
  jump(content.z, undefined, { keepFrozen: false });
});

const { first } = studio.boot;
$("[data-do=scale]").value = quantiles ? "quantile" : $("[data-do=scale]").options[0].value;
buildClasses();
studio.labels($(".told"), {
  onchange: (event) => {
    engine.push(undefined, event);
    filmsSoon();
  },
});
if (first && first.checkpoint === studio.state.model && !studio.state.u) {
  studio.paint(canvas, first.pixels);
  adopt(first.z);
  showStart({ content: { pixels: first.input }, input: first.input, z: first.z, nearer: first.nearer });
  forgetSteps();
} else {
  adopt(studio.state.u);
  // A link's label says how to paint; the digit that the panel begins with is read as what it is.
  const keepLabel = studio.state.label !== null;
  if (first && !studio.state.u) startFromPicture({ picture: { pixels: first.input }, keepLabel });
}
if (studio.notices.length) studio.say(root, studio.notices.join(" "));
