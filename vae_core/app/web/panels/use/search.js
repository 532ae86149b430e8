// Search: the ten training digits nearest to a picture, by its code and by its pixels.

import { digitAt, unpack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { fixed, percent, whole } from "../../core/numbers.js";
import { state } from "../../core/state.js";
import { digitCanvas, paint } from "../../draw/digit.js";
import { bold, find, joined, make, num, text } from "../../parts/nodes.js";
import { share } from "./words.js";

/** @import { Neighbours, Searched, Setting, Use } from "./types.js" */

const LIMIT =
  "The ten nearest are there for any picture, a scribble too: how near they are says whether it belongs, and the next part of this page says it better. Distance by code weighs each direction by how much digits of one class differ along it, so the two kinds of distance cannot be compared with each other.";

/**
 * @param {Setting} setting
 * @returns {Use}
 */
export function search({ view, server }) {
  const rows = { code: row("by code"), pixels: row("by pixels") };
  find(view, ".rows").append(rows.code.element, rows.pixels.element);
  find(view, ".limit").textContent = LIMIT;
  const words = find(view, ".say");
  return {
    ask: async (still, digit) => {
      /** @type {Searched} */
      let answer;
      for (;;) {
        answer = await still(call(server, "search", { checkpoint: state.model, digit }));
        if (answer.progress >= 1) break;
        words.textContent = `Reading the training digits: ${percent(answer.progress)} %`;
      }
      rows.code.show(answer.code);
      rows.pixels.show(answer.pixels);
      words.replaceChildren(conclusion(answer));
      find(view, ".measured").replaceChildren(figures(answer));
    },
    clear: () => {
      for (const each of Object.values(rows)) each.clear();
      words.textContent = "";
    },
  };
}

/** @param {string} title */
function row(title) {
  const cards = make("div", { className: "neighbours" });
  const about = make("span", { className: "muted" });
  const element = make("div", { className: "found" }, make("h3", {}, title, " ", about), cards);
  element.dataset.testid = `found-${title.replace(" ", "-")}`;
  return {
    element,
    /** @param {Neighbours} near */
    show: (near) => {
      about.textContent = `of ${whole(near.searched)} training digits`;
      cards.replaceChildren(...cardsOf(near));
    },
    clear: () => cards.replaceChildren(),
  };
}

/** @param {Neighbours} near */
function cardsOf({ indices, labels, distances, digits, decoded }) {
  const bytes = unpack(digits);
  return indices.map((index, i) => {
    const distance = fixed(distances[i], 2);
    const from = decoded[i] ? ", decoded from its code" : "";
    const title = `Training digit ${index}, a ${labels[i]}, at distance ${distance}${from}`;
    const canvas = digitCanvas(title);
    canvas.title = title;
    paint(canvas, digitAt(bytes, i));
    const caption = make("figcaption", {}, bold(labels[i]), " ", num(distance));
    return make("figure", { className: decoded[i] ? "is-decoded" : "" }, canvas, caption);
  });
}

/** @param {Searched} answer */
function conclusion({ code, pixels, encoding, milliseconds }) {
  const parts = [
    text`By code ${most(code.labels)}, by pixels ${most(pixels.labels)}.`,
    text`Encoding took ${num(fixed(encoding))} ms, the search by code ${num(fixed(milliseconds))} ms.`,
  ];
  if (code.decoded.some(Boolean)) {
    parts.push(
      text`Digits with a line beneath are not on this server: the model draws them from their codes.`,
    );
  }
  if (code.searched !== pixels.searched) {
    parts.push(
      text`Codes of all ${num(whole(code.searched))} training digits ship, pixels of ${num(whole(pixels.searched))}; app.py --data DIR adds the others.`,
    );
  } else if (code.searched < 60_000) {
    parts.push(
      text`These are the ${num(whole(code.searched))} training digits that ship; app.py --data DIR searches all ${num("60,000")}.`,
    );
  }
  return text`${joined(parts)}`;
}

/**
 * The commonest label of ten, and how many have it.
 *
 * @param {number[]} labels
 */
function most(labels) {
  const counts = labels.map((label) => labels.filter((other) => other === label).length);
  const count = Math.max(...counts);
  const label = labels[counts.indexOf(count)];
  const many = count === labels.length ? "all ten" : `${count} of ten`;
  return text`${many} are a ${bold(label)}`;
}

/** @param {Searched} answer */
function figures({ measured, queries, command }) {
  const how = make("code", {}, command);
  if (!measured.length) return text`How precise this is was not measured for this model: ${how}`;
  const rows = measured.map(
    ({ searched, code, pixels }) =>
      text`of ${num(whole(searched))} training digits ${share(code)} by code and ${share(pixels)} by pixels`,
  );
  return text`Precision at 10, measured on ${num(whole(queries))} test digits: so many of their ten nearest have their label, ${joined(rows, "; ")}. ${how}`;
}
