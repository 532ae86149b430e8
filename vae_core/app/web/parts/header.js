// The header: model chooser, light or dark, presentation mode, speed. It is the first component on
// the page, and so looks after what belongs to the page as a whole.

import { allModels, boot, isOfDigits, modelNamed, pageSet } from "../core/boot.js";
import { callsUnderWay } from "../core/calls.js";
import { on } from "../core/events.js";
import { followHistory } from "../core/handover.js";
import { fixed, isNumber, number, whole } from "../core/numbers.js";
import { openedAnew, watchSet } from "../core/other_set.js";
import { ownModels } from "../core/own.js";
import { elboWords, labelNote } from "../core/quantities.js";
import { closedPanel, keep, model, openedWith, set, state } from "../core/state.js";
import { exposeHandle } from "./handle.js";
import { find, make } from "./nodes.js";
import { sayPictures } from "./set_words.js";
import { guardSliders } from "./swipe.js";
import { mountTabs } from "./tabs.js";
import { mountTheme } from "./theme.js";
import { mountUndo } from "./undo.js";

/** @import { Model } from "../core/types.js" */

const SPEED_MS = 250; // between two readouts, so that each can be read
const LOOK_MS = 300; // between two looks whether the page has arrived
const WHERE_OWN_ARE =
  "what is trained in the page is kept by the server that trained it, while that runs and it is used. Train it again, or bring its zip in Train.";
const SMOOTHING = 0.2; // sixty answers a second arrive during a drag

/** @param {HTMLElement} element */
export function mount(element) {
  if (!isOfDigits) sayPictures();
  watchSet();
  mountTabs();
  guardSliders();
  followHistory();
  exposeHandle();
  mountUndo(find(element, "[data-studio=undo]"));
  mountChooser(find(element, "[data-testid=model-chooser]", HTMLSelectElement));
  mountFacts(find(element, "[data-studio=facts]"));
  mountTheme(find(element, "[data-studio=theme]"));
  mountPresent(find(element, "[data-studio=present]"));
  mountSpeed(element);
  mountNotice(find(element, "[data-studio=notice]"));
  onceSeen(async () => (await import("./glossary.js")).mountGlossary());
  if (openedWith("lesson")) onceSeen(goOnLearning);
}

/** A link, or a page that is loaded again, goes on with its lesson. */
async function goOnLearning() {
  const [{ lessonStrip }, { readPlace }] = await Promise.all([
    import("../panels/learn/strip.js"),
    import("../panels/learn/lessons.js"),
  ]);
  const place = readPlace(openedWith("lesson"));
  if (place) (await lessonStrip()).resume(place.lesson, place.step);
}

/**
 * After the first digit is there, and nothing waits for an answer: what the page can begin without.
 *
 * @param {() => unknown} job
 */
function onceSeen(job) {
  const look = () => {
    const canvases = [...document.querySelectorAll(".studio canvas")];
    const isThere = document.querySelector("[data-testid^=panel-]") !== null;
    const isShown = canvases.length === 0 || canvases.some(isPainted);
    if (isThere && isShown && !callsUnderWay()) return job();
    setTimeout(look, LOOK_MS);
  };
  setTimeout(look, LOOK_MS);
}

/** @param {Element} canvas */
const isPainted = (canvas) => canvas instanceof HTMLCanvasElement && canvas.width > 0;

/** @param {Model} model */
const size = ({ latent_dim: d }) => (d === 1 ? "1 latent" : `${d} latents`);

/**
 * The chosen model is named in short, so that the closed chooser is read at a glance; the open list
 * says what each of them is, and its size where the title does not.
 *
 * @param {Model} model
 * @param {boolean} inShort
 */
function optionWords(model, inShort) {
  if (inShort) return `${model.name} (${size(model)})`;
  const sized = /\blatents?\b/.test(model.title);
  return `${model.name} · ${model.title}${sized ? "" : `, ${size(model)}`}`;
}

/** @param {HTMLSelectElement} chooser */
function mountChooser(chooser) {
  for (const label of new Set(allModels.map(({ group }) => group))) {
    const members = allModels.filter(({ group }) => group === label);
    const options = members.map(({ name, title }) => make("option", { value: name, title }));
    chooser.append(make("optgroup", { label }, ...options));
  }
  const showOwn = () => listOwn(chooser);
  const show = () => {
    chooser.value = model()?.name ?? "";
    for (const option of chooser.options) {
      const its = modelNamed(option.value);
      if (its) option.textContent = optionWords(its, option.selected);
    }
  };
  chooser.addEventListener("change", () => {
    if (!openedAnew(chooser.value)) set({ model: chooser.value });
  });
  on("model", show);
  on("models", () => {
    showOwn();
    if (!model()) set({ model: boot.chosen });
    show();
  });
  showOwn();
  show();
}

/**
 * The visitor's own models, before all others.
 *
 * @param {HTMLSelectElement} chooser
 */
function listOwn(chooser) {
  chooser.querySelector("[data-own]")?.remove();
  const own = ownModels();
  if (!own.length) return;
  const options = own.map(({ name, title }) => make("option", { value: name, title }));
  const group = make("optgroup", { label: own[0].group }, ...options);
  group.dataset.own = "";
  chooser.prepend(group);
}

/**
 * One line about a model.
 *
 * @param {Model} model
 */
function factsOf(model) {
  const { title, parameters } = model;
  const facts = pageSet ? [pageSet.title, title] : [title];
  if (parameters) facts.push(`${fixed(parameters / 1e6, 2)} million parameters`);
  return facts;
}

/**
 * Its best figure.
 *
 * @param {Model} model
 */
function figureOf(model) {
  const { nll, importance_samples: draws, elbo, mse } = model.metrics ?? {};
  const { held_negative_elbo: own, held_distortion: distortion } = model.measured ?? {};
  if (isNumber(own)) return `−ELBO ${fixed(own)} on digits held out`;
  if (isNumber(distortion)) return `distortion ${number(distortion)} on digits held out`;
  if (isNumber(nll)) return `NLL ${fixed(nll)} nats (IS ${whole(draws)}${labelNote(model)})`;
  if (isNumber(elbo)) return elboWords(model);
  return isNumber(mse) ? `mse ${number(mse, 2)} a pixel` : "";
}

/** @param {HTMLElement} place */
function mountFacts(place) {
  const show = () => {
    const chosen = model();
    if (!chosen) return;
    const facts = factsOf(chosen);
    const figure = figureOf(chosen);
    const all = [...facts, figure].filter(Boolean).join(" · ");
    place.title = chosen.ending ? all : `${all}, measured on the MNIST test digits`;
    if (chosen.outdated?.length) {
      facts.push("not measured since it was trained again");
      place.title = `Measured on earlier weights, and left out: ${chosen.outdated.join(", ")}`;
    }
    const last = make("span", { className: "figure" }, figure && ` · ${figure}`);
    place.replaceChildren(facts.join(" · "), last);
    // Explore is where newcomers land: it speaks of nats in its own words, further down.
    place.classList.toggle("in-short", state.panel === "explore");
  };
  on("model", show);
  on("panel", show);
  show();
}

/** @param {HTMLElement} button */
function mountPresent(button) {
  /** @param {boolean} presenting */
  const show = (presenting) => {
    document.body.classList.toggle("presenting", presenting);
    button.setAttribute("aria-pressed", String(presenting));
    window.dispatchEvent(new Event("resize"));
  };
  button.addEventListener("click", () => {
    const presenting = !document.body.classList.contains("presenting");
    keep({ present: presenting ? "1" : null });
    show(presenting);
  });
  if (openedWith("present") !== null) show(true);
}

/**
 * What became of a link into a panel that is not here, until another panel is opened.
 *
 * @param {HTMLElement} place
 */
function mountNotice(place) {
  const show = () => {
    const sentence = closedPanel(openedWith("panel"));
    place.hidden = !sentence;
    place.textContent = sentence;
  };
  on("panel", () => {
    place.hidden = true;
  });
  on("travel", show);
  on("gone", (name) => {
    place.hidden = false;
    place.textContent = `${name} is gone: ${WHERE_OWN_ARE}`;
  });
  show();
}

/** @param {HTMLElement} element */
function mountSpeed(element) {
  const [time, device] = ["milliseconds", "device"].map((name) =>
    find(element, `[data-studio=${name}]`),
  );
  /** @type {number | null} */
  let smooth = null;
  let shown = Number.NEGATIVE_INFINITY;
  on("speed", (answer) => {
    const { milliseconds } = answer;
    smooth = smooth === null ? milliseconds : smooth + SMOOTHING * (milliseconds - smooth);
    const now = performance.now();
    if (now - shown < SPEED_MS) return;
    shown = now;
    time.textContent = `${number(smooth, 2)} ms`;
    if (answer.device) device.textContent = answer.device;
  });
}
