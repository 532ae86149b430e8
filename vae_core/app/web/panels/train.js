// Train: watch a model learn, keep it for this visit, and replay how the shipped ones learned.

import { modelNamed } from "../core/boot.js";
import { call } from "../core/calls.js";
import { sentenceOf } from "../core/errors.js";
import { fixed, isNumber, number } from "../core/numbers.js";
import { hearOfOwnModels, ownModels, visitor } from "../core/own.js";
import { requests } from "../core/requests.js";
import { onTravel } from "../core/state.js";
import { attributes, find, num, press, say, text } from "../parts/nodes.js";
import { mountPanel } from "../parts/panel.js";
import { Curves, keyOf, spotsOf, spotsOfHistory } from "./train/curves.js";
import { explain } from "./train/explain.js";
import { OwnModels } from "./train/models.js";
import { OwnDigit } from "./train/own_digit.js";
import { Replay, unitOf } from "./train/replay.js";
import { Run } from "./train/run.js";
import { Settings } from "./train/settings.js";
import { Views } from "./train/views.js";
import { keepingWords, limitWords, spokenWords, statusWords } from "./train/words.js";

/** @import { Server } from "../core/types.js" */
/** @import { Curve } from "./train/curves.js" */
/** @import { Look, Opened } from "./train/types.js" */

const GONE =
  "Your run is gone: the server was started again, or did not hear of this page for too long.";
const SLOW_SECONDS = 0.2; // a step in slow motion, at the least
const PREPARED_MS = 45000; // that a warm process waits on the server, less some room
const SPOKEN_MS = 10000; // between two announcements
const UNDER_THE_HAND_MS = 600; // so soon after a run's own end, who presses Play meant Pause

class TrainPanel {
  /** @type {Curve | null} */
  #before = null;
  #isSlow = false;
  #wasOn = false;
  #isStopping = false;
  #isJustOver = false;
  #isStarting = false;
  #prepared = 0;
  /** @type {string | null} the recipe whose shipped model is on the plot */
  #shipped = null;
  #spoken = { at: 0, epoch: 0 };
  #lastSpots = /** @type {Curve} */ ({ spots: [], epochs: 0 });

  /**
   * @param {HTMLElement} root
   * @param {Server} server
   * @param {Opened} opened
   */
  constructor(root, server, opened) {
    this.root = root;
    this.server = server;
    this.limits = opened.limits;
    this.say = (/** @type {string | null} */ sentence) => say(root, sentence);
    this.play = find(root, "[data-testid=train-start]", HTMLButtonElement);
    this.settings = new Settings(find(root, ".train-settings", HTMLFormElement), {
      offers: opened.recipes,
      bounds: opened.limits.bounds,
      onchange: () => {
        this.#stillThere();
        this.#showShipped();
      },
    });
    this.shipped = requests({ about: () => this.settings.recipe, onerror: () => {} });
    this.own = new OwnDigit(root);
    this.curves = new Curves(find(root, ".curve-box"), "Costs over the run");
    find(root, ".run-keys").append(
      keyOf(this.curves, "bold: digits held out, dashed: training digits, faint: your run before"),
    );
    this.views = new Views(root);
    this.models = new OwnModels(root, server, this.say);
    this.replay = new Replay(root, server, this.say);
    this.run = new Run({
      server,
      onlook: (look) => this.#show(look),
      onerror: this.say,
    });
    find(root, ".train-limits").replaceChildren(limitWords(this.limits));
    find(root, ".own-keeping").replaceChildren(keepingWords(this.limits));
    this.#prepared = performance.now();
    this.#listen();
    this.#showShipped();
    this.run.take(opened.look);
  }

  #listen() {
    this.play.addEventListener("click", () => this.#playOrPause());
    find(this.root, "[data-do=step]").addEventListener("click", () => this.#step());
    find(this.root, "[data-do=slow]").addEventListener("click", () => this.#slow());
    find(this.root, "[data-testid=train-stop]").addEventListener("click", () => {
      if (!this.run.isOn) return;
      this.#isStopping = true;
      this.run.command("stop");
    });
    find(this.root, ".train-settings").addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.run.isOn) this.#playOrPause();
    });
    this.root.addEventListener("pointerdown", () => this.#stillThere());
    onTravel(["recipe", "settings"], () => {
      if (this.run.isOn)
        this.settings.keep(); // its settings stay
      else this.settings.open();
    });
    onTravel(["history", "epoch"], () => this.replay.open());
  }

  /** Somebody is about to train: have the server warm up for it, if it no longer is. */
  async #stillThere() {
    if (this.run.isOn || performance.now() - this.#prepared < PREPARED_MS) return;
    this.#prepared = performance.now();
    await call(this.server, "open_training", { visitor }).catch(() => {});
  }

  /** Before the first run: how the model that ships under the recipe's name learned. */
  #showShipped() {
    const { recipe } = this.settings;
    if (this.run.points.length || this.#shipped === recipe) return;
    this.#shipped = recipe;
    const note = find(this.root, ".figures");
    note.textContent = "";
    this.curves.show([]);
    if (!modelNamed(recipe)) return;
    this.shipped.ask(async (still) => {
      const asked = { checkpoint: recipe };
      const { epochs } = await still(call(this.server, "training_history", asked));
      if (this.run.points.length) return;
      const spots = spotsOfHistory(epochs);
      const unit = unitOf(modelNamed(recipe)?.quantity ?? null);
      this.curves.show([{ spots, epochs: spots.length }], { unit });
      note.textContent = `so far, how the shipped ${recipe} learned, on MNIST’s 60,000 digits an epoch`;
    });
  }

  async #begin() {
    const { settings, own } = this;
    // Just over: pressed for Pause, in the moment in which the run ended and that became Play.
    if (this.#isStarting || this.#isJustOver) return false;
    this.say(null);
    this.#isStarting = true;
    try {
      const before = this.#lastSpots;
      await this.run.start(settings.recipe, settings.changes, own.pixels);
      this.#before = before.spots.length > 1 ? before : null;
      this.views.clear();
      if (this.#isSlow) this.#pace();
      return true;
    } catch (error) {
      this.say(sentenceOf(error));
      return false;
    } finally {
      this.#isStarting = false;
    }
  }

  async #playOrPause() {
    if (!this.run.isOn) return this.#begin();
    const { state } = this.run.look ?? {};
    if (state !== "waiting") await this.run.command(state === "paused" ? "go" : "pause");
  }

  async #step() {
    if (!this.run.isOn && !(await this.#begin())) return;
    if (this.run.look?.state !== "waiting") await this.run.command("step");
  }

  #slow() {
    this.#isSlow = !this.#isSlow;
    press([find(this.root, "[data-do=slow]")], () => this.#isSlow);
    if (this.run.isOn && this.run.look?.state !== "waiting") this.#pace();
  }

  #pace() {
    if (this.run.look?.state !== "waiting") {
      this.run.command("pace", this.#isSlow ? SLOW_SECONDS : 0);
    }
  }

  /** A run ended by itself: the button that was Pause is not yet taken for Play. */
  #letGo() {
    this.#isJustOver = true;
    setTimeout(() => {
      this.#isJustOver = false;
      if (this.run.look) this.#showButtons(this.run.look);
    }, UNDER_THE_HAND_MS);
  }

  /** @param {Look} look */
  #show(look) {
    const { run, settings } = this;
    const isOn = run.isOn;
    if (this.#wasOn && look.state === "none") this.say(GONE);
    if (this.#wasOn && !isOn && !this.#isStopping) this.#letGo();
    if (!isOn) this.#isStopping = false;
    this.#wasOn = isOn;
    settings.lock(isOn);
    this.own.lock(isOn);
    this.#showButtons(look);
    find(this.root, ".train-status").replaceChildren(statusWords(look, run.points.at(-1)));
    this.root.classList.toggle("is-training", isOn);
    this.#drawCurves(look);
    if (look.view) this.views.show(look.view, look.labels);
    find(this.root, ".seeing-text").replaceChildren(explain(look, run.points, settings.offer));
    this.#speak(look);
    if (look.state === "ended") this.#ended(look);
  }

  /** @param {Look} look */
  #showButtons(look) {
    const isResting = look.state === "paused";
    this.play.textContent = this.run.isOn && !isResting ? "Pause" : isResting ? "Go on" : "Play";
    // Not `disabled`, which would take the focus away from under the hand.
    this.play.disabled = false;
    for (const button of [this.play, find(this.root, "[data-do=step]")]) {
      attributes(button, { "aria-disabled": look.state === "waiting" || this.#isJustOver });
    }
    attributes(find(this.root, "[data-testid=train-stop]"), { "aria-disabled": !this.run.isOn });
  }

  /** @param {Look} look */
  #drawCurves(look) {
    const { points } = this.run;
    if (!points.length) return;
    const stepsAnEpoch = (look.total_steps ?? 0) / (look.epochs || 1) || 1;
    const { epochs, quantity } = look;
    const now = { spots: spotsOf(points, stepsAnEpoch), epochs, quantity };
    this.#lastSpots = now;
    // Costs of two kinds share no plot.
    const before = this.#before?.quantity === look.quantity ? [this.#before] : [];
    this.curves.show([now, ...before], { unit: unitOf(look.quantity) });
    const box = find(this.root, ".curve-box");
    box.dataset.points = String(points.length);
    const last = points.at(-1);
    if (last) find(this.root, ".figures").replaceChildren(figures(last));
  }

  /** @param {Look} look */
  #speak(look) {
    const words = spokenWords(look, this.run.points.at(-1), this.#spoken.epoch);
    const isDue = performance.now() - this.#spoken.at > SPOKEN_MS || !this.run.isOn;
    if (!words || !isDue) return;
    this.#spoken = { at: performance.now(), epoch: this.run.points.at(-1)?.epoch ?? 0 };
    const place = find(this.root, ".train-spoken");
    if (place.textContent !== words) place.textContent = words;
  }

  /** @param {Look} look */
  #ended(look) {
    if (look.sentence) this.say(look.sentence);
    if (look.model) this.models.refresh();
    this.#prepared = 0;
  }
}

/** @param {import("../core/types.js").CurvePoint} point */
function figures({ held_distortion: distortion, held_rate: rate, held_negative_elbo: cost, beta }) {
  if (!isNumber(rate)) {
    return text`on digits held out: distortion ${num(number(distortion), "distortion")}`;
  }
  return text`on digits held out: distortion ${num(fixed(distortion), "distortion")}, rate ${num(fixed(rate), "rate")}, −ELBO ${num(fixed(cost))} · beta ${num(number(beta, 2))}`;
}

/**
 * @param {HTMLElement} element
 * @param {Server} server
 */
export const mount = (element, server) =>
  mountPanel(element, "train", async (root) => {
    root.setAttribute("aria-busy", "true");
    try {
      const opened = await call(server, "open_training", { visitor });
      if (opened.models.length || ownModels().length) hearOfOwnModels(opened.models);
      return new TrainPanel(root, server, opened);
    } catch (error) {
      say(root, sentenceOf(error));
    } finally {
      root.removeAttribute("aria-busy");
    }
  });
