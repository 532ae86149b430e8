// Styles of a panel that come when it is opened, so that the page begins without them.

import { make } from "./nodes.js";

/**
 * Bring a stylesheet into the page, once.
 *
 * @param {string} address relative to the page
 * @returns {Promise<void>} resolves once it counts, or could not be had: words without looks are
 *   better than none
 */
export function stylesheet(address) {
  const href = new URL(address, document.baseURI).toString();
  if ([...document.styleSheets].some((sheet) => sheet.href === href)) return Promise.resolve();
  const link = make("link", { rel: "stylesheet", href });
  return new Promise((done) => {
    for (const end of ["load", "error"]) link.addEventListener(end, () => done(), { once: true });
    document.head.append(link);
  });
}
