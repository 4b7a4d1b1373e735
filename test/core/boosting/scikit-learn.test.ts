import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';

import {
  fitBoostedTrees,
  predictBoostedTrees,
  type BoostingOptions,
} from '../../../core/boosting/boosted-trees.ts';
import { binWith, learnBins } from '../../../core/boosting/feature-bins.ts';
import type { SampleColumn } from '../../../core/multivariate/sample.ts';
import { areaUnderRoc } from '../../../core/performance/ranking.ts';
import { countValues } from '../../../core/performance/value-counts.ts';

interface Case {
  readonly data: 'bikes' | 'flights';
  readonly rounds: number;
  readonly depth: number;
  readonly minimumLeafRows: number;
  readonly bins: number;
  readonly rmse?: number;
  readonly logLoss?: number;
  readonly rocAuc?: number;
}
const { cases } = JSON.parse(
  readFileSync(new URL('../../oracles/boosting.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

type Row = Readonly<Record<string, string>>;

const sources = {
  bikes: {
    file: 'bikeshare_2011.csv',
    numbers: ['hr', 'weekday', 'workingday', 'holiday', 'temp', 'atemp', 'hum', 'windspeed'],
    levels: ['weathersit', 'mnth'],
    target: 'bikers',
  },
  flights: {
    file: 'flights_nyc13_sample.csv.gz',
    numbers: 'distance hour weekday month temp dewp humid wind_speed precip pressure visib'.split(' '),
    levels: ['carrier', 'origin', 'dest'],
    target: 'arr_delay_gt15',
  },
} as const;

/** The rows of a file in its order, as columns, those that are held out and the others apart. */
function load(data: keyof typeof sources) {
  const { file, numbers, levels, target } = sources[data];
  const content = readFileSync(new URL(`../../../demo/data/${file}`, import.meta.url));
  const rows: Row[] = parse(file.endsWith('.gz') ? gunzipSync(content) : content, { columns: true });
  const numberOf = (text: string | undefined): number =>
    text === '' || text === undefined ? NaN : Number(text);
  const part = (wanted: (row: number) => boolean) => {
    const chosen = rows.filter((_, row) => wanted(row));
    const columns: SampleColumn[] = [
      ...numbers.map((name): SampleColumn => {
        return { name, kind: 'continuous', values: Float64Array.from(chosen, (row) => numberOf(row[name])) };
      }),
      ...levels.map((name): SampleColumn => {
        return { name, kind: 'categorical', values: chosen.map((row) => row[name]!) };
      }),
    ];
    return { columns, target: Float64Array.from(chosen, (row) => Number(row[target])) };
  };
  return { training: part((row) => row % 3 !== 0), held: part((row) => row % 3 === 0) };
}

/** What trees fitted to the training rows say of the held-out ones, which they get as new columns. */
function predictHeld({ data, bins, ...options }: Case, loss: BoostingOptions['loss']) {
  const { training, held } = load(data);
  const learned = training.columns.map((column) => learnBins(column, { bins }));
  const fitted = fitBoostedTrees(
    learned.map((each, i) => binWith(each, training.columns[i]!)),
    training.target,
    Int32Array.from(training.target, (_, row) => row),
    { ...options, loss, shrinkage: 0.1 },
  );
  const features = learned.map((each, i) => binWith(each, held.columns[i]!));
  const rows = Int32Array.from(held.target, (_, row) => row);
  return { target: held.target, predicted: predictBoostedTrees(fitted, features, rows) };
}

describe("boosted trees beside scikit-learn's histogram boosting, on rows that neither has seen", () => {
  it.each(cases.filter(({ data }) => data === 'bikes'))(
    'have an RMSE of bikes at most 2% above and 5% below its own: $rounds rounds, depth $depth, $bins codes',
    (one) => {
      const { target, predicted } = predictHeld(one, 'squared');
      const squares = target.reduce((sum, value, row) => sum + (value - predicted[row]!) ** 2, 0);
      const rmse = Math.sqrt(squares / target.length);
      expect(rmse / one.rmse!).toBeLessThan(1.02);
      expect(rmse / one.rmse!).toBeGreaterThan(0.95);
    },
  );

  it.each(cases.filter(({ data }) => data === 'flights'))(
    'have its log loss of late flights within 1%, and its ROC AUC within .01: $rounds rounds, depth $depth',
    (one) => {
      const { target, predicted } = predictHeld(one, 'logistic');
      const loss = target.reduce(
        (sum, isLate, row) => sum + Math.log1p(Math.exp(isLate === 1 ? -predicted[row]! : predicted[row]!)),
        0,
      );
      const groups = [1, 0].map((label) => predicted.filter((_, row) => target[row] === label));
      const auc = areaUnderRoc(countValues('score', groups))!.value;
      expect(Math.abs(loss / target.length / one.logLoss! - 1)).toBeLessThan(0.01);
      expect(Math.abs(auc - one.rocAuc!)).toBeLessThan(0.01);
    },
  );
});
