// The decoded manifold behind the map: pictures of a grid over what is in view.

import { call } from "../../core/calls.js";
import { requests } from "../../core/requests.js";

/** @import { Model, Server } from "../../core/types.js" */
/** @import { Chart } from "./codes.js" */
/** @import { MapCanvas } from "./canvas.js" */

const CELL = 48; // screen pixels a picture
const [MOST, MOST_ACROSS] = [320, 32];
const REST_MS = 250; // of the map, before another part of it is asked for

/**
 * @param {Server} server
 * @param {MapCanvas} map
 * @param {() => { model: Model, chart: Chart | null, limit: number }} here
 * @param {(sentence: string) => void} onerror
 */
export function manifold(server, map, here, onerror) {
  const asking = requests({ onerror });
  let isShown = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const ask = () => {
    const { model, chart, limit } = here();
    const asked = chart && gridOver(map, chart, limit);
    if (!isShown || !asked) return;
    asking.ask(async (still) => {
      const { place, ...grid } = asked;
      const answer = await still(call(server, "grid", { checkpoint: model.name, ...grid }));
      map.back.lay({ pixels: answer.pixels, columns: grid.columns, ...place }, map.palette);
      map.draw({ points: false });
    });
  };

  return {
    /** The map has moved: soon. */
    follow() {
      clearTimeout(timer);
      if (isShown) timer = setTimeout(ask, REST_MS);
    },
    /** @param {boolean} shown */
    show(shown) {
      isShown = shown;
      asking.drop();
      if (shown) return ask();
      map.back.lay(null, map.palette);
      map.draw({ points: false });
    },
  };
}

/**
 * What to ask for: codes of pictures that fill the view, as far as the sliders reach.
 *
 * @param {MapCanvas} map
 * @param {Chart} chart
 * @param {number} limit
 */
function gridOver({ view }, chart, limit) {
  const { plane } = chart;
  if (!plane) return null;
  let cell = CELL;
  const sizes = () => [Math.ceil(view.width / cell), Math.ceil(view.height / cell)];
  while (sizes()[0] * sizes()[1] > MOST || Math.max(...sizes()) > MOST_ACROSS) cell *= 1.1;
  const step = cell / view.scale;
  const [s, t] = view.plane(0, 0);
  const [columns, rows] = sizes();
  const across = plane.across.map((v) => v * step);
  const down = plane.up.map((v) => -v * step);
  const corner = plane.origin.map(
    (v, i) => v + (s + step / 2) * plane.across[i] + (t - step / 2) * plane.up[i],
  );
  const isWithin = [0, columns - 1].every((x) =>
    [0, rows - 1].every((y) =>
      corner.every((v, i) => Math.abs(v + x * across[i] + y * down[i]) <= limit),
    ),
  );
  if (!isWithin) return null;
  return {
    corner,
    across,
    down,
    columns,
    rows,
    place: { s, t, width: columns * step, height: rows * step },
  };
}
