// "What am I seeing?" of Inside, with this picture's numbers.

import { fixed, whole } from "../../core/numbers.js";
import { model } from "../../core/state.js";
import { bold, joined, num, text } from "../../parts/nodes.js";
import { UNITS } from "./parts_loss.js";

/** @import { Way } from "./types.js" */

/** @param {Way} way */
export function explain(way) {
  const name = bold(model()?.name ?? "");
  const d = num(whole(way.z.length));
  const distortion = num(fixed(way.distortion), "distortion");
  const { rate, label } = way;
  const given = label === null ? [] : [text`It is given the label ${num(label)}.`];
  if (!rate) {
    return text`${joined([
      text`Your picture goes through ${name} from left to right: the encoder makes ${d} numbers of it, the code z, and the decoder a picture of those.`,
      model()?.has_rate
        ? text`Nothing is drawn: each place of a grid takes the entry of a codebook that is nearest to its numbers, and the decoder is given the entries. The pixels cost ${distortion} nats; what the entries cost by their prior stands in Reconstruct.`
        : text`This is a plain autoencoder: nothing is drawn, no code costs anything, and the loss is the distortion alone, here ${distortion} ${UNITS[way.quantity]}.`,
    ])}`;
  }
  return text`${joined([
    text`Your picture goes through ${name} from left to right. The encoder does not say one code but a distribution over ${d} numbers; z is drawn from it with the noise ε, and the decoder makes a picture of z.`,
    ...given,
    text`What that costs stands last: ${distortion} for the pixels once z is known, ${num(fixed(rate.total), "rate")} nats for z, ${num(fixed(way.distortion + rate.total))} together.`,
  ])}`;
}
