/** The laws that p-values come from, with relative errors below 1e-12 into the far tails. */

/**
 * How probable is a standard normal value of at least `z`? From 1 down to 0 (below 1e-308 from 37.6 on).
 *
 * @example normalSurvival(1.959963984540054) // 0.025
 */
export function normalSurvival(z: number): number {
  const beyond = upperIncompleteGamma(1 / 2, (z * z) / 2) / 2;
  return z >= 0 ? beyond : 1 - beyond;
}

/**
 * How probable is a standard normal value of at most `z`?
 *
 * @example normalCdf(-1.959963984540054) // 0.025
 */
export function normalCdf(z: number): number {
  return normalSurvival(-z);
}

/**
 * Which value is a standard normal one below with probability `p`? -Infinity at 0, Infinity at 1, NaN outside.
 *
 * A rational first guess, sharpened by Halley's method. Source: Abramowitz and Stegun (1964), 26.2.23.
 *
 * @example normalQuantile(0.975) // 1.959963984540054
 */
export function normalQuantile(p: number): number {
  if (p > 1 / 2) return -normalQuantile(1 - p);
  if (p === 1 / 2) return 0;
  if (!(p > 0)) return p === 0 ? -Infinity : NaN;
  const t = Math.sqrt(-2 * Math.log(p));
  let z =
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  // The guess is off by at most 4.5e-4; each step cubes that.
  for (let step = 0; step < 3; step += 1) {
    // Near the middle the mass between it and z keeps the digits that the mass beyond z loses.
    const excess =
      p < 1 / 4
        ? normalSurvival(z) - p
        : 1 / 2 - p - (Math.sign(z) * lowerIncompleteGamma(1 / 2, (z * z) / 2)) / 2;
    const newton = (excess * Math.sqrt(2 * Math.PI)) / Math.exp((-z * z) / 2);
    z += newton / (1 - (z * newton) / 2);
  }
  return -z;
}

/**
 * How probable is a chi-squared value of at least `statistic` with that many degrees of freedom? From 1 at 0 down to 0.
 * With no degree of freedom nothing can differ: 1.
 *
 * @example chiSquaredSurvival(3.841458820694124, 1) // 0.05
 */
export function chiSquaredSurvival(statistic: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom <= 0 || statistic <= 0) return 1;
  return upperIncompleteGamma(degreesOfFreedom / 2, statistic / 2);
}

/**
 * How probable is a value of at least `x` under the gamma law of that shape and scale (mean shape x scale)?
 *
 * @example gammaSurvival(2, 1, 2) // Math.exp(-1)
 */
export function gammaSurvival(x: number, shape: number, scale: number): number {
  return upperIncompleteGamma(shape, x / scale);
}

/**
 * How probable is a value of at least `x` under the gamma law with these moments, shifted where its skewness asks for it? It is
 * never less skewed than the one that starts at 0, as fits what cannot be negative: 2 deviation / mean. 1 where nothing varies.
 *
 * @example gammaSurvivalOfMoments(3.841458820694124, { mean: 1, deviation: Math.SQRT2, skewness: 0 }) // 0.05
 */
export function gammaSurvivalOfMoments(
  x: number,
  {
    mean,
    deviation,
    skewness,
  }: { readonly mean: number; readonly deviation: number; readonly skewness: number },
): number {
  if (!(deviation > 0 && mean > 0)) return 1;
  const root = 2 / Math.max(skewness, (2 * deviation) / mean);
  return upperIncompleteGamma(root ** 2, root * (root + (x - mean) / deviation));
}

/**
 * How probable is a value of at least `t` under Student's law? Degrees of freedom above 0, whole or not; with Infinity it is
 * the normal law.
 *
 * @example studentSurvival(2.228138851986274, 10) // 0.025
 */
export function studentSurvival(t: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === Infinity) return normalSurvival(t);
  const total = degreesOfFreedom + t * t;
  const beyond =
    total === Infinity
      ? 0
      : incompleteBeta(degreesOfFreedom / 2, 1 / 2, degreesOfFreedom / total, (t * t) / total) / 2;
  return t >= 0 ? beyond : 1 - beyond;
}

/**
 * Which value is one of Student's law below with probability `p`, from 1/2 up to, not including, 1? By bisection.
 *
 * @example studentQuantile(0.975, 10) // 2.228138851986274
 */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  let low = 0;
  let high = 1;
  while (studentSurvival(high, degreesOfFreedom) > 1 - p) high *= 2;
  // Until no number lies between the two.
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (studentSurvival(middle, degreesOfFreedom) > 1 - p) low = middle;
    else high = middle;
  }
}

/** A sum or a fraction is done where another step changes less than this share of it. */
const precision = 2 ** -52;
/** Steps grow as the square root of the arguments: 100,000 serve a million degrees of freedom. */
const maximumSteps = 100_000;

/**
 * The regularized upper incomplete gamma function Q(a, x), a > 0, x >= 0: the series below a + 1, the continued fraction
 * above. Source: DLMF 8.11.4 and 8.9.2.
 */
export function upperIncompleteGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  if (x < a + 1) return Math.max(0, 1 - lowerSeries(a, x));
  return Math.min(1, upperFraction(a, x));
}

/** Its complement P(a, x), which keeps its digits where x is small. */
export function lowerIncompleteGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  if (x === Infinity) return 1;
  if (x < a + 1) return Math.min(1, lowerSeries(a, x));
  return Math.max(0, 1 - upperFraction(a, x));
}

function lowerSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let step = 1; step < maximumSteps && term > sum * precision; step += 1) {
    term *= x / (a + step);
    sum += term;
  }
  return sum * poissonProbability(a, x);
}

function upperFraction(a: number, x: number): number {
  const fraction = continuedFraction(
    (step) => (step === 0 ? 1 : -step * (step - a)),
    (step) => x + 2 * step + 1 - a,
  );
  return fraction * a * poissonProbability(a, x);
}

/**
 * The regularized incomplete beta function I_x(a, b) of a, b > 0: the probability that a beta value is at most x. Give
 * `complement` where 1 - x is known better than by subtraction.
 *
 * @example incompleteBeta(2, 3, 0.5) // 0.6875
 */
export function incompleteBeta(a: number, b: number, x: number, complement: number = 1 - x): number {
  if (x <= 0) return 0;
  if (complement <= 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return Math.max(0, 1 - betaFraction(b, a, complement, x));
  return Math.min(1, betaFraction(a, b, x, complement));
}

/** For x below the mean a / (a + b). The even part of DLMF 8.17.22: DiDonato and Morris (1992), Algorithm 708, `bfrac`. */
function betaFraction(a: number, b: number, x: number, complement: number): number {
  const distance = a > b ? (a + b) * complement - b : a - (a + b) * x;
  const fraction = continuedFraction(
    (n) => (n === 0 ? 1 : ((a + n - 1) * (a + b + n - 1) * n * (b - n) * x * x) / (a + 2 * n - 1) ** 2),
    (n) =>
      n +
      (n === 0 ? 0 : (n * (b - n) * x) / (a + 2 * n - 1)) +
      ((a + n) / (a + 2 * n + 1)) * (distance + 1 + n * (1 + complement)),
  );
  return fraction * ((a * b) / (a + b)) * binomialProbability(a, a + b, x, complement);
}

const tiny = 1e-300;

/** n0 / (d0 + n1 / (d1 + n2 / ...)) by the modified method of Lentz; Press et al., Numerical Recipes, section 5.2. */
function continuedFraction(
  numerator: (step: number) => number,
  denominator: (step: number) => number,
): number {
  let c = tiny;
  let d = 0;
  let fraction = tiny;
  for (let step = 0; step < maximumSteps; step += 1) {
    const [n, b] = [numerator(step), denominator(step)];
    d = 1 / (n * d + b || tiny);
    c = b + n / c || tiny;
    fraction *= c * d;
    if (Math.abs(c * d - 1) <= precision) break;
  }
  return fraction;
}

/**
 * How probable are `successes` in `trials`, each with probability `share`, for numbers of both that need not be whole? Give
 * `complement` where 1 - share is known better than by subtraction. Whatever the size: no factorial, no overflow.
 *
 * @example binomialProbability(1, 3, 0.5) // 0.375
 */
export function binomialProbability(
  successes: number,
  trials: number,
  share: number,
  complement: number = 1 - share,
): number {
  const failures = trials - successes;
  if (share <= 0 || complement <= 0) return (share <= 0 ? successes : failures) === 0 ? 1 : 0;
  if (successes === 0) return Math.exp(trials * logOfComplement(share, complement));
  if (failures === 0) return Math.exp(trials * logOfComplement(complement, share));
  const exponent =
    stirlingError(trials) -
    stirlingError(successes) -
    stirlingError(failures) -
    deviance(successes, trials * share) -
    deviance(failures, trials * complement);
  return Math.exp(exponent) * Math.sqrt(trials / (2 * Math.PI * successes * failures));
}

/** The logarithm of `complement`, which is 1 - share: from the smaller of the two. */
function logOfComplement(share: number, complement: number): number {
  return share < complement ? Math.log1p(-share) : Math.log(complement);
}

/** mean^k exp(-mean) / k! for any k > 0. Source: Loader (2000), Fast and accurate computation of binomial probabilities. */
function poissonProbability(k: number, mean: number): number {
  return Math.exp(-stirlingError(k) - deviance(k, mean)) / Math.sqrt(2 * Math.PI * k);
}

/** ln(k!) minus Stirling's formula: DLMF 5.11.1 from 16 on, carried down to a smaller k by ln((k + 1) / k). */
function stirlingError(k: number): number {
  let carried = 0;
  let from = k;
  for (; from < 16; from += 1) carried += (from + 1 / 2) * Math.log1p(1 / from) - 1;
  const squared = from * from;
  const series =
    1 / 12 -
    (1 / 360 - (1 / 1260 - (1 / 1680 - (1 / 1188 - 691 / 360_360 / squared) / squared) / squared) / squared) /
      squared;
  return series / from + carried;
}

/**
 * k ln(k / mean) + mean - k, from 0 up: what an observed `k` adds to a divergence from its mean. Summed over shares or counts
 * that add up to the same, it is their Kullback-Leibler divergence, without the cancellation of its logarithms.
 */
export function deviance(k: number, mean: number): number {
  if (k === 0) return mean;
  const difference = k - mean;
  if (Math.abs(difference) >= 0.1 * (k + mean)) return k * Math.log(k / mean) - difference;
  const ratio = difference / (k + mean);
  let sum = difference * ratio;
  let power = 2 * k * ratio;
  for (let odd = 3; ; odd += 2) {
    power *= ratio * ratio;
    const next = sum + power / odd;
    if (next === sum) return sum;
    sum = next;
  }
}
