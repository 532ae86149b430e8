// Explore: sliders in the order of their measured KL, one live picture, and ways to start.
// Longer than the other files: every part below works on the same u and the same rows.
const { studio } = window;
const { phi, chiSquareBelow, shellOf } = studio.prior;
const root = element.querySelector("[data-testid=panel-explore]");
const $ = (selector) => root.querySelector(selector);
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
let history = [];
let quantiles = false;
let shell = null;
let pixels = null;

// ------------------------------------------------------------------ the live picture
const line = studio.line(server, "decode");
const engine = studio.live({
  canvas,
  request: (payload, options) => studio.call(line, "decode", payload, options),
  payload: () => ({ checkpoint: model.name, z: u, label: studio.toldLabel() }),
  onframe: (answer) => (pixels = answer.pixels),
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
  filmsSoon();
}

// ------------------------------------------------------------------ scales
const toInput = (value) => (quantiles ? 100 * phi(value) : value);
const fromInput = (position) => (quantiles ? studio.prior.quantileOf(position / 100, RANGE) : position);

function readout(value) {
  if (!quantiles) return studio.signed(value);
  const percent = 100 * phi(value);
  return `${percent.toFixed(percent < 1 || percent > 99 ? 2 : 1)} %`;
}

// ------------------------------------------------------------------ rows
const LOCK = '<svg viewBox="0 0 16 16" aria-hidden="true"><rect x="3" y="7" width="10" height="7" rx="1.5" fill="currentColor"/><path d="M5 7V5a3 3 0 0 1 6 0v2" fill="none" stroke="currentColor" stroke-width="1.6"/></svg>';

function buildRow(dim) {
  const row = document.createElement("div");
  const kl = model.kl_per_dim ? model.kl_per_dim[dim] : null;
  const share = kl === null ? model.moves?.[dim] : kl / Math.max(...model.kl_per_dim);
  const barTitle = kl === null ? ` title="How much z${dim} moves the picture, against the slider that moves it most"` : "";
  row.className = "latent";
  row.innerHTML = `
    <label for="latent-${dim}"><span class="name">z${dim}</span><span class="trait"></span>
      <span class="kl" title="What the encoder says through z${dim}, a test digit on average">${kl === null ? "" : `${kl.toFixed(2)} nats`}</span>
      ${share === undefined ? "" : `<span class="bar${kl === null ? " moves" : ""}" style="--share: ${100 * share}%"${barTitle}></span>`}</label>
    <input type="range" id="latent-${dim}" data-testid="latent-slider-${dim}" aria-label="latent z${dim}">
    <button type="button" class="value" title="Set z${dim} to 0"></button>
    <div class="film" title="What z${dim} does from −3 to +3, the others as they are"><span class="frames"></span><i></i></div>
    <button type="button" class="freeze" aria-pressed="false" aria-label="freeze z${dim}" title="Freeze z${dim}: random draws and starts leave it alone">${LOCK}</button>`;
  const parts = {
    row,
    range: row.querySelector("input"),
    value: row.querySelector(".value"),
    film: row.querySelector(".frames"),
    mark: row.querySelector(".film i"),
    freeze: row.querySelector(".freeze"),
    trait: row.querySelector(".trait"),
  };
  wireRow(dim, parts);
  rows.set(dim, parts);
  return row;
}

/** One of hundreds: a slider and its value, no film, so that the page stays light. */
function buildLightRow(dim) {
  const row = document.createElement("div");
  row.className = "latent light";
  row.innerHTML = `<label for="latent-${dim}"><span class="name">z${dim}</span><span class="trait"></span></label>
    <input type="range" id="latent-${dim}" data-testid="latent-slider-${dim}" aria-label="latent z${dim}">
    <button type="button" class="value" title="Set z${dim} to 0"></button>`;
  const parts = { row, range: row.children[1], value: row.children[2], trait: row.querySelector(".trait") };
  wireSlider(dim, parts);
  rows.set(dim, parts);
  return row;
}

function wireRow(dim, parts) {
  wireSlider(dim, parts);
  parts.film.parentElement.addEventListener("click", (event) => {
    const box = parts.film.getBoundingClientRect();
    const cell = Math.floor((FILM.steps * (event.clientX - box.left)) / box.width);
    remember();
    place(dim, -FILM.span + (2 * FILM.span * Math.min(cell, FILM.steps - 1)) / (FILM.steps - 1), event);
  });
  parts.freeze.addEventListener("click", () => {
    frozen.has(dim) ? frozen.delete(dim) : frozen.add(dim);
    parts.freeze.setAttribute("aria-pressed", String(frozen.has(dim)));
    parts.row.classList.toggle("frozen", frozen.has(dim));
  });
}

function wireSlider(dim, parts) {
  parts.range.addEventListener("input", (event) => {
    startTurn++;
    u[dim] = fromInput(Number(parts.range.value));
    showRow(dim, false);
    moved(event);
  });
  // The browser's own step is one pixel's worth, 800 key presses from end to end.
  parts.range.addEventListener("keydown", (event) => {
    const direction = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!direction || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    place(dim, u[dim] + direction * (event.shiftKey ? 0.5 : 0.1), event);
  });
  parts.value.addEventListener("click", (event) => {
    remember();
    place(dim, 0, event);
  });
}

function place(dim, value, event) {
  u[dim] = Math.max(-RANGE, Math.min(RANGE, value));
  showRow(dim, true);
  moved(event);
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
  frozen = new Set();
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
async function showNames() {
  const asked = model.name;
  try {
    const { names, digits } = await studio.call(server, "names", { checkpoint: asked });
    if (asked !== model.name) return;
    for (const [dim, { trait, range }] of rows) {
      const found = names[dim];
      trait.textContent = found ? found.trait : "";
      if (!found) continue;
      const way = found.r > 0 ? "grows with" : "falls with";
      trait.title = `z${dim} ${way} the ${found.trait}: correlation ${studio.signed(found.r)} over ${digits} test digits`;
      range.setAttribute("aria-label", `latent z${dim}, ${found.trait}`);
    }
  } catch (error) {
    if (!(error instanceof studio.StudioOffline)) console.warn(error.message); // names are a courtesy
  }
}

// ------------------------------------------------------------------ filmstrips
let filmTimer = 0;
let filmTurn = 0;
let filmSheet = null;

// A strip a slider is a hundred decodes: asked for when the hand rests, not while it moves.
function filmsSoon(pause = 220) {
  clearTimeout(filmTimer);
  filmTimer = setTimeout(films, pause);
}

async function films() {
  if (document.hidden || studio.isOffline() || root.offsetParent === null) return filmsSoon(1000);
  const turn = ++filmTurn;
  const asked = model.name;
  try {
    const answer = await studio.call(server, "films", { checkpoint: asked, z: u.map(clampToLimit), label: studio.toldLabel() });
    const stale = () => turn !== filmTurn || asked !== model.name;
    if (stale()) return;
    const sheet = await studio.filmSheet(studio.bytesOf(answer.pixels), answer.dims.length, FILM);
    if (stale()) return sheet.drop();
    showFilms(sheet, answer.dims);
    showReading(answer.readings);
  } catch (error) {
    if (turn === filmTurn) studio.say(root, error.message);
  }
}

/** What an independent classifier, trained on real digits, takes the picture for. */
function showReading(readings) {
  const [reading] = readings || [];
  const words = !reading
    ? ""
    : reading.digit === null
      ? "A classifier takes this for no digit at all."
      : `A classifier reads this as ${reading.digit}, ${Math.floor(100 * reading.sure)} % sure.`;
  $(".reading-words").textContent = words;
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
  return share < 0.1 || share > 0.9 ? (100 * share).toFixed(1) : (100 * share).toFixed(0);
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
  const nearer = chiSquareBelow(radius * radius, d);
  const off = nearer > 0.999;
  const box = $(".gauge");
  box.classList.toggle("off", off);
  const words = off ? "off the map" : nearer > 0.975 ? "far out" : nearer < 0.025 ? "near the mean" : "typical";
  $(".verdict").textContent = words;
  $(".distance").textContent = `‖z‖ = ${radius.toFixed(2)}`;
  $(".needle").style.left = `${Math.min(100, (100 * radius) / shell.scale)}%`;
  const prior = model.variational ? "the prior" : "the Gaussian fitted to its codes";
  $(".gauge-note").textContent = off
    ? `Not one in a thousand draws from ${prior} lies this far from the mean: the decoder was never asked about this place.`
    : `${percent(nearer)} % of draws from ${prior} lie nearer to the mean; 95 of 100 have ‖z‖ between ${shell.low.toFixed(1)} and ${shell.high.toFixed(1)}.`;
}

// ------------------------------------------------------------------ jumps
function remember() {
  startTurn++;
  history = [...history.slice(-49), [...u]];
  $("[data-do=undo]").disabled = false;
}

function jump(next, event, { keepFrozen = true } = {}) {
  remember();
  u = next.map((v, dim) => (keepFrozen && frozen.has(dim) ? u[dim] : clampToLimit(v)));
  showAll();
  moved(event);
}

function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

const moves = {
  random: (event) => {
    showOrigin(null);
    jump(u.map(normal), event);
  },
  reset: (event) => {
    showOrigin(null);
    jump(u.map(() => 0), event);
  },
  undo: (event) => {
    if (!history.length) return;
    u = history.pop();
    $("[data-do=undo]").disabled = history.length === 0;
    showAll();
    moved(event);
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
  scaleRanges();
});

// ------------------------------------------------------------------ starting from a picture
let ownBuilt = false;
let startTurn = 0;
let origin = null;
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

async function startFromPicture({ bytes, dataURL, picture, options, source, label = "read", keepLabel = false }) {
  const content = dataURL || picture || bytes;
  if (!content) return;
  studio.say(root, null);
  const turn = ++startTurn;
  lastPicture = { bytes, dataURL, picture, source, label };
  if (!options) way?.reset();
  try {
    const answer = await studio.call(server, "encode", { checkpoint: model.name, picture: content, options, label });
    if (turn !== startTurn) return; // the visitor has moved on meanwhile
    if (model.conditional && !keepLabel) studio.set({ label: answer.label });
    origin = content;
    way?.show(answer);
    if (source && !["drawing", "example"].includes(source)) own.show(answer);
    showOrigin(answer.input);
    jump(answer.z, undefined, { keepFrozen: false });
  } catch (error) {
    studio.say(root, error.message);
  }
}

function showOrigin(pixels) {
  $(".origin").hidden = !pixels;
  root.classList.toggle("has-origin", Boolean(pixels));
  if (pixels) studio.paint($(".origin canvas"), pixels);
  else origin = null;
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
  json: () => studio.download(`${model.name}-z.json`, JSON.stringify({ checkpoint: model.name, z: rounded() }), "application/json"),
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
    const content = { z: [...u], pixels, from: "explore" };
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
  const n = (value, digits = 3) => `<span class="num">${studio.number(value, digits)}</span>`;
  const parts = [
    model.variational
      ? `Each slider is one of the <span class="num">${model.latent_dim}</span> numbers z from which the decoder of <b>${model.name}</b> paints a digit; 0 is the mean of the prior, and 95 of 100 draws of a number lie within ±2.`
      : `Each slider is one of the <span class="num">${model.latent_dim}</span> numbers of the code from which <b>${model.name}</b> paints a digit. A plain autoencoder has no prior: a Gaussian was fitted to its codes afterwards, and a slider counts that Gaussian's standard deviations from the mean code; between the codes of real digits nothing has to mean anything.`,
  ];
  if (model.slow) {
    parts.push("This decoder paints pixel by pixel, each one told z and all pixels before it: a picture takes its time, comes when the slider rests, and there are no filmstrips.");
  }
  if (model.latent_dim > LONG) {
    parts.push(`The <span class="num">${SHOWN}</span> that move the picture most stand here; the others are folded away beneath.`);
  }
  if (!model.variational && metrics && Number.isFinite(metrics.mse)) {
    parts.push(`Its reconstructions of the test digits are off by a mean squared error of ${n(metrics.mse)} a pixel.`);
  }
  if (model.conditional) {
    parts.push("It is told which digit to paint as well: press another one, and the same numbers, which hold the handwriting, become that digit.");
  }
  if (model.kl_per_dim) {
    const total = model.kl_per_dim.reduce((a, b) => a + b, 0);
    const top = model.order[0];
    parts.push(`They stand in the order of how much the encoder tells through them: <span class="num">z${top}</span> carries ${n(model.kl_per_dim[top])} nats a test digit, all together ${n(total)}.`);
  }
  if (model.prior === "flow") {
    parts.push("This model learned its prior too: a flow turns the noise that the sliders set into codes that lie nearly where those of real digits do, not wholly. " + studio.quantities.sureness(model));
  }
  if (model.prior === "flow" && model.moves) {
    parts.push("Noise looks the same from every side, so after training its sliders were laid along what can be measured on a digit: one with a name follows that trait.");
  }
  if (model.moves) {
    parts.push("They stand in the order of how much they move the picture, which the bar under each name shows.");
  }
  parts.push(studio.quantities.costOfADigit(model));
  $(".seeing-text").innerHTML = parts.join(" ");
}

// ------------------------------------------------------------------ life of the panel
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
  history = [];
  $("[data-do=undo]").disabled = true;
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
  const picture = origin;
  showOrigin(null);
  adopt(null);
  if (picture) startFromPicture({ picture });
});

studio.onSend("explore", (content) => {
  if (content.picture) return startFromPicture({ picture: content.picture });
  if (content.z && content.z.length === model.latent_dim) {
    showOrigin(null);
    jump(content.z, undefined, { keepFrozen: false });
  }
});

const { first } = studio.boot;
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
  origin = { pixels: first.input };
  showOrigin(first.input);
} else {
  adopt(studio.state.u);
  // A link's label says how to paint; the digit that the panel begins with is read as what it is.
  const keepLabel = studio.state.label !== null;
  if (first && !studio.state.u) startFromPicture({ picture: { pixels: first.input }, keepLabel });
}
if (studio.notices.length) studio.say(root, studio.notices.join(" "));
