import { gammaln } from 'simple-statistics';

/**
 * How probable is a chi-squared value of at least `statistic` with that many degrees of freedom? From 1 at 0 down to 0.
 *
 * The regularized upper incomplete gamma function Q(degrees / 2, statistic / 2). With no degree of freedom nothing can
 * differ: 1.
 *
 * @example chiSquaredSurvival(3.841458820694124, 1) // 0.05
 */
export function chiSquaredSurvival(statistic: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom <= 0 || statistic <= 0) return 1;
  return upperIncompleteGamma(degreesOfFreedom / 2, statistic / 2);
}

/** A partial sum or fraction is done where another step changes less than this share of it. */
const precision = 1e-16;
/** Steps grow as the square root of the argument: 100,000 serve a million degrees of freedom. */
const maximumSteps = 100_000;
const tiny = 1e-300;

/**
 * The regularized upper incomplete gamma function Q(a, x), a > 0, x >= 0: the series below a + 1, the continued fraction
 * (by the modified method of Lentz) above. Source: Press et al., Numerical Recipes, section 6.2; DLMF 8.11.4 and 8.9.2.
 */
export function upperIncompleteGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - gammaln(a));
  return x < a + 1 ? Math.max(0, 1 - scale * lowerSeries(a, x)) : Math.min(1, scale * upperFraction(a, x));
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let step = 1; step < maximumSteps && term > sum * precision; step += 1) {
    term *= x / (a + step);
    sum += term;
  }
  return sum;
}

function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let step = 1; step < maximumSteps; step += 1) {
    const numerator = -step * (step - a);
    b += 2;
    d = 1 / (numerator * d + b || tiny);
    c = b + numerator / c || tiny;
    const factor = d * c;
    fraction *= factor;
    if (Math.abs(factor - 1) <= precision) break;
  }
  return fraction;
}
