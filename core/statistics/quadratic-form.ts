/**
 * The law of a sum of squares of normal values: what Cramer-von Mises, Anderson-Darling and the energy distance tend to.
 */

/**
 * A sum of w Z^2 with independent standard normal Z and weights w >= 0, known by its determinant, the product of all 1 -
 * w u.
 */
export interface QuadraticForm {
  /** The sum of the weights. */
  readonly mean: number;
  /** Twice the sum of their squares. */
  readonly variance: number;
  /**
   * Real and imaginary part of the logarithm of the determinant at u = re + i im, im >= 0: continuous from 0 at u = 0 on,
   * not cut off at -pi.
   */
  readonly logDeterminant: (re: number, im: number) => readonly [number, number];
}

/** Steps of these lengths along the contour leave an error of 1e-9; the sum is small below this share of its mean. */
const longStep = 0.1;
const shortStep = 0.025;
const smallShare = 1 / 4;
/** The contour ends where the integrand is so small a part of what it was at the start. */
const negligible = 1e-17;
const mostSteps = 1_000;
/** A probability so near to 1 is 1. */
const negligibleComplement = 1e-10;

/**
 * How probable is a sum of at least `value`? From 1 at 0 down to 0, with a relative error below 1e-8, above the mean 1e-10
 * down to the smallest number.
 * Below a fiftieth of the mean it is near 1, and off by up to 1e-3 where one weight is much larger than the others.
 *
 * The inverse of the Laplace transform, 1 / (2 pi i) times the integral of exp(-u value / 2) / (u sqrt(determinant)) du,
 * along a parabola between the pole at 0 and the first zero of the determinant, bent around that zero, where the integrand
 * dies out fast. Source: Rice (1980); Weideman and Trefethen (2007) for the parabola. Cost: about 55 determinants.
 *
 * @example quadraticFormSurvival(2.492, andersonDarlingLimit) // 0.0500222
 */
export function quadraticFormSurvival(value: number, form: QuadraticForm): number {
  const { mean, variance, logDeterminant } = form;
  if (value <= 0 || !(variance > 0)) return 1;
  const isSmall = value < smallShare * mean;
  if (isSmall && isSurelyExceeded(value, form)) return 1;
  const step = isSmall ? shortStep : longStep;
  const firstZero = firstZeroOf(form);
  const start = (firstZero * value) / (value + mean);
  // Beside a value so small that this underflows, the sum is certain to be larger.
  if (start === 0) return 1;
  const bend = 1 / (4 * (firstZero - start));
  // Steps of equal length in v, with u = start + i t + bend t^2 and t = nearest sinh(v): dense where pole and zero are.
  const nearest = Math.min(start, firstZero - start);
  let sum = 0;
  let first = 0;
  for (let k = 0; k < mostSteps; k += 1) {
    const t = nearest * Math.sinh(k * step);
    const re = start + bend * t * t;
    const [logSize, angle] = logDeterminant(re, t);
    const size = Math.exp((-re * value - logSize) / 2) * nearest * Math.cosh(k * step);
    const phase = (-t * value - angle) / 2;
    const cos = size * Math.cos(phase);
    const sin = size * Math.sin(phase);
    // The real part of (cos + i sin) (1 - 2 i bend t) / u.
    const slope = 2 * bend * t;
    const distance2 = re * re + t * t;
    sum += ((cos + slope * sin) * re + (sin - slope * cos) * t) / distance2;
    if (k === 0) {
      sum /= 2;
      first = size / start;
      // So far out that no number is small enough.
      if (first === 0) return 0;
    } else if (size * (1 + slope) < negligible * first * Math.sqrt(distance2)) break;
  }
  return Math.min(1, Math.max(0, (sum * step) / Math.PI));
}

const halvings = 20;

/**
 * The inverse of the largest weight, from below. The largest weight is at most the root of the sum of squares, and at least
 * that sum over the sum of the weights. A hair above the real axis the angle falls by pi at every zero.
 */
function firstZeroOf({ mean, variance, logDeterminant }: QuadraticForm): number {
  let low = 1 / Math.sqrt(variance / 2);
  let high = mean / (variance / 2);
  const above = low * 1e-9;
  for (let i = 0; i < halvings; i += 1) {
    const middle = (low + high) / 2;
    if (logDeterminant(middle, above)[1] > -Math.PI / 2) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Is a sum below `value` impossible by the bound of Chernoff, exp(c value / 2) / sqrt(determinant at -c) for every c > 0?
 */
function isSurelyExceeded(value: number, { logDeterminant }: QuadraticForm): boolean {
  for (let c = 1 / value, k = 0; k < 16; k += 1, c *= 2) {
    const [logSize] = logDeterminant(-c, 0);
    if (Math.exp((c * value - logSize) / 2) < negligibleComplement) return true;
  }
  return false;
}

/**
 * The limit of the Cramer-von Mises statistic: the integral of the squared Brownian bridge, with weights 1 / (pi k)^2.
 * Source: Anderson and Darling (1952).
 */
export const cramerVonMisesLimit: QuadraticForm = {
  mean: 1 / 6,
  variance: 1 / 45,
  // sin(z) / z with z = sqrt(u).
  logDeterminant: (re, im) => {
    const [p, q] = squareRoot(re, im);
    const [logSize, angle] = logOfOnePlusTurn(p, q, -1);
    return [logSize - Math.log(Math.hypot(re, im)) / 2, angle + Math.PI / 2 - Math.atan2(im, re) / 2];
  },
};

/**
 * The limit of the Anderson-Darling statistic: the integral of the squared Brownian bridge over its variance, with
 * weights 1 / (k (k + 1)). Source: Anderson and Darling (1952).
 */
export const andersonDarlingLimit: QuadraticForm = {
  mean: 1,
  variance: (2 * (Math.PI ** 2 - 9)) / 3,
  // -cos(z) / (pi u) with z = pi / 2 sqrt(1 + 4 u).
  logDeterminant: (re, im) => {
    const [p, q] = squareRoot(1 + 4 * re, 4 * im);
    const [logSize, angle] = logOfOnePlusTurn((Math.PI / 2) * p, (Math.PI / 2) * q, 1);
    return [logSize - Math.log(Math.PI * Math.hypot(re, im)), angle + Math.PI - Math.atan2(im, re)];
  },
};

function squareRoot(re: number, im: number): readonly [number, number] {
  const size = Math.hypot(re, im);
  return [Math.sqrt((size + re) / 2), Math.sqrt((size - re) / 2)];
}

/** The logarithm of exp(-i z) (1 + sign exp(2 i z)) / 2 at z = p + i q, q >= 0: of cos(z), or of sin(z) / i. */
function logOfOnePlusTurn(p: number, q: number, sign: 1 | -1): readonly [number, number] {
  const decay = Math.exp(-2 * q);
  const re = 1 + sign * decay * Math.cos(2 * p);
  const im = sign * decay * Math.sin(2 * p);
  return [q - Math.LN2 + Math.log(Math.hypot(re, im)), Math.atan2(im, re) - p];
}
