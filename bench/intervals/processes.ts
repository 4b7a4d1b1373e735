/** Made outcomes whose truth is known: independent, or alike from hour to hour. */

import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

import type { SummaryBlock } from '../../core/performance/intervals/metric-intervals.ts';
import { summarizeClassification } from '../../core/performance/classification-summary.ts';
import { summarizeRegression } from '../../core/performance/regression-summary.ts';
import { hourMs } from '../../core/window.ts';

export const subjects = ['regression', 'two classes', 'three classes'] as const;
export type Subject = (typeof subjects)[number];

export interface Dependence {
  readonly name: string;
  readonly words: string;
  /** From hour to hour. */
  readonly correlation: number;
  /** How much of the variance the rows of an hour have in common. */
  readonly common: number;
  /** The spread of errors changes by so much with the hour of the day. */
  readonly rhythm: number;
}

export const dependences: readonly Dependence[] = [
  { name: 'none', words: 'independent', correlation: 0, common: 0, rhythm: 0 },
  { name: '.5', words: 'AR(1) .5', correlation: 0.5, common: 1, rhythm: 0 },
  { name: '.8', words: 'AR(1) .8', correlation: 0.8, common: 1, rhythm: 0 },
  { name: '.95', words: 'AR(1) .95', correlation: 0.95, common: 1, rhythm: 0 },
  { name: 'daily', words: 'AR(1) .5 and a daily rhythm', correlation: 0.5, common: 1, rhythm: 0.5 },
];

export interface Window {
  readonly name: string;
  readonly words: string;
  readonly hours: number;
  /** On average; with more than one, half of the variance is the rows' own. */
  readonly rowsAnHour: number;
  /** The number of rows changes by so much with the hour of the day, and by chance; 0: the same in every hour. */
  readonly traffic: number;
}

export const windows: readonly Window[] = [
  { name: '50', words: '50 rows: one in each of 50 hours', hours: 50, rowsAnHour: 1, traffic: 0 },
  { name: '500', words: '500 rows: one in each of 500 hours', hours: 500, rowsAnHour: 1, traffic: 0 },
  {
    name: '5000',
    words: '5,000 rows: 4 to 24 in each of 14 days of hours',
    hours: 336,
    rowsAnHour: 5000 / 336,
    traffic: 0.6,
  },
  { name: 'day', words: '480 rows of one day: 8 to 32 an hour', hours: 24, rowsAnHour: 20, traffic: 0.6 },
];

/** Random numbers. */
export interface Draws {
  readonly normal: () => number;
  readonly poisson: (mean: number) => number;
}

export function createDraws(seed: number): Draws {
  const generator: RandomGenerator = xoroshiro128plus(seed);
  const uniform = (): number => ((generator.next() >>> 0) + 0.5) / 2 ** 32;
  let spare: number | undefined;
  return {
    /** Box and Muller. */
    normal: () => {
      if (spare !== undefined) {
        const kept = spare;
        spare = undefined;
        return kept;
      }
      const radius = Math.sqrt(-2 * Math.log(uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    /** Knuth. */
    poisson: (mean) => {
      let count = -1;
      for (let product = 1; product > Math.exp(-mean); product *= uniform()) count += 1;
      return count;
    },
  };
}

/** The standard normal numbers behind a row; with `common` above 0, those of an hour are alike and follow the last hour's. */
function latentRows(
  count: number,
  { correlation, common }: Dependence,
  { normal }: Draws,
): { readonly nextHour: () => void; readonly row: () => readonly number[] } {
  const state = Array.from({ length: count }, () => normal());
  const noise = Math.sqrt(1 - correlation ** 2);
  return {
    nextHour: () => {
      for (let i = 0; i < count; i += 1) state[i] = correlation * state[i]! + noise * normal();
    },
    row: () =>
      common === 1
        ? [...state]
        : state.map((shared) => Math.sqrt(common) * shared + Math.sqrt(1 - common) * normal()),
  };
}

/** The hours of one window. */
export function makeWindow(
  subject: Subject,
  { hours, rowsAnHour, traffic }: Window,
  dependence: Dependence,
  draws: Draws,
): readonly SummaryBlock[] {
  const common = rowsAnHour > 1 ? dependence.common / 2 : dependence.common;
  const latent = latentRows(subject === 'three classes' ? 6 : 2, { ...dependence, common }, draws);
  return Array.from({ length: hours }, (_, hour) => {
    latent.nextHour();
    const turn = (2 * Math.PI * (hour % 24)) / 24;
    const expected = rowsAnHour * (1 + traffic * Math.sin(turn));
    const rows = traffic === 0 || expected > 100 ? Math.round(expected) : draws.poisson(expected);
    const spread = 1 + dependence.rhythm * Math.sin(turn + 1);
    const latents = Array.from({ length: rows }, () => latent.row());
    return { start: hour * hourMs, summary: summarize[subject](latents, spread, hour) };
  });
}

const summarize: Record<
  Subject,
  (latents: readonly (readonly number[])[], spread: number, hour: number) => SummaryBlock['summary']
> = {
  regression: (latents, spread, hour) => {
    const rows = latents.map(([ofError, ofActual]) => ({
      actual: 12 + 2.5 * ofActual!,
      error: 0.3 + 1.2 * spread * ofError!,
    }));
    const predictions = Float64Array.from(rows, ({ actual, error }) => actual + error);
    return summarizeRegression({
      predictions,
      actuals: Float64Array.from(rows, ({ actual }) => actual),
      isPeak: new Uint8Array(rows.length).fill([7, 8, 9, 17, 18, 19].includes(hour % 24) ? 1 : 0),
      intervalLow: predictions.map((prediction) => prediction - 1.8),
      intervalHigh: predictions.map((prediction) => prediction + 1.8),
    });
  },
  'two classes': (latents, spread) => {
    const scores = latents.map(([ofScore]) => 1.3 * ofScore! - 0.5);
    return summarizeClassification({
      classes: ['no', 'yes'],
      actualClasses: latents.map(([, noise], i) => (scores[i]! + spread * noise! > 0 ? 'yes' : 'no')),
      predictedClasses: scores.map((score) => (score > 0 ? 'yes' : 'no')),
      probabilities: scores.map((score) => ({ yes: 1 / (1 + Math.exp(-2.6 * score)) })),
    });
  },
  'three classes': (latents, spread) => {
    const classes = ['a', 'b', 'c'];
    const best = (values: readonly number[]): string => classes[values.indexOf(Math.max(...values))]!;
    const scores = latents.map((z) => [1.2 * z[0]! + 0.4, 1.2 * z[1]!, 1.2 * z[2]! - 0.2]);
    return summarizeClassification({
      classes,
      actualClasses: latents.map((z, i) =>
        best(scores[i]!.map((score, c) => score + 0.8 * spread * z[3 + c]!)),
      ),
      predictedClasses: scores.map(best),
      probabilities: scores.map((score) => {
        const powers = score.map((value) => Math.exp(2.2 * value));
        const sum = powers.reduce((a, b) => a + b, 0);
        return { a: powers[0]! / sum, b: powers[1]! / sum, c: powers[2]! / sum };
      }),
    });
  },
};
