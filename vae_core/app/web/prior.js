// studio.prior: where a point lies in the prior N(0, I).
(() => {
  "use strict";

  /** P(a standard normal draw < x), to 1.5e-7 (Abramowitz and Stegun, 7.1.26). */
  function phi(x) {
    const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
    const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    const erf = 1 - poly * Math.exp((-x * x) / 2);
    return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
  }

  /** The inverse of phi within +-range, by halving. */
  function quantileOf(p, range = 8) {
    let low = -range;
    let high = range;
    for (let i = 0; i < 40; i++) {
      const middle = (low + high) / 2;
      if (phi(middle) < p) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  }

  /** P(chi-square with d degrees of freedom < x): how |z|^2 of a draw from N(0, I) spreads. */
  function chiSquareBelow(x, d) {
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

  /** log Gamma(x) for x > 0, by Stirling's series. */
  function logGamma(x) {
    let shift = 0;
    for (; x < 8; x++) shift -= Math.log(x);
    return shift + (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3);
  }

  /** Radii that 2.5, 97.5 and 99.9 of 100 draws from N(0, I) in d dimensions stay below. */
  function shellOf(d) {
    const radius = (share) => {
      let [low, high] = [0, Math.sqrt(d) + 8];
      for (let i = 0; i < 50; i++) {
        const middle = (low + high) / 2;
        if (chiSquareBelow(middle ** 2, d) < share) low = middle;
        else high = middle;
      }
      return (low + high) / 2;
    };
    return { low: radius(0.025), high: radius(0.975), edge: radius(0.999) };
  }

  window.studio.prior = { phi, quantileOf, chiSquareBelow, shellOf };
})();
