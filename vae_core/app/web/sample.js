// Sample: draws from the prior as a grid; temperature and spread follow the hand.
const { studio } = window;
const root = element.querySelector("[data-testid=panel-sample]");
const $ = (selector) => root.querySelector(selector);
const grid = $("[data-testid=sample-grid]");
const fields = Object.fromEntries(["n", "seed", "temperature", "spread"].map((name) => [name, $(`[name=${name}]`)]));

let codes = [];
let drawnFrom = null; // the payload that the codes answer: they are of its model and its label
let centre = null;
let onClick = "explore";

// ------------------------------------------------------------------ drawing
const engine = studio.live({
  canvas: grid,
  request: ({ name, ...body }, options) => studio.call(server, name, body, options),
  payload: wanted,
  paint: show,
  onframe: (answer, { payload }) => (drawnFrom = payload),
  onerror: (sentence) => studio.say(root, sentence),
});

function wanted() {
  const checkpoint = studio.state.model;
  const { n, seed } = studio.state;
  const label = studio.toldLabel();
  return centre
    ? { name: "around", checkpoint, n, seed, label, z: centre, spread: Number(fields.spread.value) }
    : { name: "sample", checkpoint, n, seed, label, temperature: studio.state.temperature };
}

function show(answer) {
  codes = answer.z;
  const bytes = studio.bytesOf(answer.pixels);
  const count = codes.length;
  while (grid.children.length > count) grid.lastElementChild.remove();
  while (grid.children.length < count) grid.append(cell(grid.children.length));
  for (let i = 0; i < count; i++) {
    studio.paint(grid.children[i].firstElementChild, bytes.subarray(i * 784, (i + 1) * 784));
    grid.children[i].removeAttribute("aria-description"); // that of the draw before
  }
  grid.firstElementChild.classList.toggle("centre", centre !== null);
  fit();
  censusSoon();
}

let censusTimer = 0;
const census = studio.requests({
  onerror: () => ($(".census").hidden = true), // the grid itself already says what is wrong
});

/** What an independent classifier reads in the draws: asked for when the hand rests. */
function censusSoon() {
  census.drop();
  clearTimeout(censusTimer);
  censusTimer = setTimeout(() => census.ask(async (still) => {
    const { name, ...body } = wanted();
    showCensus((await still(studio.call(server, "reads", body))).readings);
  }), 350);
}

function showCensus(readings) {
  $(".census").hidden = !readings;
  if (!readings) return;
  const counts = Array(11).fill(0);
  for (const { digit } of readings) counts[digit === null ? 10 : digit]++;
  $(".census-bar").replaceChildren(
    ...counts.flatMap((count, digit) => {
      if (!count) return [];
      const part = document.createElement("i");
      part.style.setProperty("--count", count);
      part.style.setProperty("--hue", digit === 10 ? "var(--line-strong)" : `var(--class-${digit})`);
      part.textContent = digit === 10 ? "–" : String(digit);
      return [part];
    }),
  );
  const sure = readings.filter(({ digit, sure: share }) => digit !== null && share >= 0.9).length;
  $(".census-words").textContent =
    `An independent classifier is 90 % sure of its digit in ${sure} of ${readings.length}` +
    (counts[10] ? `, and sees no digit in ${counts[10]}.` : ".");
  readings.forEach(({ digit }, place) =>
    grid.children[place]?.setAttribute("aria-description", digit === null ? "no digit" : `reads as ${digit}`));
}

function cell(place) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-label", `sample ${place + 1}`);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 28;
  button.append(canvas);
  button.addEventListener("click", (event) => choose(place, event));
  return button;
}

function choose(place, event) {
  const z = codes[place];
  if (!z || !drawnFrom) return;
  const { checkpoint, label } = drawnFrom;
  if (onClick === "explore" && !event.shiftKey) return studio.send("explore", { z, checkpoint, label, pixels: pixelsOf(place), from: "sample" });
  if (checkpoint !== studio.state.model) return; // the next model's draws are under way
  centre = z;
  showCentre();
  engine.push(undefined, event);
}

/** Base64 of the 784 bytes of a draw. */
function pixelsOf(place) {
  const { data } = grid.children[place].firstElementChild.getContext("2d").getImageData(0, 0, 28, 28);
  return btoa(Array.from({ length: 784 }, (_, i) => String.fromCharCode(data[4 * i])).join(""));
}

function showCentre() {
  studio.keep({
    around: centre && studio.writeNumbers(centre),
    spread: centre && fields.spread.value,
  });
  $(".around-bar").hidden = centre === null;
}

/** As many columns as make the cells largest in the room that the window leaves. */
function fit() {
  const count = Math.max(1, grid.children.length);
  const wide = grid.parentElement.clientWidth;
  const top = grid.getBoundingClientRect().top + window.scrollY;
  const high = Math.max(280, window.innerHeight - top - 24);
  let best = { size: 0, columns: 1, score: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const size = Math.min(wide / columns, high / Math.ceil(count / columns));
    // A full last row is worth a little of the size.
    const score = size * (count % columns === 0 ? 1.15 : 1);
    if (score > best.score) best = { size, columns, score };
  }
  // On a phone cells that small help nobody: there the page may scroll.
  const narrow = wide < 600;
  const columns = narrow ? Math.min(6, Math.ceil(Math.sqrt(count))) : best.columns;
  const size = narrow ? wide / columns : Math.min(best.size, 224);
  grid.style.setProperty("--columns", columns);
  grid.style.setProperty("--width", `${size * columns}px`);
  grid.style.setProperty("--lift", String(Math.max(1.15, Math.min(3, 140 / size))));
}

// ------------------------------------------------------------------ controls
function readWhole(field, low, high) {
  const value = Number(field.value);
  if (field.value !== "" && Number.isInteger(value) && value >= low && value <= high) return value;
  studio.say(root, `The ${field.name === "n" ? "number" : field.name} must be a whole number from ${low} to ${high}.`);
  return null;
}

function draw(event) {
  studio.say(root, null);
  const n = readWhole(fields.n, 1, 256);
  const seed = readWhole(fields.seed, 0, 999999999);
  if (n === null || seed === null) return false;
  studio.set({ n, seed });
  engine.push(undefined, event);
  return true;
}

$("[data-testid=sample-run]").addEventListener("click", (event) => {
  // Pressing Draw again means "other ones": the next seed, which stays on show.
  const before = [studio.state.n, studio.state.seed].join();
  const same = [fields.n.value, fields.seed.value].join() === before;
  if (same && engine.frames > 0) fields.seed.value = String((studio.state.seed + 1) % 1e9);
  draw(event);
});
fields.n.addEventListener("change", draw);
fields.seed.addEventListener("change", draw);
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  draw(event);
});
fields.temperature.addEventListener("input", (event) => {
  centre = null;
  showCentre();
  studio.set({ temperature: Number(fields.temperature.value) });
  showHeat();
  engine.push(undefined, event);
});
fields.spread.addEventListener("input", (event) => {
  fillRange(fields.spread);
  $(".spread-value").textContent = studio.fixed(Number(fields.spread.value), 2);
  showCentre();
  engine.push(undefined, event);
});
$("[data-do=back]").addEventListener("click", (event) => {
  centre = null;
  showCentre();
  engine.push(undefined, event);
});
for (const button of root.querySelectorAll("[data-click]")) {
  button.addEventListener("click", () => {
    onClick = button.dataset.click;
    for (const other of root.querySelectorAll("[data-click]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  });
}
$("[data-do=png]").addEventListener("click", async () => {
  const columns = Number(getComputedStyle(grid).getPropertyValue("--columns")) || 8;
  const sheet = document.createElement("canvas");
  sheet.width = 28 * columns;
  sheet.height = 28 * Math.ceil(codes.length / columns);
  const context = sheet.getContext("2d");
  [...grid.querySelectorAll("canvas")].forEach((canvas, i) =>
    context.drawImage(canvas, 28 * (i % columns), 28 * Math.floor(i / columns)));
  studio.download(`${studio.state.model}-samples-seed-${studio.state.seed}.png`, await studio.png(sheet, 4));
});

function fillRange(range) {
  const share = (100 * (range.value - range.min)) / (range.max - range.min);
  range.style.setProperty("--from", "0%");
  range.style.setProperty("--to", `${share}%`);
}

function showHeat() {
  $(".heat-value").textContent = studio.fixed(studio.state.temperature, 2);
  fillRange(fields.temperature);
}

// ------------------------------------------------------------------ what am I seeing?
function explain() {
  const model = studio.model();
  if (!model) return;
  const { metrics } = model;
  const { text, num, bold } = studio;
  const n = (value, digits = 3) => num(studio.number(value, digits));
  const parts = [
    model.variational
      ? text`Each digit is decoded from ${num(studio.whole(model.latent_dim))} numbers drawn from the model's own prior, with no picture to start from. Temperature 1 is the prior; at 0 every draw is the mean.`
      : text`A plain autoencoder has no prior: each picture is decoded from ${num(studio.whole(model.latent_dim))} numbers drawn from a Gaussian that was fitted to the codes of ${bold(model.name)} afterwards. Nothing ever asked its decoder to paint a digit at such places, so many draws are none.`,
  ];
  if (model.takes_labels) {
    const told = studio.state.label;
    parts.push(told === null
      ? "This model can be told which digit to paint; unknown leaves the choice to it."
      : text`This model is told to paint a ${num(told)}: the draws are handwritings of one digit.`);
  }
  if (metrics && Number.isFinite(metrics.fid)) {
    parts.push(text`Against real test digits these samples have an FID of ${n(metrics.fid)}${Number.isFinite(metrics.fid_floor) ? text` (real digits against real digits: ${n(metrics.fid_floor)})` : ""}.`);
  }
  if (metrics && Number.isFinite(metrics.rate)) {
    parts.push("Training pulls the code of each digit towards the prior, but never asks whether all codes together fill it: where the prior reaches and they do not, no digit was ever encoded, and a draw from there is often none.");
    parts.push(studio.quantities.sureness(model));
  }
  $(".seeing-text").replaceChildren(...studio.joined(parts));
}

// ------------------------------------------------------------------ life of the panel
fields.n.value = String(studio.state.n);
fields.seed.value = String(studio.state.seed);
fields.temperature.value = String(studio.state.temperature);
showHeat();
{
  const around = studio.readNumbers(studio.asked("around"));
  if (around?.length === studio.model()?.latent_dim) centre = around;
  fields.spread.value = String(studio.within(studio.asked("spread"), 0, 1, Number(fields.spread.value), false));
  $(".spread-value").textContent = studio.fixed(Number(fields.spread.value), 2);
  showCentre();
}
fillRange(fields.spread);
explain();
studio.labels($(".told"), {
  onchange: (event) => {
    explain();
    engine.push(undefined, event);
  },
});
new ResizeObserver(fit).observe(grid.parentElement);
window.addEventListener("resize", fit);
studio.on("model", () => {
  centre = null;
  showCentre();
  explain();
  engine.push();
});
studio.onSend("sample", ({ z }) => {
  if (!z || z.length !== studio.model().latent_dim) return;
  centre = z;
  showCentre();
  engine.push();
});
engine.push();
