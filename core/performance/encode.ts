/**
 * The stored form of a summary, version 1, little-endian:
 *
 *     version u8 | task u8 (0 regression, 1 classification) | 0 u16 | checksum u32 | number of floats u32 | 0 u32
 *     floats f64...
 *     whole numbers v... and texts: length v | UTF-8
 *
 * v is an unsigned LEB128 integer. Floats and whole numbers are in the order in which `writeSummary` writes them.
 */

import { cellGrids, type CellGridName } from './cell-grid.ts';
import {
  classificationCountNames,
  classificationSumNames,
  scoredClasses,
  type ClassificationSummary,
} from './classification-summary.ts';
import type { ConfusionCounts } from './confusion.ts';
import { createReader, createWriter, type SummaryReader, type SummaryWriter } from './encoding.ts';
import { regressionCountNames, regressionSumNames, type RegressionSummary } from './regression-summary.ts';
import { binCount, type ScoreBins } from './score-bins.ts';
import { invalidSummary, type OutcomeSummary } from './summary.ts';
import { storedCounts, type ValueCounts } from './value-counts.ts';

/**
 * The bytes of a summary. Decoding gives back everything to the bit, except that more than 512 distinct values of a column
 * (|error|, scores of a class) are counted in cells: see `storedCounts`.
 *
 * @example
 * const summary = summarizeRegression({ predictions: Float64Array.of(2, 4), actuals: Float64Array.of(1, 5) });
 * decodeSummary(encodeSummary(summary)).sums // { squaredError: 2 }
 */
export function encodeSummary(summary: OutcomeSummary): Uint8Array {
  const writer = createWriter(summary.task);
  if (summary.task === 'regression') writeRegression(writer, summary);
  else writeClassification(writer, summary);
  return writer.finish();
}

/**
 * The summary that was encoded.
 *
 * @throws TidewatchError `INVALID_SUMMARY` for damaged bytes and for an unknown version.
 * @example decodeSummary(encodeSummary(emptySummary('regression'))).rows // 0
 */
export function decodeSummary(bytes: Uint8Array): OutcomeSummary {
  const reader = createReader(bytes, invalidSummary);
  const summary = reader.task === 'regression' ? readRegression(reader) : readClassification(reader);
  reader.finish();
  return summary;
}

function writeRegression(writer: SummaryWriter, summary: RegressionSummary): void {
  const { rows, counts, sums, residues, actuals, absoluteErrors } = summary;
  writer.count(rows);
  for (const name of regressionCountNames) writer.count(counts[name]);
  for (const name of regressionSumNames) writer.floats(sums[name], residues[name]);
  writer.floats(actuals.origin, actuals.mean, actuals.deviation);
  writeValueCounts(writer, absoluteErrors);
}

function readRegression(reader: SummaryReader): RegressionSummary {
  return {
    task: 'regression',
    rows: reader.count(),
    counts: readCounts(reader, regressionCountNames),
    ...readSums(reader, regressionSumNames),
    actuals: { origin: reader.float(), mean: reader.float(), deviation: reader.float() },
    absoluteErrors: readValueCounts(reader, 'magnitude', 1),
  };
}

function writeClassification(writer: SummaryWriter, summary: ClassificationSummary): void {
  const { rows, classes, positiveClass, confusion, counts, sums, residues } = summary;
  writer.text(JSON.stringify({ classes, positiveClass, confusion }));
  writer.count(rows);
  for (const name of classificationCountNames) writer.count(counts[name]);
  for (const name of classificationSumNames) writer.floats(sums[name], residues[name]);
  for (const bins of [summary.confidenceBins, summary.positiveBins]) {
    for (let bin = 0; bin < binCount; bin += 1) {
      writer.count(bins.counts[bin]!);
      writer.count(bins.hits[bin]!);
      writer.floats(bins.sums[bin]!);
    }
  }
  for (const ofClass of summary.scores.values()) writeValueCounts(writer, ofClass);
}

function readClassification(reader: SummaryReader): ClassificationSummary {
  const { classes, positiveClass, confusion } = JSON.parse(reader.text()) as {
    classes: readonly string[];
    positiveClass?: string;
    confusion: ConfusionCounts;
  };
  return {
    task: 'classification',
    classes,
    positiveClass,
    confusion,
    rows: reader.count(),
    counts: readCounts(reader, classificationCountNames),
    ...readSums(reader, classificationSumNames),
    confidenceBins: readBins(reader),
    positiveBins: readBins(reader),
    scores: new Map(
      scoredClasses(classes, positiveClass).map((label) => [label, readValueCounts(reader, 'score', 2)]),
    ),
  };
}

function readCounts<Name extends string>(
  reader: SummaryReader,
  names: readonly Name[],
): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, reader.count()])) as Record<Name, number>;
}

function readSums<Name extends string>(
  reader: SummaryReader,
  names: readonly Name[],
): { sums: Record<Name, number>; residues: Record<Name, number> } {
  const sums: Partial<Record<Name, number>> = {};
  const residues: Partial<Record<Name, number>> = {};
  for (const name of names) {
    sums[name] = reader.float();
    residues[name] = reader.float();
  }
  return { sums: sums as Record<Name, number>, residues: residues as Record<Name, number> };
}

function readBins(reader: SummaryReader): ScoreBins {
  const bins = {
    counts: new Float64Array(binCount),
    hits: new Float64Array(binCount),
    sums: new Float64Array(binCount),
  };
  for (let bin = 0; bin < binCount; bin += 1) {
    bins.counts[bin] = reader.count();
    bins.hits[bin] = reader.count();
    bins.sums[bin] = reader.float();
  }
  return bins;
}

function writeValueCounts(writer: SummaryWriter, all: ValueCounts): void {
  const { grid, resolution, values, counts } = storedCounts(all);
  writer.count(resolution === 'values' ? 0 : 1);
  writer.count(values.length);
  if (resolution === 'values') writer.floats(...values);
  else {
    let next = 0;
    for (const value of values) {
      const cell = cellGrids[grid].cellOf(value);
      writer.count(cell - next);
      next = cell + 1;
    }
  }
  for (const ofGroup of counts) for (const count of ofGroup) writer.count(count);
}

function readValueCounts(reader: SummaryReader, grid: CellGridName, groups: number): ValueCounts {
  const resolution = reader.count() === 0 ? 'values' : 'cells';
  const length = reader.count();
  const values = new Float64Array(length);
  if (resolution === 'values') for (let i = 0; i < length; i += 1) values[i] = reader.float();
  else {
    for (let i = 0, cell = 0; i < length; i += 1, cell += 1) {
      cell += reader.count();
      values[i] = cellGrids[grid].lowerEdgeOf(cell);
    }
  }
  const counts = Array.from({ length: groups }, () => new Float64Array(length));
  for (const ofGroup of counts) for (let i = 0; i < length; i += 1) ofGroup[i] = reader.count();
  return { grid, resolution, values, counts };
}
