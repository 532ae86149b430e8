// Reconstruct: picture -> digit -> q(z|x) -> z -> reconstruction -> difference, left to right.

import { call } from "../core/calls.js";
import { on } from "../core/events.js";
import { classes, placeOf } from "../core/examples.js";
import { onParcel, pixelsIn } from "../core/handover.js";
import { live } from "../core/live.js";
import { oneAtATime } from "../core/one_at_a_time.js";
import { requests } from "../core/requests.js";
import { keep, model, onTravel, openedWith } from "../core/state.js";
import { find, findAll, press, say } from "../parts/nodes.js";
import { mountPanel } from "../parts/panel.js";
import { pictureInput } from "../parts/picture.js";
import { LinkedPicture } from "../parts/picture_link.js";
import { describeCosts, showCosts } from "./reconstruct/costs.js";
import { DamageKnobs } from "./reconstruct/damage.js";
import { Digits } from "./reconstruct/digits.js";
import { explain } from "./reconstruct/explain.js";
import { Family } from "./reconstruct/family.js";
import { Film } from "./reconstruct/film.js";
import { Gap } from "./reconstruct/gap.js";
import { mountHandout } from "./reconstruct/handout.js";
import { PosteriorChart } from "./reconstruct/posterior.js";
import { Question } from "./reconstruct/question.js";

/** @import { Costs, DigitizerOptions, Model, Parcel, Reconstruction, Server } from "../core/types.js" */
/** @import { Current } from "./reconstruct/question.js" */

const PICTURE = new LinkedPicture("x", placeOf(classes[5] ?? 0, 0));

class Reconstruct {
  #question = new Question();
  /** @type {Reconstruction | null} */
  #shown = null; // the last whole answer
  #isDrawing = false;
  #askSoon = oneAtATime(() => this.#ask());

  /**
   * @param {HTMLElement} root
   * @param {Server} server
   * @param {Model} chosen
   */
  constructor(root, server, chosen) {
    this.root = root;
    this.server = server;
    this.model = chosen;
    this.digits = new Digits(root);
    this.chart = new PosteriorChart(root);
    this.film = new Film(
      root,
      (name, value) => {
        this.#question.adjust(name, value);
        this.#askSoon();
      },
      () => this.#digitizeAgain({}),
    );
    this.damage = new DamageKnobs(root, this.digits.canvases.input, () => this.#askSoon());
    this.gap = new Gap(
      root,
      () => this.#shown,
      () => call(server, "fill", this.#request()),
    );
    this.family = new Family(
      root,
      () => this.#shown,
      (names) => this.#askFamily(names),
    );
    // Everything about the current picture: an answer for another model or picture is dropped.
    this.requests = requests({
      onerror: (sentence) => this.#refuse(sentence),
      onbusy: (busy) => root.classList.toggle("is-busy", busy),
    });
    // While a stroke grows the newest picture wins; a refusal (a dot is no digit yet) is not worth
    // words.
    this.growing = live({
      canvas: this.digits.canvases.output,
      request: (payload, how) => call(server, "follow", payload, how),
      paint: (answer) => this.#isDrawing && this.#showDigits(answer), // a lifted pen's own must stay
    });
    this.input = this.#buildInput();
    this.#listen();
    this.#arrive();
  }

  #buildInput() {
    return pictureInput(find(this.root, ".own"), {
      label: "Your digit",
      onpicture: ({ picture, source, file, place }) => this.#take({ picture, source, file, place }),
      onclear: () => this.#clear(),
      ondrop: () => {
        this.#isDrawing = false;
        if (this.#shown) this.#showDigits(this.#shown);
      },
      onlive: ({ picture, event }) => {
        this.#isDrawing = true;
        const { damage } = this.damage;
        this.growing.push(this.#question.drawing(this.model.name, picture, damage), event);
      },
      onchoose: (choose) => this.#digitizeAgain({ ...this.#question.options, choose }),
    });
  }

  // ------------------------------------------------------------------ asking
  #request() {
    return this.#question.request(this.model.name, this.damage.damage);
  }

  async #ask() {
    if (!this.#question.current) return;
    this.family.outdate();
    await this.requests.ask(async (still) => {
      const given = await still(call(this.server, "reconstruct", this.#request()));
      const { answer, isNew } = this.#question.complete(given);
      this.#show(answer, isNew);
    });
  }

  /** @param {string[]} names */
  #askFamily(names) {
    const picture = { digit: this.#question.digit };
    const options = { damage: this.damage.damage };
    return call(this.server, "family", { picture, options, names });
  }

  // ------------------------------------------------------------------ pictures
  /** @param {Current} current */
  #take(current) {
    this.damage.forNextPicture();
    this.#question.take(current);
    return this.#digitizeAgain({});
  }

  /** @param {DigitizerOptions} options */
  #digitizeAgain(options) {
    this.#isDrawing = false;
    this.#question.digitizeWith(options);
    return this.#ask();
  }

  /** Nothing on the pad, nothing beside it. */
  #clear() {
    this.requests.drop();
    this.#question.take(null);
    this.#isDrawing = false;
    this.damage.forNextPicture();
    this.#empty();
    PICTURE.clear();
    this.family.clear();
    find(this.root, ".python").hidden = true;
    say(this.root, null);
  }

  #empty() {
    this.#shown = null;
    this.family.drop();
    this.gap.clear();
    this.film.clear();
    this.digits.clear();
    this.chart.clear();
  }

  /**
   * What was refused stays in view, with the knobs that might help, and nothing of the picture
   * before.
   *
   * @param {string} sentence
   */
  #refuse(sentence) {
    if (this.#question.unchoose()) {
      this.#ask();
      return;
    }
    this.#empty();
    this.family.clear();
    say(this.root, sentence);
    find(this.root, "[data-testid=message]").scrollIntoView({ block: "nearest" });
    const { current, hasArrived, options } = this.#question;
    if (!current || hasArrived) return;
    PICTURE.clear();
    if (current.source !== "drawing") this.input.showRefused(current.picture);
    this.film.showRefused(current.picture, sentence, options);
  }

  // ------------------------------------------------------------------ showing
  /**
   * @param {Reconstruction} answer
   * @param {boolean} isNew whether the picture was digitized for it
   */
  #show(answer, isNew) {
    this.#shown = answer;
    this.#mirror();
    this.#showDigits(answer);
    if (isNew && this.#question.current?.source !== "example") this.input.show(answer);
    this.film.show(answer, this.#question.options);
    this.damage.showRepair(this.model, answer);
    this.gap.showSoon(this.model, answer);
    this.family.askSoon();
    this.digits.speak(answer);
  }

  /** @param {Reconstruction} answer */
  #showDigits(answer) {
    say(this.root, null);
    this.digits.show(answer);
    this.chart.show(this.model, answer);
    showCosts(this.root, this.model, answer);
    this.#describeModel(answer.medians);
  }

  /**
   * What the panel says of the model itself, before any answer.
   *
   * @param {Costs | null} [medians] medians of the test digits, while a digit is on show
   */
  #describeModel(medians = null) {
    describeCosts(this.root, this.model);
    find(this.root, ".seeing-text").replaceChildren(...explain(this.model, medians));
  }

  /** What a link needs to show the same. */
  #mirror() {
    const question = this.#question;
    PICTURE.keep(question.current?.place, question.digit);
    this.damage.keep();
    keep({ code: question.spellCode() });
  }

  // ------------------------------------------------------------------ wiring
  #pressCode() {
    press(findAll(this.root, "[data-code]"), ({ dataset }) => dataset.code === this.#question.code);
  }

  /** @param {string} code */
  #chooseCode(code) {
    if (code === "draw" && this.#question.code === "draw") this.#question.drawAgain();
    this.#question.code = code;
    this.#pressCode();
    this.#ask();
  }

  #listen() {
    const { root } = this;
    for (const each of findAll(root, "[data-code]")) {
      each.addEventListener("click", () => this.#chooseCode(each.dataset.code ?? ""));
    }
    find(root, "[data-do=again]").addEventListener("click", () => {
      this.#question.drawAgain();
      this.#ask();
    });
    mountHandout(root, this.digits.canvases, () => this.#forHandout());
    on("model", () => {
      this.model = model() ?? this.model;
      this.#describeModel();
      this.#ask();
    });
    onParcel("reconstruct", (parcel) => this.#receive(parcel));
    onTravel(["x", "damage", "mask", "code"], () => {
      this.damage.arrive();
      this.#readCode();
      this.damage.keep();
      PICTURE.take(this.input);
    });
  }

  #forHandout() {
    const [answer, question] = [this.#shown, this.#question];
    if (!answer) return null;
    const { damage } = this.damage;
    return { answer, question, model: this.model, damage, isPosterior: answer.sigma !== null };
  }

  /** @param {Parcel} parcel */
  async #receive({ picture }) {
    if (!picture) return;
    const pixels = pixelsIn(picture);
    this.damage.clear();
    if (pixels) await this.input.show({ pixels });
    this.#take({ picture, source: pixels ? "example" : "sent" });
  }

  #readCode() {
    this.#question.readCode(openedWith("code"));
    this.#pressCode();
  }

  #arrive() {
    this.#readCode();
    this.#describeModel();
    // A real digit is there on arrival, unless something was sent meanwhile.
    this.input.ready.then(() => void (this.#question.current ?? PICTURE.take(this.input)));
  }
}

/**
 * @param {HTMLElement} element
 * @param {Server} server
 */
export const mount = (element, server) =>
  mountPanel(element, "reconstruct", (root, chosen) => new Reconstruct(root, server, chosen));
