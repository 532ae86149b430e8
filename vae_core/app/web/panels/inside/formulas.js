// A likelihood's formula of one pixel, as it comes from the server, in symbols and in numbers.

import { number } from "../../core/numbers.js";

const FAR = 1e6; // what stands for an edge at infinity

/**
 * Symbols of mathematics for those of a program.
 *
 * @param {string} formula
 */
export const inSymbols = (formula) =>
  formula
    .replace(/abs\(([^()]*)\)/g, "|$1|")
    .replaceAll("sigma", "σ")
    .replaceAll("pi", "π")
    .replaceAll("^2", "²")
    .replaceAll("*", "·")
    .replaceAll("-", "−")
    .replaceAll(" / ", " ∕ ");

/** @param {number} value */
export function figure(value) {
  if (Math.abs(value) >= FAR) return value < 0 ? "−∞" : "∞";
  return value === 0 ? "0" : number(value);
}

/**
 * The formula with numbers in place of its symbols, negative ones in parentheses.
 *
 * @param {string} formula
 * @param {Record<string, number>} values
 */
export function inNumbers(formula, values) {
  const words = inSymbols(formula).replace(/(?<![a-zσπ])[a-z](?![a-z])/g, (symbol) => {
    if (!(symbol in values)) return symbol;
    const text = figure(values[symbol]);
    return values[symbol] < 0 ? `(${text})` : text;
  });
  return words.replace(/\(\(([^()]*)\)\)/g, "($1)");
}
