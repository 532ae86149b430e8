import assert from "node:assert/strict";
import test from "node:test";
import { TERMS } from "../../vae_core/app/web/core/glossary.js";
import { termsIn } from "../../vae_core/app/web/parts/glossary.js";

/** @param {string} text */
const found = (text) => termsIn(text).map(({ term }) => term);

test("the longest way of writing a term counts, however many there are", () => {
  assert.deepEqual(found("The flow prior and the prior, a posterior collapse"), [
    "flow prior",
    "prior",
    "posterior collapse",
  ]);
  assert.deepEqual(found("its learning rate and the rate"), ["learning rate", "rate"]);
  assert.deepEqual(found("Latents of a VAE: log-variance, ε and σ"), [
    "latent",
    "VAE",
    "log-variance",
    "epsilon",
    "sigma",
  ]);
});

test("parts of words, and small words that look like abbreviations, are none", () => {
  assert.deepEqual(found("This is a barcode; natsu decoders_of vae-400, decorated"), []);
  assert.deepEqual(found("NLL 78.6 nats (IS 5,000)"), ["NLL", "nats", "IS"]);
});

test("every term is explained once, in one sentence", () => {
  const seen = new Set();
  for (const [term, { says, also = [] }] of Object.entries(TERMS)) {
    assert.match(says, /^[A-Z0-9].*\.$/, term);
    assert.doesNotMatch(says.slice(0, -1), /[.!?]\s+[A-Z]/, term);
    assert.ok(says.length <= 160, `${term}: ${says.length}`);
    for (const word of [term, ...also]) {
      assert.ok(!seen.has(word.toLowerCase()), word);
      seen.add(word.toLowerCase());
    }
  }
  assert.ok(Object.keys(TERMS).length >= 60);
});
