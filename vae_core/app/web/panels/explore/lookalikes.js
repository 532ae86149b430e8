// The real digits that look most like the live picture, once it rests.

import { call } from "../../core/calls.js";
import { requests } from "../../core/requests.js";
import { state } from "../../core/state.js";
import { pixelsOf } from "../../draw/digit.js";
import { neighbourCards } from "../../parts/neighbours.js";
import { find } from "../../parts/nodes.js";

/** @import { Server } from "../../core/types.js" */

/**
 * @param {HTMLElement} root of the panel
 * @param {HTMLCanvasElement} canvas the live one, which gets its reading when it rests
 * @param {Server} server
 */
export function mountLookalikes(root, canvas, server) {
  const box = find(root, "details.alike", HTMLDetailsElement);
  const asking = requests({ onerror: (sentence) => console.warn(sentence) }); // a courtesy
  const ask = () => {
    if (!box.open || !canvas.width) return;
    asking.ask(async (still) => {
      const near = await still(
        call(server, "resembling", { pixels: pixelsOf(canvas), checkpoint: state.model }),
      );
      find(box, ".alike-row").replaceChildren(...neighbourCards(near, null));
    });
  };
  box.addEventListener("toggle", ask);
  new MutationObserver(ask).observe(canvas, { attributeFilter: ["data-reading", "aria-label"] });
}
