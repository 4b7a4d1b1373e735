import { describe, expect, it } from 'vitest';

import { calibrateColumn } from '../../../core/calibration/calibration.ts';
import { sumHistory } from '../../../core/calibration/window-sums.ts';
import type { Answer } from '../../../core/drift/answer.ts';
import { judgeColumns, type ColumnDrift } from '../../../core/drift/column-drift.ts';
import {
  examineColumn,
  type ColumnEvidence,
  type ColumnSettings,
} from '../../../core/drift/examine-column.ts';
import { buildContinuousGrid } from '../../../core/profile/grid.ts';
import { buildProfile, momentsOf, requireGrid } from '../../../core/profile/profile.ts';
import { earlierWindows } from '../../../core/reference/windows.ts';
import { compareProfiles } from '../../../core/statistics/comparison.ts';
import { dayMs } from '../../../core/window.ts';
import { autoregressive, hoursOf } from '../calibration/made-hours.ts';
import { humidity } from './columns.ts';

const { threshold: _, ...calibrated } = humidity;
const settings: ColumnSettings = calibrated;
const alpha = 0.05;
const judge = (...evidence: ColumnEvidence[]): readonly ColumnDrift[] => judgeColumns(evidence, { alpha });

/** 200 days of which the last is the current window, with rows that resemble their neighbours. */
const values = autoregressive(200 * 24, 0.8);
const { grid, hours } = hoursOf(values, 24, dayMs);
const end = 199 * dayMs;
const reference = { start: 0, end };
const past = hours.slice(0, -1);
const calibration = calibrateColumn({
  grid,
  method: 'wasserstein',
  windowLength: dayMs,
  end,
  reference: [reference],
  hours: past,
});
const history = sumHistory(grid, past, { length: dayMs, end });
const lastDay = values.subarray(199 * 24);
const lookback = 'lookback' in calibration.recent ? calibration.recent.lookback : 0;
const recent = history.sumOf(earlierWindows({ start: end, end: end + dayMs }, lookback));

const examine = (
  change: (value: number) => number,
  changed: Partial<ColumnSettings> = {},
  context: Parameters<typeof examineColumn>[2] = { calibration, recent },
): ColumnEvidence =>
  examineColumn(
    { ...settings, ...changed },
    compareProfiles(grid, history.sumOf([reference]), buildProfile(grid, lastDay.map(change))),
    context,
  );
const same = (value: number): number => value;
const shifted = (value: number): number => value + 4;

describe('a calibrated verdict', () => {
  it('says how large, how unusual and how probable, and which question speaks', () => {
    const [drift] = judge(examine(shifted));
    expect(drift).toMatchObject({ drifted: 'yes', verdict: { level: 'critical' } });
    expect(drift!.verdict.reason).toMatch(
      /^hum: Wasserstein 4 sd, \d+(\.\d)? times its usual (difference from the reference|change against the \d? ?windows? before), p \S+ after correction \((reference mean|mean before) -?\S+, (current|now) \S+; \d+ and 24 values\)$/,
    );
    expect(drift!.answers.map(({ question }) => question)).toEqual(['reference', 'recent']);
    expect(['reference', 'recent']).toContain(drift!.question);
    expect(drift!.adjustedPValue).toBe(
      Math.min(...drift!.answers.map(({ adjustedPValue }) => adjustedPValue)),
    );
  });

  it('is calm on a usual day', () => {
    expect(judge(examine(same))[0]).toMatchObject({ drifted: 'no', verdict: { level: 'ok' } });
  });

  it('knows that a day of alike rows says less than so many independent ones', () => {
    const [asIndependent] = judge(examine((value) => value + 1, {}, {}));
    const [asUsual] = judge(examine((value) => value + 1));
    expect(asIndependent!.drifted).toBe('yes');
    expect(asUsual!.adjustedPValue!).toBeGreaterThan(asIndependent!.adjustedPValue!);
  });

  it('survives JSON', () => {
    const [drift] = judge(examine(shifted));
    expect(JSON.parse(JSON.stringify(drift))).toEqual(drift);
  });

  it('corrects for everything that is asked in the run', () => {
    const [alone] = judge(examine(shifted));
    const others = Array.from({ length: 30 }, (_, i) =>
      examine(same, { column: `other ${i}`, segment: 'a' }),
    );
    const [amongMany] = judge(examine(shifted), ...others);
    expect(amongMany!.adjustedPValue!).toBeGreaterThan(alone!.adjustedPValue! * 10);
  });

  it('leaves disabled columns and frozen rules out of the correction', () => {
    const [alone] = judge(examine(shifted));
    const out = Array.from({ length: 30 }, (_, i) =>
      examine(same, i % 2 === 0 ? { enabled: false } : { threshold: 0.1 }),
    );
    const [beside] = judge(examine(shifted), ...out);
    expect(beside!.adjustedPValue).toBe(alone!.adjustedPValue);
  });

  it('is held against the law of effective sizes where past windows are too few', () => {
    const few = { ...calibration, reference: { unknown: 'few' }, windows: 4, designEffect: 4 };
    const [drift] = judge(examine(shifted, {}, { calibration: few }));
    expect(drift!.verdict.reason).toMatch(
      / sd from the reference, p \S+ after correction \(.*; 4776 and 24 values, as telling as 1190 and 6 independent ones\)$/,
    );
    expect(drift!.answers[0]).toMatchObject({ heldAgainst: { null: 'analytic' } });
  });

  it('asks past windows and the law of rows, and lets the more surprised one speak', () => {
    const referenceAnswer = (change: number, designEffect: number): Answer =>
      judge(examine((value) => value + change, {}, { calibration: { ...calibration, designEffect } }))[0]!
        .answers[0]!;
    const ofPastAlone = referenceAnswer(4, 20);
    expect(ofPastAlone.heldAgainst.null).toBe('empirical');
    const ofManyRows = referenceAnswer(4, 1);
    expect(ofManyRows.heldAgainst.null).toBe('analytic');
    expect(ofManyRows.pValue).toBeLessThan(ofPastAlone.pValue);
    // To ask both doubles p.
    const ofBoth = referenceAnswer(0, 4.5);
    expect(ofBoth.heldAgainst.null).toBe('empirical');
    expect(ofBoth.pValue).toBeCloseTo(Math.min(1, 2 * referenceAnswer(0, 20).pValue), 12);
  });

  it('is unknown where the rows tell too little', () => {
    const few = { ...calibration, reference: { unknown: 'few' }, windows: 4, designEffect: 20 };
    expect(judge(examine(shifted, {}, { calibration: few }))[0]).toMatchObject({
      drifted: 'unknown',
      verdict: {
        level: 'insufficient-data',
        reason: 'hum: few, and its 24 values are only as telling as 1 independent ones, 5 are needed',
      },
    });
  });

  it('says of each question why it has no answer', () => {
    const silent = {
      ...calibration,
      reference: { unknown: 'the reference moves' },
      recent: { unknown: 'there are too few past windows' },
    };
    expect(judge(examine(shifted, {}, { calibration: silent, recent }))[0]!.verdict.reason).toBe(
      'hum: against the reference, the reference moves, and its 24 values are only as telling as 2 independent ones, 5 are needed; against the windows before, there are too few past windows',
    );
  });

  it('compares with the windows before in words, too, where they were compared', () => {
    const moving = { ...calibration, reference: { unknown: 'the reference moves' } };
    const [drift] = judge(examine(shifted, {}, { calibration: moving, recent }));
    const mean = momentsOf(requireGrid(grid, recent), grid)!.mean;
    expect(drift!.verdict.reason).toContain(`(mean before ${Number(mean.toFixed(2))}, now `);
  });

  it('leaves the reference aside where it moves by itself, and still sees a sudden change', () => {
    const moving = { ...calibration, reference: { unknown: 'the reference moves' } };
    expect(judge(examine(shifted, {}, { calibration: moving }))[0]).toMatchObject({
      drifted: 'unknown',
      verdict: {
        reason: expect.stringMatching(/^hum: the reference moves, and its 24 values are only as telling/),
      },
    });
    expect(judge(examine(shifted, {}, { calibration: moving, recent }))[0]).toMatchObject({
      drifted: 'yes',
      question: 'recent',
    });
  });

  it('never holds a part of a window against whole ones', () => {
    const evidence = examineColumn(
      settings,
      compareProfiles(grid, history.sumOf([reference]), buildProfile(grid, lastDay.subarray(0, 11))),
      { calibration, recent },
    );
    const [drift] = judge(evidence);
    expect(drift!.answers.map(({ heldAgainst }) => heldAgainst.null)).not.toContain('empirical');
  });

  it('ignores a calibration of another method', () => {
    const [drift] = judge(examine(shifted, { decidingMethod: 'kolmogorov-smirnov' }));
    expect(drift!.answers).toEqual([
      expect.objectContaining({
        question: 'reference',
        heldAgainst: expect.objectContaining({ null: 'analytic' }) as object,
      }),
    ]);
  });
});

describe('two tables without time', () => {
  const rows = autoregressive(20_000, 0);
  const tables = (change: (value: number) => number): ColumnDrift => {
    const before = rows.subarray(0, 10_000);
    const made = buildContinuousGrid(before);
    const comparison = compareProfiles(
      made,
      buildProfile(made, before),
      buildProfile(made, rows.subarray(10_000).map(change)),
    );
    return judge(examineColumn(settings, comparison))[0]!;
  };

  it('are judged by the law of independent rows', () => {
    expect(tables(same).verdict.level).toBe('ok');
    expect(tables((value) => value + 0.2).verdict.level).toBe('warning');
    expect(tables((value) => value + 1).verdict.level).toBe('critical');
  });

  it('are calm about what is certain but small, and say so', () => {
    const small = tables((value) => value + 0.07);
    expect(small.adjustedPValue!).toBeLessThan(0.001);
    expect(small).toMatchObject({ drifted: 'no', verdict: { level: 'ok' } });
    expect(small.verdict.reason).toContain('after correction; it matters from 0.1 sd on (');
  });
});
