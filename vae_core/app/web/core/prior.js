// Where a point lies in the prior N(0, I).

/**
 * P(a standard normal draw < x), to 1.5e-7 (Abramowitz and Stegun, 7.1.26).
 *
 * @param {number} x
 */
export function phi(x) {
  const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
  const coefficients = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  const series = t * coefficients.reduce((sum, each) => each + t * sum, 0);
  const erf = 1 - series * Math.exp((-x * x) / 2);
  return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
}

/**
 * The inverse of phi within +-range.
 *
 * @param {number} p
 */
export const quantileOf = (p, range = 8) => root((x) => phi(x) < p, -range, range);

/**
 * P(chi-square with d degrees of freedom < x): how |z|^2 of a draw from N(0, I) spreads.
 *
 * @param {number} x
 * @param {number} d
 */
export function chiSquareBelow(x, d) {
  const [a, half] = [d / 2, x / 2];
  if (half <= 0) return 0;
  const log = -half + a * Math.log(half) - logGamma(a + 1);
  // Far from d the density is too small for a number: all lies on one side.
  if (log < -600) return half > a ? 1 : 0;
  let term = Math.exp(log);
  let sum = term;
  for (let k = 1; k < 5000 && term > 1e-12 * sum; k++) {
    term *= half / (a + k);
    sum += term;
  }
  return Math.min(1, sum);
}

/**
 * Radii that 2.5, 97.5 and 99.9 of 100 draws from N(0, I) in d dimensions stay below.
 *
 * @param {number} d
 */
export function shellOf(d) {
  /** @param {number} share */
  const radius = (share) => root((r) => chiSquareBelow(r ** 2, d) < share, 0, Math.sqrt(d) + 8);
  return { low: radius(0.025), high: radius(0.975), edge: radius(0.999) };
}

/** A draw from N(0, 1), by Box and Muller. */
export const normal = () =>
  Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

/**
 * Where `isBelow` changes from true to false, by halving.
 *
 * @param {(x: number) => boolean} isBelow
 * @param {number} low
 * @param {number} high
 */
function root(isBelow, low, high) {
  let [from, to] = [low, high];
  for (let i = 0; i < 50; i++) {
    const middle = (from + to) / 2;
    if (isBelow(middle)) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

/**
 * log Gamma(x) for x > 0, by Stirling's series.
 *
 * @param {number} x
 */
function logGamma(x) {
  let shift = 0;
  let y = x;
  for (; y < 8; y++) shift -= Math.log(y);
  const series = 1 / (12 * y) - 1 / (360 * y ** 3);
  return shift + (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series;
}
