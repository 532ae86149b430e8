// Map: the test digits' codes on a plane, which decodes where you point.

import { writeNumbers } from "../core/address.js";
import { pageSet } from "../core/boot.js";
import { packed } from "../core/bytes.js";
import { on } from "../core/events.js";
import { onParcel, send } from "../core/handover.js";
import { requests } from "../core/requests.js";
import { keep, model, onTravel, openedWith } from "../core/state.js";
import { find, findAll, say } from "../parts/nodes.js";
import { mountPanel } from "../parts/panel.js";
import { MapCanvas } from "./map/canvas.js";
import { loadChart } from "./map/codes.js";
import { Corners } from "./map/corners.js";
import { explain } from "./map/explain.js";
import { handOn } from "./map/hand.js";
import { enclosed, simplified } from "./map/lasso.js";
import { manifold } from "./map/manifold.js";
import { FIELD, OwnPicture } from "./map/mine.js";
import {
  FIELDS,
  openedClass,
  openedLasso,
  openedPlace,
  openView,
  spellCorners,
  spellLasso,
  spellPlace,
  spellView,
  usualPlane,
} from "./map/opened.js";
import { Pointing } from "./map/pointing.js";
import { Selection } from "./map/selection.js";
import { mountTools, showPlanes } from "./map/tools.js";

/** @import { Still } from "../core/requests.js" */
/** @import { Model, Parcel, Server } from "../core/types.js" */
/** @import { Chart } from "./map/codes.js" */
/** @import { Spot } from "./map/view.js" */

const [PRIOR_LIMIT, PICTURE_LIMIT] = [10, 1000]; // of a slider, as the server takes it
const LASSO_STEP = 1; // screen pixels that its corners may lie off it
const FIRST = 0; // the test digit that the crosshair begins on

class MapPanel {
  /** @type {Chart | null} */
  chart = null;
  isLasso = false;
  #plane = openedWith("plane");
  #isArriving = true; // what the link says has yet to be shown
  /** @type {Spot | null} */
  #arrivedAt = null;

  /**
   * @param {HTMLElement} root
   * @param {Server} server
   * @param {Model} chosen
   */
  constructor(root, server, chosen) {
    this.root = root;
    this.server = server;
    this.model = chosen;
    this.say = (/** @type {string | null} */ sentence) => say(root, sentence);
    this.here = () => ({ model: this.model, chart: this.chart, limit: this.limit });
    this.map = new MapCanvas(find(root, ".map-box"), {
      sheet: pageSet?.url ?? root.dataset.sheet ?? "",
      onsize: () => this.behind?.follow(),
    });
    this.behind = manifold(server, this.map, this.here, this.say);
    this.selection = this.#buildSelection();
    this.pointing = new Pointing(root, {
      server,
      map: this.map,
      here: this.here,
      onmessage: this.say,
      onpin: () => this.#mirror(),
    });
    this.corners = new Corners(root, {
      here: () => this.pointing.shown,
      size: () => (this.#isArriving ? this.model.latent_dim : 0),
      onchange: () => this.load("three"),
    });
    this.own = this.#buildOwn();
    this.charts = requests({ onerror: this.say, onbusy: (busy) => this.#showWait(busy) });
    this.#buildHand();
    mountTools(this);
    this.#listen();
    this.load(this.#plane);
  }

  /** How far a slider may stand. */
  get limit() {
    return this.model.variational ? PRIOR_LIMIT : PICTURE_LIMIT;
  }

  #buildSelection() {
    return new Selection(this.root, {
      server: this.server,
      here: this.here,
      onerror: this.say,
      onchange: (chosen) => {
        this.map.chosen = chosen;
        keep({ lasso: null, class: null });
        this.map.draw({ back: false });
      },
    });
  }

  #buildOwn() {
    return new OwnPicture(this.root, {
      server: this.server,
      here: () => ({ checkpoint: this.model.name, chart: this.chart }),
      onmessage: this.say,
      onown: (own) => {
        this.pointing.showOwn(own);
        // A link may hold another place than that of its picture.
        const at = this.#arrivedAt;
        this.#arrivedAt = null;
        if (at && writeNumbers(at) !== writeNumbers(own.place)) this.pointing.pin(at);
        if (at) this.pointing.openPull();
      },
    });
  }

  #buildHand() {
    const { map, pointing } = this;
    handOn(map.canvas, {
      view: map.view,
      onpoint: (x, y, event) => pointing.point(map.view.plane(x, y), event),
      onpress: (x, y, event) => pointing.pin(map.view.plane(x, y), event),
      onleave: () => pointing.leave(),
      onview: () => this.moved(),
      cross: () => map.at && map.view.screen(...map.at),
      isLasso: () => this.isLasso,
      onlasso: (line, isClosed) => this.#lasso(line, isClosed),
      onescape: () => this.selection.clear(),
    });
  }

  /** The view moved or changed its size. */
  moved() {
    this.map.draw();
    this.behind.follow();
    this.#mirror();
  }

  /**
   * @param {Spot[]} line
   * @param {boolean} isClosed
   */
  #lasso(line, isClosed) {
    const { chart, map } = this;
    map.lasso = isClosed ? [] : line;
    map.drawOver();
    if (!isClosed || !chart) return;
    const spots = line.map(([x, y]) => map.view.plane(x, y));
    this.#choose(chart, simplified(spots, LASSO_STEP / map.view.scale));
  }

  /**
   * @param {Chart} chart
   * @param {Spot[]} line
   */
  #choose(chart, line) {
    const chosen = enclosed(chart, line);
    this.selection.choose(chosen);
    if (chosen.some(Boolean)) keep({ lasso: spellLasso(line) });
  }

  // ------------------------------------------------------------------ planes
  /** @param {string | null} kind of plane; null for the one that shows most */
  load(kind) {
    const chosen = kind ?? usualPlane(this.model);
    this.charts.ask(async (still) => this.#adopt(await this.#chart(chosen, still), chosen));
  }

  /**
   * @param {string} kind
   * @param {Still} still
   */
  async #chart(kind, still) {
    const checkpoint = this.model.name;
    const progress = (/** @type {number} */ share) => this.#showWait(true, share);
    /** @param {string} plane @param {number[][]} [points] */
    const ask = (plane, points) =>
      loadChart(this.server, { checkpoint, plane, points }, still, progress);
    if (kind !== "three") return ask(kind);
    if (!this.chart) await ask(usualPlane(this.model)); // its corners are digits that are encoded
    await this.corners.begin(this.server, checkpoint, still);
    return ask(kind, this.corners.codes);
  }

  /**
   * @param {Chart} chart
   * @param {string} kind
   */
  #adopt(chart, kind) {
    const { map, root } = this;
    const isArriving = this.#isArriving;
    const opened = isArriving ? openedPlace(kind) : null;
    this.#isArriving = false;
    this.chart = chart;
    this.#plane = kind;
    this.say(null);
    map.mine = null;
    map.adopt(chart);
    if (opened) openView(map.view);
    map.corners = kind === "three" ? this.corners.codes.map((z) => chart.spotOf(z)) : [];
    this.corners.show(kind === "three");
    showPlanes(root, chart.about.planes, kind);
    find(root, ".seeing-text").replaceChildren(...explain(this.model, kind, chart));
    root.classList.toggle("static", !chart.plane);
    this.pointing.pin(opened ?? chart.spot(FIRST));
    this.#arrivedAt = this.own.isGiven ? opened : null;
    if (chart.plane) map.hovered = null;
    if (opened) this.pointing.openPull();
    const lasso = opened && openedLasso();
    const digit = isArriving ? openedClass() : null;
    if (lasso) this.#choose(chart, lasso);
    else if (digit !== null) this.selection.chooseClass(digit);
    else keep({ lasso: null, class: null }); // a line on the plane before
    this.behind.follow();
    this.own.read();
  }

  #mirror() {
    const isUsual = this.#plane === usualPlane(this.model);
    keep({
      plane: isUsual ? null : this.#plane,
      at: spellPlace(this.pointing.pinned),
      zoom: this.chart && spellView(this.map.view),
      corners: this.#plane === "three" ? spellCorners(this.corners.codes) : null,
    });
  }

  /**
   * @param {boolean} busy
   * @param {number} [share] of the digits that is encoded
   */
  #showWait(busy, share) {
    const box = find(this.root, ".map-wait");
    this.root.classList.toggle("is-busy", busy);
    box.hidden = !busy || (share === undefined && this.chart !== null);
    find(box, "span").textContent = "Encoding the 10,000 test digits …";
    find(box, "progress", HTMLProgressElement).value = share ?? 0;
  }

  // ------------------------------------------------------------------ other panels
  /** @param {string} target Explore, or an end of Interpolate */
  #send(target) {
    if (!this.pointing.shown) return;
    const { z, pixels } = this.pointing.shown;
    const code = { z, pixels: packed(pixels), label: null, from: "map" };
    if (target === "explore") send("explore", code);
    else send("interpolate", { ...code, end: target });
  }

  /** @param {Parcel} parcel */
  #receive({ picture, pixels }) {
    const given = picture ?? (pixels ? { pixels } : null);
    if (!given) return;
    this.own.take({ picture: given, source: "sent" });
  }

  #changeModel() {
    this.model = model() ?? this.model;
    this.chart = null;
    this.#isArriving = false;
    this.pointing.shown = null;
    this.corners.forget();
    this.selection.clear();
    this.load(null);
  }

  #listen() {
    for (const each of findAll(this.root, "[data-go]")) {
      each.addEventListener("click", () => this.#send(each.dataset.go ?? ""));
    }
    on("model", () => this.#changeModel());
    onTravel([...FIELDS, FIELD], () => {
      this.#isArriving = true;
      this.own.open();
      this.corners.forget();
      this.selection.clear();
      this.load(openedWith("plane"));
    });
    onParcel("map", (parcel) => this.#receive(parcel));
  }
}

/**
 * @param {HTMLElement} element
 * @param {Server} server
 */
export const mount = (element, server) =>
  mountPanel(element, "map", (root, chosen) => new MapPanel(root, server, chosen));
