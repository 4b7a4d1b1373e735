import { describe, expect, it } from 'vitest';

import { judgeDataset } from '../../../core/drift/dataset-drift.ts';
import type { Finding } from '../../../core/multivariate/finding.ts';
import { joinFindings, speakingFindings } from '../../../core/multivariate/join-findings.ts';
import { buildContinuousGrid } from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import type { Level } from '../../../core/verdict.ts';
import { humidity, judgeColumn } from '../drift/columns.ts';

const finding = (
  method: Finding<unknown>['method'],
  level: Level,
  pValue: number | null,
): Finding<unknown> => ({
  method,
  statistic: pValue === null ? null : 0.9,
  pValue,
  effect: pValue === null ? null : 0.9,
  threshold: 0.55,
  sampleSizes: { reference: 700, current: 168 },
  verdict: { level, reason: `said by ${method}` },
  details: null,
});

const values = Float64Array.from({ length: 200 }, (_, i) => i / 200);
const grid = buildContinuousGrid(values);
const datasetOf = (shift: number) =>
  judgeDataset([
    judgeColumn(
      humidity,
      buildProfile(grid, values),
      buildProfile(
        grid,
        values.map((value) => value + shift),
      ),
      grid,
    ),
  ]);
const calm = datasetOf(0);

describe('speakingFindings', () => {
  it('are those that stay certain when three questions were asked', () => {
    const found = [
      finding('domain-classifier', 'critical', 0.04),
      finding('pca-reconstruction', 'ok', 0.5),
      finding('correlation', 'ok', 0.8),
    ];
    expect(speakingFindings(found, 0.05)).toEqual([]);
    const certain = finding('domain-classifier', 'critical', 0.01);
    expect(speakingFindings([certain, ...found.slice(1)], 0.05)).toEqual([certain]);
  });

  it('ask no more of what could be judged when the rest could not', () => {
    const found = [
      finding('domain-classifier', 'warning', 0.04),
      finding('pca-reconstruction', 'insufficient-data', null),
    ];
    expect(speakingFindings(found, 0.05)).toEqual([found[0]]);
  });
});

describe('joinFindings', () => {
  const certain = finding('correlation', 'critical', 0.001);

  it('warns where the features have changed together, and none by itself', () => {
    expect(joinFindings(calm, [certain], 0.05)).toEqual({
      ...calm,
      verdict: {
        level: 'warning',
        reason:
          '0 of 1 feature drifted (0%, limit 50%), but together they have changed: correlations of features: said by correlation',
      },
    });
  });

  it('leaves the verdict where a feature has drifted, nothing could be judged, or no finding speaks', () => {
    const drifted = datasetOf(1);
    expect(drifted.driftedFeatures).toEqual(['hum']);
    expect(joinFindings(drifted, [certain], 0.05)).toBe(drifted);
    const unknown = judgeDataset([]);
    expect(joinFindings(unknown, [certain], 0.05)).toBe(unknown);
    expect(joinFindings(calm, [finding('correlation', 'ok', 0.001)], 0.05)).toBe(calm);
  });
});
