// Interpolate: two ends, the way between them as a strip, and a scrubber that decodes live.
// Past 300 lines: a Gradio component takes one script, and this is one panel's wiring.
const { studio } = window;
const root = element.querySelector("[data-testid=panel-interpolate]");
const $ = (selector) => root.querySelector(selector);
const hero = $("[data-testid=live-canvas]");
const fade = $(".fade canvas");
const scrubber = $("[data-testid=scrubber]");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
// The pair that is there on arrival: all that lies between reads as one or the other.
const FIRST = { a: studio.placeOf(studio.exampleClasses[2] ?? 0, 0), b: studio.placeOf(studio.exampleClasses[9] ?? 0, 0) };
const SECONDS = 3; // from A to B when playing

let model = studio.model();
// A straight path falls below the lengths that the prior draws.
let path = studio.asked("path") === "linear" ? "linear" : "spherical";
let steps = studio.within(studio.asked("steps"), 2, 64, 10, true);
let here = null; // z where the scrubber stands
let strip = null; // the last answer: pixels and z of every step

// An end keeps where it is from, so that another model can read it again: {picture} or {seed} or
// {sent}, a code of another panel. Then z, the bytes that stand for it in the cross-fade and, of a
// conditional model, its label.
const ends = { a: null, b: null };

// ------------------------------------------------------------------ the live picture
const line = studio.line(server, "between");
const engine = studio.live({
  canvas: hero,
  request: (payload, how) => studio.call(line, "between", payload, how),
  payload: () => ({ ...asked(), t: Number(scrubber.value) }),
  onframe: (answer, { payload }) => {
    here = answer.z;
    showPlace(payload.t);
  },
  onerror: (sentence) => sentence && studio.say(root, sentence),
});

const ready = () => ends.a && ends.b && ends.a.z && ends.b.z;
const labels = () => (model.takes_labels ? [ends.a.label ?? null, ends.b.label ?? null] : null);
const asked = () => ({ checkpoint: model.name, a: ends.a.z, b: ends.b.z, labels: labels(), path });

function move(event) {
  scrubber.style.setProperty("--to", `${100 * Number(scrubber.value)}%`);
  markStep();
  paintFade();
  if (ready()) engine.push(undefined, event);
}

function showPlace(t) {
  studio.keep({ t: t === 0.5 ? null : String(Math.round(t * 1000) / 1000) });
  const norm = Math.hypot(...here);
  $(".at").textContent = `t ${studio.fixed(t, 2)}`;
  $(".norm .length").textContent = `‖z‖ ${studio.fixed(norm, 2)}`;
  $(".norm .usual").textContent = ` · ${model.variational ? "prior" : "codes"} ≈ ${studio.fixed(Math.sqrt(model.latent_dim), 2)}`;
  const near = strip?.readings?.[nearest(t)];
  const words = near ? `, where the nearest step ${studio.readingWords(near)}` : "";
  scrubber.setAttribute("aria-valuetext", `${Math.round(100 * t)} percent of the way from A to B${words}`);
}

/** (1 - t) a + t b of the two pictures. */
function mix(t) {
  const [a, b] = [ends.a.bytes, ends.b.bytes];
  return a.map((value, i) => Math.round((1 - t) * value + t * b[i]));
}

function paintFade() {
  if (ready()) studio.paint(fade, mix(Number(scrubber.value)));
}

// ------------------------------------------------------------------ the strips
let open = 0;
const onbusy = (is) => root.classList.toggle("is-busy", (open += is ? 1 : -1) > 0);
const wayfinding = studio.requests({ onbusy, onerror: (sentence) => studio.say(root, sentence) });

function askWay() {
  if (!ready()) return;
  return wayfinding.ask(async (still) => {
    strip = await still(studio.call(server, "way", { ...asked(), steps }));
    showStrips();
  });
}

function showStrips() {
  const bytes = studio.bytesOf(strip.pixels);
  const count = strip.z.length;
  root.style.setProperty("--count", count);
  const [latent, pixel] = [$(".strip.latent"), $(".strip.pixel")];
  resize(latent, count, makeFrame);
  resize(pixel, count, () => Object.assign(document.createElement("canvas"), { className: "digit" }));
  for (let i = 0; i < count; i++) {
    const t = i / (count - 1);
    studio.paint(latent.children[i].firstChild, bytes.subarray(784 * i, 784 * (i + 1)));
    showReading(latent.children[i], `Step ${i + 1} of ${count}`, strip.readings && strip.readings[i]);
    studio.paint(pixel.children[i], mix(t));
  }
  markStep();
}

/** What the classifier reads in a frame, the paler the less it is sure. */
function showReading(frame, label, reading) {
  const mark = frame.lastChild;
  mark.textContent = reading ? (reading.digit ?? "?") : "";
  mark.style.opacity = reading ? String(0.45 + 0.55 * reading.sure) : "";
  frame.title = reading ? studio.reading(reading) : "";
  frame.setAttribute("aria-label", reading ? `${label}. ${studio.reading(reading)}` : label);
}

function resize(row, count, make) {
  while (row.children.length > count) row.lastChild.remove();
  while (row.children.length < count) row.append(make());
}

function makeFrame() {
  const button = document.createElement("button");
  button.type = "button";
  button.append(Object.assign(document.createElement("canvas"), { className: "digit" }), document.createElement("span"));
  button.addEventListener("click", (event) => {
    const place = [...button.parentElement.children].indexOf(button);
    pause();
    scrubber.value = String(place / (strip.z.length - 1));
    move(event);
  });
  return button;
}

const nearest = (t) => Math.round(t * (strip.z.length - 1));

/** Mark the step that the scrubber is nearest to. */
function markStep() {
  if (!strip) return;
  const near = nearest(Number(scrubber.value));
  for (const row of root.querySelectorAll(".strip")) {
    [...row.children].forEach((frame, i) => frame.classList.toggle("is-near", i === near));
  }
}

// ------------------------------------------------------------------ the ends
const ways = {};
const widgets = {};
const settingEnd = {
  a: studio.requests({ onbusy, onerror: (sentence) => refused("A", sentence) }),
  b: studio.requests({ onbusy, onerror: (sentence) => refused("B", sentence) }),
};

function refused(name, sentence) {
  studio.say(root, `${name}: ${sentence}`);
  $("[data-testid=message]").scrollIntoView({ block: "nearest" });
}

/** To another model a code that was sent means nothing: it reads the picture that stands for it. */
const isOwn = ({ checkpoint, z }) => checkpoint === model.name && z.length === model.latent_dim;
const asPicture = ({ pixels }) => ({ picture: { pixels }, from: "example" });

function setEnd(name, source) {
  ends[name] = { ...source, z: null };
  return settingEnd[name].ask(async (still) => {
    ends[name] = { ...source, ...(await still(readEnd(name, source, still))) };
    studio.say(root, null);
    changed();
  });
}

function readEnd(name, source, still) {
  if (source.picture) return readPicture(name, source, still);
  if (!source.sent) return readDraw(source.seed);
  return isOwn(source.sent) ? readCode(source.sent) : readPicture(name, asPicture(source.sent), still);
}

async function readPicture(name, source, still) {
  const answer = await still(studio.call(server, "encode", {
    checkpoint: model.name, picture: source.picture, label: window.studioExamples.labels[source.place] ?? "read",
    options: { ...source.options, choose: source.choose ?? null },
  }));
  ways[name].show(answer);
  if (source.from !== "drawing" && source.from !== "example") await widgets[name].show(answer);
  return { z: answer.z, label: answer.label, bytes: studio.bytesOf(answer.input) };
}

async function readCode(sent) {
  const { z, label = null } = sent;
  const alone = { checkpoint: model.name, a: z, b: z, labels: [label, label], path: "linear", t: 0 };
  const pixels = sent.pixels || (await studio.call(server, "between", alone)).pixels;
  return { z, label, bytes: studio.bytesOf(pixels), sent: { ...sent, pixels } };
}

/** A conditional model draws a digit of some class; the seed chooses that too. */
async function readDraw(seed) {
  const label = seed % 10;
  const answer = await studio.call(server, "draw", { checkpoint: model.name, seed, label });
  return { z: answer.z[0], label, bytes: studio.bytesOf(answer.pixels) };
}

async function setRandom(name, seed = Math.floor(Math.random() * 2 ** 31)) {
  if (await setEnd(name, { seed })) await widgets[name].show({ pixels: packed(ends[name].bytes) });
}

const packed = (bytes) => btoa(String.fromCharCode(...bytes));

function changed() {
  if (!ready()) return;
  mirror();
  explain();
  move();
  askWay();
}

for (const name of ["a", "b"]) {
  widgets[name] = studio.picture($(`[data-end=${name}] .own`), {
    label: name === "a" ? "First digit" : "Second digit",
    testids: { upload: `image-${name}`, pad: `drawing-pad-${name}` },
    onpicture: ({ dataURL, picture, source, place }) => {
      ways[name].reset();
      return setEnd(name, { picture: dataURL || picture, from: source, place });
    },
    onchoose: (index) => setEnd(name, { ...ends[name], choose: index, from: "upload" }),
  });
  ways[name] = studio.steps($(`[data-end=${name}] .own`), (options) => setEnd(name, { ...ends[name], options }));
  $(`[data-random=${name}]`).addEventListener("click", () => {
    ways[name].reset();
    setRandom(name);
  });
}

// ------------------------------------------------------------------ scrub and play
scrubber.addEventListener("input", (event) => {
  pause();
  move(event);
});
scrubber.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
  if (!step) return;
  event.preventDefault(); // the browser's own step is a thousandth
  pause();
  scrubber.value = String(Number(scrubber.value) + step * (event.shiftKey ? 0.1 : 0.02));
  move(event);
});

const playButton = $("[data-do=play]");
let playing = null; // {at, direction}: phase and time of the last frame

function pause() {
  playing = null;
  playButton.setAttribute("aria-pressed", "false");
  playButton.setAttribute("aria-label", "Play");
}

function play() {
  playing = { time: performance.now(), direction: Number(scrubber.value) >= 1 ? -1 : 1 };
  playButton.setAttribute("aria-pressed", "true");
  playButton.setAttribute("aria-label", "Pause");
  requestAnimationFrame(tick);
}

function tick(now) {
  if (!playing || !root.isConnected) return;
  // Who asked for calm gets steps at their own pace instead of motion.
  const pace = calm.matches ? 1000 : 0;
  if (now - playing.time >= pace) {
    const span = calm.matches ? 1 / (steps - 1) : (now - playing.time) / 1000 / SECONDS;
    let t = Number(scrubber.value) + playing.direction * span;
    if (t >= 1 || t <= 0) playing.direction *= -1;
    t = Math.max(0, Math.min(1, t));
    scrubber.value = String(t);
    playing.time = now;
    move();
  }
  requestAnimationFrame(tick);
}

playButton.addEventListener("click", () => (playing ? pause() : ready() && play()));
studio.on("panel", (panel) => panel !== "interpolate" && pause());

// ------------------------------------------------------------------ knobs
$("[data-do=swap]").addEventListener("click", () => {
  [ends.a, ends.b] = [ends.b, ends.a];
  settingEnd.a.drop();
  settingEnd.b.drop();
  for (const name of ["a", "b"]) {
    if (ends[name]?.bytes) widgets[name].show({ pixels: packed(ends[name].bytes) });
  }
  scrubber.value = String(1 - Number(scrubber.value));
  changed();
});
function pressPath() {
  for (const button of root.querySelectorAll("[data-path]")) {
    button.setAttribute("aria-pressed", String(button.dataset.path === path));
  }
}
for (const button of root.querySelectorAll("[data-path]")) {
  button.addEventListener("click", () => {
    path = button.dataset.path;
    pressPath();
    changed();
  });
}
$("[data-do=steps]").addEventListener("change", ({ target }) => {
  const wanted = Number(target.value);
  if (!Number.isInteger(wanted) || wanted < 2 || wanted > 64) {
    studio.say(root, `Steps must be a whole number from 2 to 64, not ${target.value || "nothing"}.`);
    return;
  }
  studio.say(root, null);
  steps = wanted;
  changed();
});

// ------------------------------------------------------------------ out of the panel
for (const button of root.querySelectorAll("[data-send]")) {
  button.addEventListener("click", () => here && studio.send(button.dataset.send, { z: here, from: "interpolate" }));
}

const keeps = {
  gif: async () => {
    const answer = await studio.call(server, "film", asked());
    const gif = await (await fetch(answer.gif)).blob();
    studio.download(`path-${model.name}.gif`, gif);
  },
  png: async () => studio.download(`path-${model.name}.png`, await both()),
  json: () => {
    const told = { checkpoint: model.name, path, steps: strip.z.length, z: strip.z, ...(labels() && { labels: labels() }) };
    studio.download(`path-${model.name}.json`, JSON.stringify(told), "application/json");
  },
  python: () => {
    const box = $(".python");
    box.hidden = !box.hidden;
    box.textContent = python();
    navigator.clipboard?.writeText(box.textContent).catch(() => {}); // it can be copied by hand
  },
};
for (const button of root.querySelectorAll("[data-keep]")) {
  button.addEventListener("click", () => {
    if (ready() && strip) keep(button.dataset.keep);
  });
}

async function keep(kind) {
  try {
    await keeps[kind]();
  } catch (error) {
    studio.say(root, error.message);
  }
}

/** Both strips under one another, 8 pixels a pixel. */
function both() {
  const count = strip.z.length;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [30 * count - 2, 58];
  const context = canvas.getContext("2d");
  for (let i = 0; i < count; i++) {
    context.drawImage($(".strip.latent").children[i].firstChild, 30 * i, 0);
    context.drawImage($(".strip.pixel").children[i], 30 * i, 30);
  }
  return studio.png(canvas, 8);
}

function python() {
  const list = (z) => `[${z.map((v) => Math.round(v * 1e4) / 1e4).join(", ")}]`;
  const told = labels();
  const y = told ? ", y" : "";
  return [
    "import torch, vae_core",
    "",
    `model = vae_core.load(${JSON.stringify(model.name)})`,
    `a = torch.tensor(${list(ends.a.z)})`,
    `b = torch.tensor(${list(ends.b.z)})`,
    `u = vae_core.explore.path(a, b, ${steps}, "${path}")`,
    ...(told ? [`y = vae_core.explore.shares(${told.map((label) => label ?? "None").join(", ")}, torch.linspace(0, 1, ${steps})[:, None])  # of the ten classes, (${steps}, 10)`] : []),
    `images = model.decode(model.from_sliders(u${y})${y}).mean.clamp(0, 1)  # (${steps}, 1, 28, 28), white ink on black`,
  ].join("\n");
}

// ------------------------------------------------------------------ the address
function mirror() {
  const [a, b] = ["a", "b"].map(spelled);
  studio.keep({ a, b, path: path === "linear" ? path : null, steps: steps === 10 ? null : String(steps) });
}

/** An end as it stands in the address: an example, a draw, or its code, which any picture has. */
function spelled(name) {
  const { place, seed, label, z } = ends[name];
  if (place === FIRST[name]) return null;
  if (seed !== undefined) return `r${seed}`;
  return studio.spelledPlace(place) ?? `z${label ?? ""}:${studio.writeNumbers(z)}`;
}

/** The end that the address tells; null where it tells none. */
function fromAddress(name) {
  const text = studio.asked(name) || "";
  const place = studio.readPlace(text);
  if (place !== undefined) return widgets[name].takePlace(place);
  const [, seed, digit, numbers] = /^(?:r(\d{1,10})|z(\d?):(.*))$/.exec(text) || [];
  if (seed) return setRandom(name, Number(seed));
  const z = studio.readNumbers(numbers);
  if (z?.length !== model.latent_dim) return null;
  return takeCode(name, { z, label: digit ? Number(digit) : null, checkpoint: model.name });
}

async function takeCode(name, sent) {
  if (await setEnd(name, { sent })) await widgets[name].show({ pixels: packed(ends[name].bytes) });
}

// ------------------------------------------------------------------ life of the panel
function explain() {
  const { text, num, bold } = studio;
  const n = (value, digits = 3) => num(studio.number(value, digits));
  $(".seeing-text").replaceChildren(
    text`A and B become codes of ${num(studio.whole(model.latent_dim))} numbers; every digit between is decoded by ${bold(model.name)} from a code on the way. `,
    `A cross-fade shows two digits at once; the latent path bends one into the other. The small numbers are what an independent classifier reads, the paler the less it is sure. `,
    (model.variational ? "" : "A plain autoencoder has no prior: the numbers count standard deviations of a Gaussian that was fitted to its codes afterwards, and the way between two codes leads through places that it never learnt. "),
    labelled(),
    text` Draws from ${model.variational ? "the prior" : "that Gaussian"} have lengths around ${n(Math.sqrt(model.latent_dim))}. ${lengths(n)}`,
  );
}

/** What a conditional model is told on the way. */
function labelled() {
  if (!model.takes_labels || !ready()) return "";
  const [a, b] = labels().map((label) => studio.num(label ?? "unknown"));
  return studio.text`This model is told its digit as well, A's (${a}) at the one end, B's (${b}) at the other and shares of both between.`;
}

/** What the two paths do to the length of z, with the numbers of these two ends. */
function lengths(n) {
  if (!ready()) return "";
  const [a, b] = [Math.hypot(...ends.a.z), Math.hypot(...ends.b.z)];
  const middle = Math.hypot(...ends.a.z.map((v, i) => (v + ends.b.z[i]) / 2));
  return studio.text`A has ${n(a)} and B ${n(b)}: half way, the straight path is down to ${n(middle)}, the spherical one keeps ${n((a + b) / 2)}.`;
}

studio.on("model", () => {
  model = studio.model();
  explain();
  for (const name of ["a", "b"]) {
    const end = ends[name];
    if (!end) continue;
    if (end.seed !== undefined) setRandom(name, end.seed);
    else setEnd(name, end);
  }
});
studio.onSend("interpolate", async (content) => {
  const name = content.end === "b" ? "b" : "a";
  const { picture, z, pixels, label, checkpoint } = content;
  if (picture && picture.pixels) await widgets[name].show({ pixels: picture.pixels });
  if (picture) return setEnd(name, { picture, from: picture.pixels ? "example" : "sent" });
  if (z) await takeCode(name, { z, pixels, label, checkpoint });
});

pressPath();
$("[data-do=steps]").value = String(steps);
scrubber.value = String(studio.within(studio.asked("t"), 0, 1, 0.5, false));
if (model) {
  explain();
  // Two real digits are there on arrival, unless something was sent meanwhile.
  for (const [name, widget] of Object.entries(widgets)) {
    widget.ready.then(() => ends[name] || fromAddress(name) || widget.takePlace(FIRST[name]));
  }
} else {
  studio.say(root, "There is no model: train one with python -m vae_core train vae-400.");
}
