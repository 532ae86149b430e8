// Reconstruct: picture -> digit -> q(z|x) -> z -> reconstruction -> difference, left to right.
// Past 300 lines: a Gradio component takes one script, and this is one panel's wiring.
const { studio } = window;
const root = element.querySelector("[data-testid=panel-reconstruct]");
const $ = (selector) => root.querySelector(selector);
const { make, shape, text, joined, num, bold } = studio;
const input = $("[data-testid=model-input]");
const output = $("[data-testid=reconstruction]");
const DRAWS = 8;
const FIRST = studio.placeOf(studio.exampleClasses[5] ?? 0, 0); // the digit that is there on arrival

let model = studio.model();
let current = null; // {picture, source}: what came in last
let shown = null; // the last whole answer
let options = {}; // polarity, stroke, threshold, choose: only what was set by hand
const [how, which = null] = (studio.asked("code") || "").split(":"); // "draw:3", or the mean
let code = how === "draw" ? "draw" : "mean";
let seed = studio.within(which, 1, 1e9, 1, true);
let arrived = null; // what the digitizer said of `current`: {digit, verdict, boxes, stages, ...}
let drawing = false;

// ------------------------------------------------------------------ asking
/** What is known of the picture beyond what was set by hand: the pad's ink is light, and a drawing
 * that is no digit is shown all the same. */
const wishes = () => {
  const pad = current && current.source === "drawing" ? { polarity: "light" } : {};
  return { odd: "show", ...pad, ...options };
};

/** The picture once, to be digitized; from then on the 784 bytes that it became. */
const request = () => {
  const how = { code, seed, draws: DRAWS };
  const { damage = null } = options;
  return arrived
    ? { checkpoint: model.name, picture: { digit: arrived.digit }, options: { ...how, damage, stages: false } }
    : { checkpoint: model.name, picture: current.picture, options: { ...wishes(), ...how } };
};

// Everything about the current picture: an answer for another model or picture is dropped.
const asking = studio.requests({
  onerror: (sentence) => refuse(sentence),
  onbusy: (on) => root.classList.toggle("is-busy", on),
});

const FOUND = ["verdict", "odd", "found", "chosen", "polarity", "threshold", "stroke_width", "source", "size", "boxes", "stages"];

function ask() {
  if (!current || !model) return Promise.resolve();
  $(".family").setAttribute("aria-busy", "true");
  return asking.ask(async (still) => {
    const answer = await still(studio.call(server, "reconstruct", request()));
    const isNew = !arrived;
    arrived ??= { digit: answer.whole ?? answer.input, ...Object.fromEntries(FOUND.map((key) => [key, answer[key]])) };
    show({ ...answer, ...arrived }, isNew);
  });
}

/** Another picture: what was set by hand for the last one does not concern it. */
function take(picture, source, file = null, place = undefined) {
  drawing = false;
  current = { picture, source, file, place };
  arrived = null;
  rubber.clear();
  const { kind, amount: share, seed: noise } = options.damage || {};
  options = kind ? { damage: { kind, amount: share, seed: noise } } : {};
  return ask();
}

/** Nothing on the pad, nothing beside it. */
function clear() {
  asking.drop();
  current = arrived = null;
  rubber.clear();
  options = options.damage ? { damage: options.damage } : {};
  drawing = false;
  empty();
  showOptions({ stages: [], threshold: 0.5 });
  $(".python").hidden = true;
  $(".family").replaceChildren();
  studio.say(root, null);
}

/** What was refused stays in view, with the knobs that might help, and nothing of the picture before. */
function refuse(sentence) {
  if ("choose" in options && "threshold" in options) {
    delete options.choose; // the knob left fewer digits than there were
    ask();
    return;
  }
  empty();
  studio.say(root, sentence);
  $("[data-testid=message]").scrollIntoView({ block: "nearest" });
  $(".family").replaceChildren();
  if (!current || arrived) return;
  if (current.source !== "drawing") widget.refused(current.picture);
  const refused = { title: "Your picture", note: sentence, image: current.picture, width: 999, height: 999 };
  $(".film").replaceChildren(...(typeof current.picture === "string" ? [studio.stage(refused)] : []));
  for (const image of root.querySelectorAll(".film img")) image.onerror = () => image.remove();
  showOptions({ stages: [1, 2, 3], threshold: 0.5 });
}

function empty() {
  shown = null;
  clearTimeout(gapTimer);
  clearTimeout(familyTimer);
  telling.drop();
  filling.drop();
  $(".film").replaceChildren();
  for (const canvas of root.querySelectorAll("canvas.digit")) canvas.width = 0; // empty until there is one
  root.classList.add("is-empty");
  $(".verdict").textContent = $(".spoken").textContent = "";
  $(".off-map").hidden = true;
  $(".gap-part").hidden = true;
  showReadings(null);
}

// While a stroke grows the newest picture wins; a refusal (a dot is no digit yet) is not worth words.
const growing = studio.live({
  canvas: output,
  request: (payload, how) => studio.call(server, "follow", payload, how),
  paint: (answer) => drawing && showDigits(answer), // the lifted pen's own answer must stay
  onerror: () => {},
});

const widget = studio.picture($(".own"), {
  label: "Your digit",
  onpicture: ({ dataURL, picture, source, file, place }) => {
    return take(dataURL || picture, source, file, place);
  },
  onclear: clear,
  ondrop: () => {
    drawing = false;
    if (shown) showDigits(shown);
  },
  onlive: ({ dataURL, event }) => {
    drawing = true;
    const pad = { odd: "show", polarity: "light", ...options, choose: null };
    growing.push({ checkpoint: model.name, picture: dataURL, options: pad }, event);
  },
  onchoose: (index) => {
    drawing = false;
    options.choose = index;
    arrived = null;
    ask();
  },
});

// ------------------------------------------------------------------ showing
function show(answer, isNew) {
  shown = answer;
  mirror();
  studio.say(root, null);
  showDigits(answer);
  if (isNew && current.source !== "example") widget.show(answer);
  showFilm(answer);
  showRepair(answer);
  showOptions(answer);
  showGap(answer);
  showFamily();
  speak(answer);
}

/** One sentence for who listens, once all is there: what was read, what came back, what it costs. */
function speak({ readings, standing }) {
  const [before, after] = (readings || []).map(studio.readingWords);
  const dear = standing ? standing.cost ?? standing.distortion : null;
  const words = [
    before && `The digit ${before}, its reconstruction ${after}.`,
    dear !== null && `It costs ${ranked(dear)} of the test digits.`,
  ];
  $(".spoken").textContent = words.filter(Boolean).join(" ");
}

/** What a link needs to show the same; a picture of the visitor's own stays with him. */
function mirror() {
  const { damage } = options;
  studio.keep({
    x: current.place === FIRST ? null : studio.spelledPlace(current.place),
    damage: damage && !damage.mask ? `${damage.kind}:${damage.amount}` : null,
    code: code === "draw" ? `draw:${seed}` : null,
  });
}

/** Damage as the address tells it: "noise:0.4". */
function damageFromAddress() {
  const [kind, share = null] = (studio.asked("damage") || "").split(":");
  if (![...root.querySelectorAll("[data-damage]")].some(({ dataset }) => kind && dataset.damage === kind)) return;
  turnAmount(studio.within(share, 0, 1, 0.4, false));
  options.damage = { kind, amount: Number(amount.value), seed: 0 };
  pressDamage(kind);
}

function pressCode() {
  for (const button of root.querySelectorAll("[data-code]")) {
    button.setAttribute("aria-pressed", String(button.dataset.code === code));
  }
}

function showDigits(answer) {
  root.classList.remove("is-empty");
  studio.say(root, null);
  studio.paint(input, answer.input);
  if (answer.gap) studio.shade(input, studio.bytesOf(answer.gap));
  studio.paint(output, answer.reconstruction);
  paintDifference(answer.difference);
  showPlace(answer);
  $(".mse").textContent = `mse ${studio.number(answer.mse, 2)}`;
  showReadings(answer.readings);
  showPosterior(answer);
  showCosts(answer);
  showDraws(answer);
}

/** What the classifier makes of the digit and of its reconstruction. */
function showReadings(readings) {
  for (const place of root.querySelectorAll("[data-reads]")) {
    const reading = readings && readings[place.dataset.reads];
    place.textContent = reading ? studio.reading(reading) : "";
    place.title = "Read by an independent classifier, which knows nothing of this model";
  }
}

const OFF = 0.999; // costlier than all but ten of the 10,000 test digits

/** The digitizer's words, or why this is off the map: what the judge, the reader and the cost say. */
function showPlace(answer) {
  const { standing } = answer;
  const dear = standing ? standing.cost ?? standing.distortion : 0;
  const reasons = [
    (answer.odd || answer.readings?.[0].digit === null) && "this does not look like a digit",
    dear >= OFF && `it costs ${ranked(dear)} of the test digits`,
  ].filter(Boolean);
  $(".off-map").hidden = !reasons.length;
  $(".off-map").textContent = `Off the map: ${reasons.join(", and ")}.`;
  $(".verdict").textContent = answer.odd ? "" : answer.verdict;
}

/** A share of the test digits in words, never rounded up to all of them. */
function ranked(share) {
  if (share >= 1) return "more than all";
  if (share <= 0) return "less than all";
  const percent = (part) => (part > 0.99 ? studio.fixed(Math.floor(1000 * part) / 10) : studio.whole(100 * part));
  return share >= 0.5 ? `more than ${percent(share)} %` : `less than ${percent(1 - share)} %`;
}

/** Signed bytes as colour on the digit's black: what was added, what is missing. */
function paintDifference(packed) {
  const values = new Int8Array(studio.bytesOf(packed).buffer);
  paintColours($(".difference"), values, (v) => (v > 0 ? [255, 122, 60, v / 127] : [70, 170, 255, -v / 127]));
}

function paintColours(canvas, values, colour) {
  [canvas.width, canvas.height] = [28, 28];
  const context = canvas.getContext("2d");
  const image = context.createImageData(28, 28);
  values.forEach((value, i) => {
    const [r, g, b, amount] = colour(value);
    const strength = Math.sqrt(Math.min(1, amount)); // small errors stay visible
    image.data.set([r * strength, g * strength, b * strength, 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
}

// ------------------------------------------------------------------ the posterior, a column a number
const CHART = { width: 320, height: 196, edge: 3.5 };

/** An arrowhead at the edge of the chart, for what lies outside it. */
function beyondMark(x, half, above) {
  const [edge, base] = above ? [1, 9] : [CHART.height - 1, CHART.height - 9];
  return shape("path", { class: "off", d: `M${x - half} ${base}H${x + half}L${x} ${edge}z` });
}

/** The chart itself: the prior's band, lines at -2, 0 and 2, and the columns. */
function paintPosterior(columns, y) {
  const lines = [-2, 0, 2].map((v) => shape("line", { x1: 0, x2: CHART.width, y1: y(v), y2: y(v), ...(v ? { class: "faint" } : {}) }));
  const ticks = [["+2", 2], ["0", 0], ["−2", -2]].map(([textContent, v]) => {
    const tick = make("span", { className: "tick", textContent });
    tick.style.top = `${(100 * y(v)) / CHART.height}%`;
    return tick;
  });
  $(".posterior").replaceChildren(
    shape("svg", { viewBox: `0 0 ${CHART.width} ${CHART.height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      shape("rect", { class: "prior", x: 0, width: CHART.width, y: y(1), height: y(-1) - y(1) }), ...lines, ...columns),
    ...ticks,
  );
}

function showPosterior(answer) {
  const order = model.order;
  const step = CHART.width / order.length;
  const y = (value) => (CHART.height / 2) * (1 - Math.max(-1, Math.min(1, value / CHART.edge)));
  const bar = Math.max(2, Math.min(18, step * 0.6));
  // A deterministic code has no prior to be measured against: its sliders count its own sigmas.
  const means = answer.sigma ? answer.mean : answer.z;
  const chosen = answer.z_drawn || means;
  let clipped = 0;
  const columns = order.flatMap((dim, place) => {
    const x = (place + 0.5) * step;
    const [mean, sigma] = [means[dim], answer.sigma ? answer.sigma[dim] : 0];
    const [top, bottom] = [y(mean + sigma), y(mean - sigma)];
    const beyond = [chosen[dim], mean].find((v) => Math.abs(v) > CHART.edge);
    if (beyond !== undefined) clipped++;
    return [
      shape("rect", { class: "sigma", x: x - bar / 2, y: top, width: bar, height: Math.max(1, bottom - top), rx: 1 }),
      shape("rect", { class: "mean", x: x - bar / 2, y: y(mean) - 1.5, width: bar, height: 3 }),
      shape("circle", { class: "z", cx: x, cy: y(chosen[dim]), r: Math.min(3.2, bar / 2) }),
      ...(beyond === undefined ? [] : [beyondMark(x, Math.max(4, bar / 2), beyond > 0)]),
    ];
  });
  $(".beyond").hidden = !clipped;
  $(".beyond").textContent = `${clipped} beyond ±${CHART.edge}`;
  paintPosterior(columns, y);
  const sure = answer.sigma ? order.filter((dim) => answer.sigma[dim] < 0.5).length : order.length;
  $(".posterior").setAttribute("aria-label", answer.sigma
    ? `Mean and sigma of ${order.length} numbers; ${sure} of them are known to within half a prior sigma`
    : `The code, ${order.length} numbers`);
  root.classList.toggle("is-deterministic", !answer.sigma);
  point(pointedAt);
}

let pointedAt = 0;

/** The numbers of one column in words, under the pointer or the arrow keys. */
function point(place) {
  if (!shown && !model) return;
  pointedAt = Math.max(0, Math.min(model.latent_dim - 1, place));
  const answer = shown;
  const dim = model.order[pointedAt];
  if (!answer || answer.mean.length !== model.latent_dim) return;
  if (!answer.sigma) {
    $(".pointed").textContent = `z${dim}   ${studio.signed(answer.mean[dim])}`;
    return;
  }
  const z = (answer.z_drawn || answer.mean)[dim];
  const drawn = answer.z_drawn ? `drawn ${studio.signed(z)}   ` : "";
  $(".pointed").textContent = `z${dim}   ${drawn}mean ${studio.signed(answer.mean[dim])} ± ${studio.fixed(answer.sigma[dim], 2)}`;
}

$(".posterior").addEventListener("pointermove", (event) => {
  const box = $(".posterior svg")?.getBoundingClientRect();
  if (!box) return;
  point(Math.floor((model.latent_dim * (event.clientX - box.left)) / box.width));
});
$(".posterior").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  point(pointedAt + step);
});

// ------------------------------------------------------------------ costs and draws
function showCosts(answer) {
  const { distortion, rate, standing, usual } = answer;
  const total = distortion + (rate ?? 0);
  for (const [key, value] of Object.entries({ distortion, rate, cost: rate === null ? null : total })) {
    $(`output.${key === "cost" ? "elbo" : key}`).textContent = value === null ? "none" : studio.fixed(value);
    const share = standing ? standing[key] : null;
    $(`[data-rank=${key}]`).textContent = share === null || share === undefined ? "" : ranked(share);
  }
  const typical = usual ? usual.cost ?? usual.distortion : null;
  const { floor } = answer;
  const scale = Math.max(total, typical === null ? 0 : floor + typical * 1.6);
  const bar = $(".cost-bar");
  bar.querySelector(".d").style.width = `${(100 * distortion) / scale}%`;
  bar.querySelector(".r").style.width = `${(100 * (rate ?? 0)) / scale}%`;
  bar.querySelector("u").hidden = typical === null;
  bar.querySelector("u").style.left = `${(100 * (floor + (typical ?? 0))) / scale}%`;
  const inNats = model.quantity !== "squared-error";
  $("dt.of-distortion").dataset.tip = distortionTip(inNats);
  for (const unit of root.querySelectorAll(".costs small")) unit.hidden = !inNats;
  const drawn = !inNats ? "Distortion is half the summed squared error. A deterministic code has no rate." : rate === null ? "Cross-entropy of the grey pixels. A deterministic code has no rate." : `Means over ${answer.estimate_draws} draws of z.`;
  $(".cost-note").textContent = drawn + (typical === null ? "" :
    ` Compared with MNIST's 10,000 test digits, measured the same way under ${model.name}${floor ? `, each above what its own greys cost however well they are foretold (their entropy, here ${studio.fixed(floor)} nats)` : ""}: the mark is their median, ${studio.fixed(typical)}${inNats ? " nats" : ""}${floor ? " above it" : ""}.`);
  explain(usual);
}

function distortionTip(inNats) {
  if (!inNats) return "half the squared error, summed over the pixels";
  if (!model.variational) return "cross-entropy of the grey pixels, summed";
  return "−log p(x|z): nats to write the pixels down once z is known";
}

function showDraws(answer) {
  const bytes = studio.bytesOf(answer.draws);
  const row = $(".draws");
  const count = bytes.length / 784;
  while (row.children.length < count) {
    row.append(Object.assign(document.createElement("canvas"), { className: "digit", width: 28, height: 28 }));
  }
  for (let i = 0; i < count; i++) studio.paint(row.children[i], bytes.subarray(784 * i, 784 * (i + 1)));
  paintColours($(".spread"), studio.bytesOf(answer.spread), (v) => [230, 226, 160, v / 255]);
  $(".peak").textContent = `up to ${studio.number(answer.spread_peak, 2)}`;
}

// ------------------------------------------------------------------ the filmstrip and its knobs
function showFilm(answer) {
  $(".film").replaceChildren(...answer.stages.map(studio.stage));
}

function showOptions(answer) {
  const untouched = answer.stages.length < 3; // an MNIST digit needs no steps
  $(".adjust").hidden = untouched;
  $(".needs-none").hidden = !untouched;
  const range = $("[data-option=threshold]");
  range.value = String(options.threshold ?? answer.threshold);
  range.style.setProperty("--to", `${100 * Number(range.value)}%`);
  $(".threshold output").textContent = studio.fixed(Number(range.value), 2);
  $("[data-option=polarity]").value = options.polarity || "auto";
  $("[data-option=stroke]").value = String(options.stroke || "auto");
  $("[data-do=auto]").hidden = !["polarity", "stroke", "threshold", "choose"].some((key) => key in options);
}

function adjust(name, value) {
  if (value === "auto") delete options[name];
  else options[name] = value;
  arrived = null;
  askSoon();
}

let timer = 0;
let waiting = false;

/** One question at a time while a knob turns, and always one for its last position. */
async function askSoon() {
  clearTimeout(timer);
  if (waiting) {
    timer = setTimeout(askSoon, 30);
    return;
  }
  waiting = true;
  await ask();
  waiting = false;
}

$("[data-option=polarity]").addEventListener("change", (event) => adjust("polarity", event.target.value));
$("[data-option=stroke]").addEventListener("change", ({ target }) =>
  adjust("stroke", Number(target.value) || target.value));
$("[data-option=threshold]").addEventListener("input", ({ target }) => {
  target.style.setProperty("--to", `${100 * Number(target.value)}%`);
  $(".threshold output").textContent = studio.fixed(Number(target.value), 2);
  adjust("threshold", Number(target.value));
});

// ------------------------------------------------------------------ damage and repair
const amount = $("[data-do=amount]");

function setDamage(kind) {
  const mask = kind === "erase" && rubber.mask ? { mask: studio.packed(rubber.mask) } : {};
  if (kind) options.damage = { kind, amount: Number(amount.value), seed: 0, ...mask };
  else delete options.damage;
  pressDamage(kind);
  askSoon();
}

function pressDamage(kind) {
  amount.disabled = !kind;
  root.classList.toggle("is-erasing", kind === "erase");
  input.tabIndex = kind === "erase" ? 0 : -1;
  for (const button of root.querySelectorAll("[data-damage]")) {
    button.setAttribute("aria-pressed", String(button.dataset.damage === kind));
  }
}

for (const button of root.querySelectorAll("[data-damage]")) {
  button.addEventListener("click", () => {
    rubber.clear();
    setDamage(button.dataset.damage);
  });
}
function turnAmount(value) {
  amount.value = String(value);
  amount.style.setProperty("--to", `${100 * value}%`);
}
amount.addEventListener("input", () => {
  turnAmount(Number(amount.value));
  if (options.damage) setDamage(options.damage.kind);
});

const rubber = studio.eraser(input, {
  on: () => options.damage?.kind === "erase",
  onrub: () => setDamage("erase"),
});

let gapTimer = 0;

/** What could stand in the gap; a moment later than the rest, since it is a hundred passes. */
function showGap(answer) {
  clearTimeout(gapTimer);
  $(".gap-part").hidden = !answer.gap || !studio.bytesOf(answer.gap).some(Boolean);
  if (!$(".gap-part").hidden) gapTimer = setTimeout(() => fillGap(answer), 200);
}

// What hangs on the answer in view goes with it: another one is another object.
const filling = studio.requests({
  about: () => shown,
  onerror: (sentence) => {
    $(".gap-row").replaceChildren();
    $(".gap-note").textContent = sentence;
  },
});

const fillGap = (answer) => filling.ask(async (still) =>
  showAnswers(answer, await still(studio.call(server, "fill", request()))));

function showAnswers(answer, filled) {
  const bytes = studio.bytesOf(filled.answers);
  const count = bytes.length / 784;
  const read = (i) => filled.readings ? String(filled.readings[i].digit ?? "none") : "";
  $(".gap-row").replaceChildren(...Array.from({ length: count }, (_, i) => {
    const figure = document.createElement("figure");
    const canvas = Object.assign(document.createElement("canvas"), { className: "digit" });
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Answer ${i + 1} of ${count}${read(i) && `, read as ${read(i)}`}`);
    studio.paint(canvas, bytes.subarray(784 * i, 784 * (i + 1)));
    figure.append(canvas, Object.assign(document.createElement("figcaption"), { className: "num", textContent: read(i) }));
    return figure;
  }));
  const error = studio.number(squared(answer.whole, filled.average), 2);
  const how = answer.sigma
    ? `Pseudo-Gibbs: each chain of ${model.name} starts elsewhere, then draws z and the missing pixels in turn.`
    : `Each chain of ${model.name} starts elsewhere, then encodes and decodes in turn.`;
  $(".gap-note").replaceChildren(text`${how} Beneath each answer, what the classifier reads. Their average is off by a mean squared error of ${num(error)}.`);
}

/** Mean squared error between two packed digits. */
function squared(one, two) {
  const [a, b] = [one, two].map(studio.bytesOf);
  return a.reduce((sum, v, i) => sum + ((v - b[i]) / 255) ** 2, 0) / a.length;
}

/** How near the damaged digit and its repair are to the whole one. */
function showRepair(answer) {
  const line = $(".repair");
  line.hidden = !answer.whole;
  if (!answer.whole) return;
  const [before, after] = [answer.input, answer.reconstruction].map((other) => squared(answer.whole, other));
  line.replaceChildren(text`Mean squared error to the whole digit: damaged ${num(studio.number(before, 2))}, repaired ${num(studio.number(after, 2))}${after < before ? "." : ": this damage is beyond the model."}`);
  const own = { noise: "gaussian", erase: "masking" }[options.damage?.kind];
  const trained = studio.models.find(({ corruption }) => corruption?.kind === own);
  if (after < before || !trained || model.corruption) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: `Try ${trained.name}` });
  button.addEventListener("click", () => studio.set({ model: trained.name }));
  line.append(" Some models were trained to repair: ", button);
}

// ------------------------------------------------------------------ every model
let familyTimer = 0;

/** Later than the rest: it loads every model, and nobody waits for it. */
function showFamily() {
  clearTimeout(familyTimer);
  familyTimer = setTimeout(askFamily, 350);
}

const AT_ONCE = 4; // models a call: between calls, somebody else's turn, or a newer picture's

// The sentence about a refused picture stands above already.
const telling = studio.requests({ about: () => shown, onerror: () => $(".family").replaceChildren() });

/** The models by what their pixels count: figures of two kinds are never set side by side. */
function kindsOfPixels() {
  const { QUANTITIES } = studio.quantities;
  const members = (key) => studio.models.filter(({ quantity }) => quantity === key);
  return Object.keys(QUANTITIES).map((key) => ({ key, models: members(key), ...QUANTITIES[key] })).filter(({ models }) => models.length);
}

function groupOf({ key, heads }) {
  const found = $(`.family [data-quantity="${key}"]`);
  if (found) return found.lastChild;
  const group = document.createElement("div");
  group.dataset.quantity = key;
  group.append(Object.assign(document.createElement("h3"), { textContent: heads }), document.createElement("div"));
  $(".family").append(group);
  return group.lastChild;
}

const askFamily = () => telling.ask(async (still) => {
  const { damage = null } = options;
  for (const kind of kindsOfPixels()) {
    const names = kind.models.map(({ name }) => name);
    for (let i = 0; i < names.length; i += AT_ONCE) {
      const some = { picture: { digit: arrived.digit }, options: { damage }, names: names.slice(i, i + AT_ONCE) };
      const answer = await still(studio.call(server, "family", some));
      const row = groupOf(kind);
      answer.models.forEach((member, k) => {
        const button = familyMember(member, kind);
        if (row.children[i + k]) row.children[i + k].replaceWith(button);
        else row.append(button);
      });
    }
  }
  $(".family").removeAttribute("aria-busy");
});

function familyMember(member, { cost: inUnit }) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-pressed", String(member.name === model.name));
  button.title = `Switch to ${member.name}: mean squared error ${studio.number(member.mse, 2)} a pixel`;
  const canvas = Object.assign(document.createElement("canvas"), { className: "digit" });
  studio.paint(canvas, member.reconstruction);
  const name = Object.assign(document.createElement("b"), { textContent: member.name });
  const cost = Object.assign(document.createElement("span"), {
    className: "num",
    textContent: member.rate === null || !inUnit ? `mse ${studio.number(member.mse, 2)}` : inUnit(member.distortion + member.rate),
  });
  button.append(canvas, name, cost);
  button.addEventListener("click", () => studio.set({ model: member.name }));
  return button;
}

// ------------------------------------------------------------------ the code, and out of the panel
function choose(next) {
  code = next;
  pressCode();
  ask();
}
for (const button of root.querySelectorAll("[data-code]")) {
  button.addEventListener("click", () => {
    if (code === "draw" && button.dataset.code === "draw") seed++;
    choose(button.dataset.code);
  });
}
$("[data-do=again]").addEventListener("click", () => {
  seed++;
  ask();
});
$("[data-do=auto]").addEventListener("click", () => {
  const { damage } = options;
  options = damage ? { damage } : {};
  arrived = null;
  ask();
});

const zShown = () => shown.z_drawn || shown.z;
for (const button of root.querySelectorAll("[data-send]")) {
  button.addEventListener("click", () => {
    if (!shown) return;
    const target = button.dataset.send;
    const digit = { pixels: shown.input };
    if (target === "explore") studio.send("explore", code === "mean" ? { picture: digit, from: "reconstruct" } : { z: zShown(), from: "reconstruct" });
    else studio.send("interpolate", { picture: digit, end: target, from: "reconstruct" });
  });
}

const keeps = {
  png: async () => studio.download(`reconstruction-${model.name}.png`, await strip()),
  json: () => {
    const { z, mean, logvar, distortion, rate, mse } = shown;
    const { standing } = shown;
    const told = { checkpoint: model.name, z: zShown(), posterior_mean_sliders: z, mean, logvar, distortion, rate, mse, shares_of_test_digits_below: standing };
    studio.download(`reconstruction-${model.name}.json`, JSON.stringify(told, null, 2), "application/json");
  },
  python: () => {
    const box = $(".python");
    box.hidden = !box.hidden;
    box.textContent = python();
    navigator.clipboard?.writeText(box.textContent).catch(() => {}); // it can be copied by hand
  },
};
for (const button of root.querySelectorAll("[data-keep]")) {
  button.addEventListener("click", () => shown && keeps[button.dataset.keep]());
}

/** Digit, reconstruction and difference side by side, 16 pixels a pixel. */
function strip() {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [28 * 3 + 4, 28];
  const context = canvas.getContext("2d");
  [input, output, $(".difference")].forEach((part, i) => context.drawImage(part, 30 * i, 0));
  return studio.png(canvas, 16);
}

/** The lines that make the picture in view again: from its file, or from the digit itself. */
function python() {
  const { file } = current;
  const set = ["polarity", "threshold", "stroke", "choose"].filter((key) => key in options);
  const chosen = [...set.map((key) => `${key}=${JSON.stringify(options[key])}`), 'odd="show"'].join(", ");
  const pixels = file
    ? `pixels = digitize(${JSON.stringify(file)}, Options(${chosen})).pixels  # (28, 28)`
    : `pixels = np.frombuffer(base64.b64decode("${arrived.digit}"), np.uint8).reshape(28, 28)`;
  const { damage } = options;
  const drawn = code === "draw" && shown.sigma;
  return [
    ...(file ? [] : ["import base64", "", "import numpy as np"]),
    "import torch",
    "",
    "import vae_core",
    "from vae_core.evaluation import percentiles",
    ...(file ? ["from vae_core.digitize import Options, digitize"] : []),
    ...(damage ? ["from vae_core.app.service.damage import damaged"] : []),
    "",
    `model = vae_core.load(${JSON.stringify(model.name)})`,
    pixels,
    ...(damage ? [`pixels = damaged(pixels, ${JSON.stringify(damage)})`] : []),
    "x = torch.from_numpy(pixels.copy()).float()[None, None] / 255",
    shown.sigma ? "q = model.encode(x)  # q.mean, q.logvar: (1, latent_dim)" : "q = model.encode(x)  # q.mean: the code, (1, latent_dim)",
    ...(drawn ? [`eps = torch.randn(${DRAWS}, model.latent_dim, generator=torch.Generator().manual_seed(${seed}))[:1]`] : []),
    drawn ? "z = q.at(eps)" : "z = q.mean",
    "image = model.decode(z).mean.clamp(0, 1)  # (1, 1, 28, 28), white ink on black",
    `costs = percentiles.costs(model, x)  # ${shown.sigma ? "distortion, rate and their sum, -ELBO" : "distortion alone"}`,
  ].join("\n");
}

// ------------------------------------------------------------------ life of the panel
function explain(usual) {
  const n = (value, digits = 3) => num(studio.number(value, digits));
  const how = text`The picture becomes a 28 × 28 digit as MNIST's were made. The encoder of ${bold(model.name)} answers with `;
  const size = num(studio.whole(model.latent_dim));
  const parts = shown && !shown.sigma ? [
    text`${how}one code of ${size} numbers, and the decoder paints the digit again from it.`,
    "It was never told to be unsure, so there is no cloud, and nothing to draw.",
  ] : [
    text`${how}a cloud of codes, mean ± sigma for each of ${size} numbers, and the decoder paints the digit again from one of them.`,
    "Where a bar is short the encoder is sure; where it fills the grey band it knows no more than the prior.",
  ];
  if (usual && Number.isFinite(usual.rate)) {
    parts.push(text`Half of the test digits cost this model less than ${n(usual.distortion)} of distortion above the entropy of their greys, and half less than ${n(usual.rate)} nats of rate.`);
  }
  $(".seeing-text").replaceChildren(...joined(parts));
}

studio.on("model", () => {
  model = studio.model();
  explain();
  ask();
});
studio.onSend("reconstruct", async ({ picture }) => {
  if (!picture) return;
  options = {};
  pressDamage("");
  if (picture.pixels) await widget.show({ pixels: picture.pixels });
  take(picture, picture.pixels ? "example" : "sent");
});

pressCode();
damageFromAddress();
if (model) {
  explain();
  // A real digit is there on arrival, unless something was sent meanwhile.
  widget.ready.then(() => current || widget.takePlace(studio.readPlace(studio.asked("x")) ?? FIRST));
} else {
  studio.say(root, "There is no model: train one with python -m vae_core train vae-400.");
}
