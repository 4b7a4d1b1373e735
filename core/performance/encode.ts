/**
 * The stored form of a summary, version 1, little-endian:
 *
 *     version u8 | task u8 (0 regression, 1 classification) | 0 u16 | checksum u32 | floats u32 | bytes of arrays u32
 *     floats f64...
 *     arrays of counts with 1, 2, 4 or 8 (f64) bytes each, filled up with zeros to a multiple of 8
 *     whole numbers v..., among them the widths of the arrays, and texts: length v | UTF-8
 *
 * v is an unsigned LEB128 integer. Everything is in the order in which it is written below.
 */

import { blockSize, type CellGridName } from './cell-grid.ts';
import {
  classificationCountNames,
  classificationSumNames,
  scoredClasses,
  type ClassificationSummary,
} from './classification-summary.ts';
import type { CompensatedSums } from './compensated-sums.ts';
import type { ConfusionCounts } from './confusion.ts';
import { createReader, createWriter, type SummaryReader, type SummaryWriter } from './encoding.ts';
import { regressionCountNames, regressionSumNames, type RegressionSummary } from './regression-summary.ts';
import { binCount, type ScoreBins } from './score-bins.ts';
import { invalidSummary, type OutcomeSummary } from './summary.ts';
import { storedCounts, type CountArray, type ValueCounts } from './value-counts.ts';

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
  const { rows, counts, actuals, absoluteErrors } = summary;
  writer.count(rows);
  for (const name of regressionCountNames) writer.count(counts[name]);
  writeSums(writer, regressionSumNames, summary);
  for (const moment of [actuals.origin, actuals.mean, actuals.deviation]) writer.float(moment);
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
  const { rows, classes, positiveClass, confusion, counts } = summary;
  writer.text(JSON.stringify({ classes, positiveClass, confusion }));
  writer.count(rows);
  for (const name of classificationCountNames) writer.count(counts[name]);
  writeSums(writer, classificationSumNames, summary);
  for (const bins of [summary.confidenceBins, summary.positiveBins]) {
    for (let bin = 0; bin < binCount; bin += 1) {
      writer.count(bins.counts[bin]!);
      writer.count(bins.hits[bin]!);
      writer.float(bins.sums[bin]!);
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

function writeSums<Name extends string>(
  writer: SummaryWriter,
  names: readonly Name[],
  { sums, residues }: CompensatedSums<Name>,
): void {
  for (const name of names) {
    writer.float(sums[name]);
    writer.float(residues[name]);
  }
}

function readSums<Name extends string>(reader: SummaryReader, names: readonly Name[]): CompensatedSums<Name> {
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
  const stored = storedCounts(all);
  if (stored.resolution === 'values') {
    writer.count(0);
    writer.count(stored.values.length);
    for (const value of stored.values) writer.float(value);
  } else {
    writer.count(1);
    writer.count(stored.blocks.length);
    for (const block of stored.blocks) writer.count(block);
  }
  for (const ofGroup of stored.counts) writer.counts(ofGroup);
}

function readValueCounts(reader: SummaryReader, grid: CellGridName, groups: number): ValueCounts {
  const isExact = reader.count() === 0;
  const length = reader.count();
  const readGroups = (counts: number): readonly CountArray[] =>
    Array.from({ length: groups }, () => reader.counts(counts));
  if (isExact) {
    const values = new Float64Array(length);
    for (let i = 0; i < length; i += 1) values[i] = reader.float();
    return { grid, resolution: 'values', values, counts: readGroups(length) };
  }
  const blocks = new Uint16Array(length);
  for (let i = 0; i < length; i += 1) blocks[i] = reader.count();
  return { grid, resolution: 'cells', blocks, counts: readGroups(length * blockSize) };
}
