/** How far a window's value may lie from the truth, learned from how its hours scatter, neighbouring hours being alike. */

import { studentSurvival } from '../../statistics/distributions.ts';
import { dayMs, hourMs } from '../../window.ts';

/** The law of value - truth: symmetric about 0, a mixture of Student's laws. */
export interface Spread {
  /** The distance that is exceeded, to either side, with probability 1/20. */
  readonly halfWidth: number;
}

/** How many hours weigh something? */
export function tellingHours(weights: Float64Array): number {
  let hours = 0;
  for (let hour = 0; hour < weights.length; hour += 1) hours += weights[hour]! > 0 ? 1 : 0;
  return hours;
}

/** With fewer hours how alike they are cannot be told. */
export const fewestHours = 6;

/** Slower than this many half waves a window, all that matters for a mean over it: more only costs. */
const mostWaves = 80;

/**
 * How likely a window's hours are alike before they are seen: half-lives and shares on a coarse grid, such that intervals
 * cover at all of them and not too much without any (bench/intervals).
 */
const chanceOfIndependence = 0.75;
const correlations = [0.3, 0.6, 0.8, 0.9, 0.95];
const sharesOfVariance = [0.25, 0.5, 1];

/**
 * Of each hour, its part of (value - truth), to first order, and its weight: rows, or another divisor of the metric. The parts
 * of all hours sum to 0; an hour of weight 0 tells nothing.
 */
export type SpreadOf = (deviations: Float64Array, weights: Float64Array) => Spread | undefined;

/**
 * How far may the value of a window of these hours (their starts, ascending, in milliseconds since 1970-01-01T00:00:00Z) lie
 * from the truth? Undefined with fewer than `fewestHours` hours of weight.
 *
 * The hours' deviations are a series in time. Its slow waves (cosine transform) scatter independently, each by the spectrum
 * at its frequency, and the spectrum at frequency 0 is the variance of the sum. The spectrum is that of an autoregression
 * from hour to hour plus noise, of which persistence, share and size are unknown: every combination weighs by its likelihood
 * (Whittle's) and the result is their mixture, so that it widens where dependence cannot be ruled out. What repeats by hour
 * of the day is no uncertainty: it is taken out where there are at least three days. Hours without weight are skipped, their
 * neighbours become neighbours.
 *
 * The function that is given back keeps what depends on the hours alone: metrics of the same hours share it.
 *
 * Source: Müller (2014), "HAC corrections for strongly autocorrelated time series", Journal of Business & Economic Statistics
 * 32; Müller and Watson (2017), "Low-frequency econometrics"; Whittle (1953), Arkiv för Matematik 2. O(80 * hours).
 */
export function createSpreadOf(starts: readonly number[]): SpreadOf {
  const clocks = Uint8Array.from(starts, (start) => modulo(Math.floor(start / hourMs), hoursOfDay));
  const known = new Map<string, Waves>();
  return (deviations, weights) => {
    const hours = tellingHours(weights);
    if (hours < fewestHours) return undefined;
    const telling = new Int32Array(hours);
    const [series, ownClocks] = [new Float64Array(hours), new Uint8Array(hours)];
    for (let hour = 0, i = 0; hour < weights.length; hour += 1) {
      if (!(weights[hour]! > 0)) continue;
      telling[i] = hour;
      series[i] = deviations[hour]!;
      ownClocks[i] = clocks[hour]!;
      i += 1;
    }
    const days = (starts[telling.at(-1)!]! - starts[telling[0]!]! + hourMs) / dayMs;
    const hasRhythm = takeOutRhythm(series, ownClocks);
    const wavesOfDay = hasRhythm ? 2 * days : Infinity;
    const key = `${hours} ${wavesOfDay}`;
    const waves = known.get(key) ?? wavesOf(hours, wavesOfDay);
    known.set(key, waves);
    const components = mixtureOf(powerOf(series, waves), waves);
    if (components.length === 0) return { halfWidth: 0 };
    let weightSum = 0;
    let weightSquares = 0;
    for (const weight of weights) {
      weightSum += weight;
      weightSquares += weight ** 2;
    }
    const evenHours = weightSum ** 2 / weightSquares;
    const degreesOfFreedom = Math.max(1, (waves.numbers.length * evenHours) / hours);
    const pValueAt = (distance: number): number => {
      let sum = 0;
      for (const { weight, scale } of components) {
        sum += weight * studentSurvival(distance / scale, degreesOfFreedom);
      }
      return 2 * sum;
    };
    return { halfWidth: halfWidthOf(pValueAt, components) };
  };
}

/** Subtracts the mean of each hour of the day; not where these are seen fewer than three times. Says whether it did. */
function takeOutRhythm(series: Float64Array, clocks: Uint8Array): boolean {
  const sums = new Float64Array(hoursOfDay);
  const counts = new Float64Array(hoursOfDay);
  for (let i = 0; i < series.length; i += 1) {
    sums[clocks[i]!]! += series[i]!;
    counts[clocks[i]!]! += 1;
  }
  if (series.length < 3 * counts.filter((count) => count > 0).length) return false;
  for (let i = 0; i < series.length; i += 1) series[i]! -= sums[clocks[i]!]! / counts[clocks[i]!]!;
  return true;
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

const hoursOfDay = dayMs / hourMs;

/** What depends on the hours alone. */
interface Waves {
  readonly hours: number;
  /** Half waves a window. */
  readonly numbers: readonly number[];
  /** cos(pi * i / (2 * hours)) for a whole turn. */
  readonly cosines: Float64Array;
  readonly spectra: readonly CandidateSpectrum[];
}

interface CandidateSpectrum {
  readonly logPrior: number;
  /** 1 over the spectrum at each wave. */
  readonly precision: Float64Array;
  readonly logDeterminant: number;
  /** What the mean of the window is made of: the spectrum at 0, less what a finite window does not show of it. */
  readonly atZero: number;
}

/** Without the waves that the day and its fractions are made of: the rhythm was taken out of them. */
function wavesOf(hours: number, wavesOfDay: number): Waves {
  const numbers = Array.from({ length: Math.min(hours - 1, mostWaves) }, (_, i) => i + 1).filter((wave) => {
    const nearest = Math.round(wave / wavesOfDay) * wavesOfDay;
    return !(nearest > 0 && Math.abs(wave - nearest) <= 1);
  });
  const cosines = Float64Array.from({ length: 4 * hours }, (_, i) => Math.cos((Math.PI * i) / (2 * hours)));
  return { hours, numbers, cosines, spectra: spectraOf(numbers, hours) };
}

function spectraOf(waves: readonly number[], hours: number): readonly CandidateSpectrum[] {
  const candidate = (prior: number, spectrum: readonly number[], atZero: number): CandidateSpectrum => ({
    logPrior: Math.log(prior),
    precision: Float64Array.from(spectrum, (value) => 1 / value),
    logDeterminant: spectrum.reduce((sum, value) => sum + Math.log(value), 0),
    atZero,
  });
  const flat = candidate(
    chanceOfIndependence,
    waves.map(() => 1),
    1,
  );
  // The fastest wave that is used sees the same dependence in every window.
  const stretch = hours / Math.min(hours, mostWaves + 1);
  const priors = correlations.map((correlation) => (1 - correlation) ** -0.25);
  const priorSum = priors.reduce((sum, prior) => sum + prior, 0) * sharesOfVariance.length;
  const dependent = correlations.flatMap((stretched, i) => {
    const correlation = stretched ** (1 / stretch);
    const ofAutoregression = waves.map(
      (wave) =>
        (1 - correlation ** 2) /
        (1 - 2 * correlation * Math.cos((Math.PI * wave) / hours) + correlation ** 2),
    );
    const mean = ofAutoregression.reduce((sum, value) => sum + value, 0) / waves.length;
    const atZero =
      (1 + correlation) / (1 - correlation) -
      (2 * correlation * (1 - correlation ** hours)) / (hours * (1 - correlation) ** 2);
    return sharesOfVariance.map((share) =>
      candidate(
        ((1 - chanceOfIndependence) * priors[i]!) / priorSum,
        ofAutoregression.map((value) => 1 - share + (share * value) / mean),
        1 - share + (share * atZero) / mean,
      ),
    );
  });
  return [flat, ...dependent];
}

/** The squared coefficients of the orthonormal cosine transform; the two halves of a wave are each other's mirror image. */
function powerOf(series: Float64Array, { hours, numbers, cosines }: Waves): Float64Array {
  const half = Math.ceil(hours / 2);
  const even = new Float64Array(half);
  const odd = new Float64Array(half);
  for (let i = 0; i < half; i += 1) {
    const mirrored = 2 * i + 1 === hours ? 0 : series[hours - 1 - i]!;
    even[i] = series[i]! + mirrored;
    odd[i] = series[i]! - mirrored;
  }
  return Float64Array.from(numbers, (wave) => {
    const folded = wave % 2 === 0 ? even : odd;
    let sum = 0;
    let place = wave;
    for (let i = 0; i < half; i += 1) {
      sum += folded[i]! * cosines[place]!;
      place += 2 * wave;
      if (place >= 4 * hours) place -= 4 * hours;
    }
    return (sum * sum * 2) / hours;
  });
}

interface Component {
  readonly weight: number;
  readonly scale: number;
}

/** A component of less weight moves no p-value that matters. */
const leastWeight = 1e-4;

/** Student's laws and their weights, the unknown size of the spectrum integrated out; none where nothing varies. */
function mixtureOf(power: Float64Array, { hours, spectra }: Waves): readonly Component[] {
  const candidates = spectra.map(({ logPrior, precision, logDeterminant, atZero }) => {
    let squares = 0;
    for (let i = 0; i < power.length; i += 1) squares += power[i]! * precision[i]!;
    return {
      logWeight: logPrior - logDeterminant / 2 - (power.length / 2) * Math.log(squares),
      scale: Math.sqrt((hours * atZero * squares) / power.length),
    };
  });
  if (candidates[0]!.scale === 0) return [];
  const most = Math.max(...candidates.map(({ logWeight }) => logWeight));
  const total = candidates.reduce((sum, { logWeight }) => sum + Math.exp(logWeight - most), 0);
  return candidates
    .map(({ logWeight, scale }) => ({ weight: Math.exp(logWeight - most) / total, scale }))
    .filter(({ weight }) => weight > leastWeight);
}

const significance = 0.05;

/** Where the p-value falls to 1/20, to a ten-thousandth. */
function halfWidthOf(pValueAt: (distance: number) => number, components: readonly Component[]): number {
  let low = 0;
  let high = 2 * Math.max(...components.map(({ scale }) => scale));
  let ofLow = Math.log(1 / significance);
  let ofHigh = Math.log(pValueAt(high) / significance);
  while (ofHigh > 0) {
    [low, ofLow] = [high, ofHigh];
    high *= 2;
    ofHigh = Math.log(pValueAt(high) / significance);
  }
  // False position, where the end that stays counts half (Illinois): the logarithm is nearly a parabola.
  for (let side = 0; high - low > 1e-4 * high;) {
    const middle = (low * ofHigh - high * ofLow) / (ofHigh - ofLow);
    const ofMiddle = Math.log(pValueAt(middle) / significance);
    if (Math.abs(ofMiddle) < 1e-4) return middle;
    if (ofMiddle > 0) {
      [low, ofLow] = [middle, ofMiddle];
      if (side > 0) ofHigh /= 2;
      side = 1;
    } else {
      [high, ofHigh] = [middle, ofMiddle];
      if (side < 0) ofLow /= 2;
      side = -1;
    }
  }
  return high;
}
