// "What am I seeing?" of the map, with this plane's own numbers.

import { percent, whole } from "../../core/numbers.js";
import { bold, joined, num, text } from "../../parts/nodes.js";

/** @import { Model } from "../../core/types.js" */
/** @import { Chart } from "./codes.js" */

/** @type {Record<string, string>} */
const PLANES = {
  whole: "Its code has two numbers: the map is the whole space.",
  pca: "The plane is the one along which the codes vary most (PCA).",
  lda: "The plane is the one on which the ten classes part most (linear discriminants).",
  three: "The plane goes through the three codes A, B and C.",
  tsne: "t-SNE keeps neighbours together and nothing else: distances and empty places mean nothing, and only the digits themselves have a code to decode.",
};

/**
 * @param {Model} model
 * @param {string} kind of plane
 * @param {Chart | null} chart
 */
export function explain(model, kind, chart) {
  const { name, latent_dim: d, variational, takes_labels: labels, words } = model;
  const share = chart?.about.share;
  const prior = variational ? "the prior" : "the Gaussian fitted to the codes";
  const circles = words?.gaussian ?? prior;
  const misses = words
    ? ""
    : `: where the two differ, draws from ${prior} land where no digit lies`;
  const parts = [
    text`Each dot is one of the ${num(whole(chart?.count ?? 10000))} test digits, where ${bold(name)} puts it among ${num(whole(d))} numbers.`,
    PLANES[kind] ?? "",
    share !== null && share !== undefined && d > 2
      ? text`It holds ${num(percent(share, 1))} % of the codes’ variance; a digit off the plane stands where it projects to, so its picture may differ from what is decoded here.`
      : "",
    chart?.plane
      ? text`Every point of it decodes exactly. Dashed circles hold 50, 90 and 99 % of ${circles}, solid lines as much of the codes${variational ? ", each a draw from its posterior" : ""}${misses}.`
      : "",
    labels ? "This model is given no label here, so that all digits lie in one space." : "",
  ];
  return joined(parts.filter((part) => part !== ""));
}
