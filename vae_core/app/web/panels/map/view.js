// Which part of a plane is on show: plane coordinates (s, t), t upwards, to screen pixels and back.

/** @typedef {[number, number]} Spot s and t on the plane, or x and y on the screen */
/** @typedef {{ s0: number, s1: number, t0: number, t1: number }} Extent */

const [OUTERMOST, INNERMOST] = [0.5, 80]; // times the scale at which all is in view
const PLAY = 0.6; // how far beyond the codes the middle may go, as a share of their span

export class View {
  width = 1;
  height = 1;
  s = 0;
  t = 0;
  /** Screen pixels a unit of the plane. */
  scale = 1;
  /** @type {Extent} */
  #extent = { s0: -1, s1: 1, t0: -1, t1: 1 };

  /** The scale at which all codes are in view. */
  get whole() {
    const { s0, s1, t0, t1 } = this.#extent;
    return Math.min(this.width / (s1 - s0), this.height / (t1 - t0));
  }

  /** How near it is: 1 with all in view. */
  get zoom() {
    return this.scale / this.whole;
  }

  /**
   * @param {number} width screen pixels
   * @param {number} height
   */
  resize(width, height) {
    const zoom = this.zoom;
    [this.width, this.height] = [Math.max(1, width), Math.max(1, height)];
    this.scale = zoom * this.whole;
  }

  /**
   * Show all of it.
   *
   * @param {Extent} [extent] another plane's
   */
  fit(extent = this.#extent) {
    this.#extent = extent;
    this.s = (extent.s0 + extent.s1) / 2;
    this.t = (extent.t0 + extent.t1) / 2;
    this.scale = this.whole;
  }

  /** Whether all codes are in view and nothing else is. */
  get isWhole() {
    const { s0, s1, t0, t1 } = this.#extent;
    const isCentred = this.s === (s0 + s1) / 2 && this.t === (t0 + t1) / 2;
    return isCentred && Math.abs(this.zoom - 1) < 1e-6;
  }

  /**
   * Look at a place from as near.
   *
   * @param {number} zoom 1 with all in view
   * @param {number} s
   * @param {number} t
   */
  look(zoom, s, t) {
    this.scale = this.whole * bounded(zoom, OUTERMOST, INNERMOST);
    [this.s, this.t] = [s, t];
    this.pan(0, 0);
  }

  /**
   * @param {number} s
   * @param {number} t
   * @returns {Spot} on the screen
   */
  screen(s, t) {
    const { width, height, scale } = this;
    return [width / 2 + (s - this.s) * scale, height / 2 - (t - this.t) * scale];
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {Spot} on the plane
   */
  plane(x, y) {
    const { width, height, scale } = this;
    return [this.s + (x - width / 2) / scale, this.t - (y - height / 2) / scale];
  }

  /**
   * @param {number} dx screen pixels that the map moves by
   * @param {number} dy
   */
  pan(dx, dy) {
    const { s0, s1, t0, t1 } = this.#extent;
    const [playS, playT] = [PLAY * (s1 - s0), PLAY * (t1 - t0)];
    this.s = bounded(this.s - dx / this.scale, s0 - playS, s1 + playS);
    this.t = bounded(this.t + dy / this.scale, t0 - playT, t1 + playT);
  }

  /**
   * Nearer or further, with what is at a screen pixel staying there.
   *
   * @param {number} factor
   * @param {number} x
   * @param {number} y
   */
  zoomAt(factor, x = this.width / 2, y = this.height / 2) {
    const [s, t] = this.plane(x, y);
    this.scale = this.whole * bounded(this.zoom * factor, OUTERMOST, INNERMOST);
    const [s1, t1] = this.plane(x, y);
    this.s += s - s1;
    this.t += t - t1;
  }
}

/**
 * @param {number} v
 * @param {number} low
 * @param {number} high
 */
const bounded = (v, low, high) => Math.min(high, Math.max(low, v));
