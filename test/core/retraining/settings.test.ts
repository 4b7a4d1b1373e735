import { describe, expect, it } from 'vitest';

import { retrainingProblems, retrainingSchema } from '../../../core/retraining/settings.ts';

const trainer = { url: 'http://127.0.0.1:8080' };
const read = (policy: object) => retrainingSchema.parse({ trainer, ...policy });
describe('a policy', () => {
  it('of a trainer alone has these defaults', () => {
    expect(read({})).toEqual({
      enabled: true,
      trainer: {
        kind: 'http',
        url: 'http://127.0.0.1:8080',
        completion: 'poll',
        poll: '10s',
        timeout: '6h',
        headers: {},
      },
      triggers: { verdicts: ['critical'], of: '1 of 1', drift: 'with-degradation' },
      cooldown: '14d',
      freezePeriods: [],
      quality: 'quiet',
      minimumOutcomes: 200,
      minimumNewOutcomes: 0,
      trainingWindow: { kind: 'trailing', length: '45d' },
      exclude: [],
      holdout: '7d',
      minimumImprovement: 0.02,
      approval: {
        kind: 'auto',
        timeout: '7d',
        risk: { improvementBelow: 0.05, segmentWorse: 0.02, rowsBelow: 200 },
      },
      rollout: { kind: 'none', for: '3d', share: 0.1 },
      promotion: {},
      verify: { for: '7d', rollBack: 'auto' },
      reference: 'keep',
      registry: {},
    });
  });

  it('may be written short', () => {
    expect(
      read({ triggers: ['warning'], trainingWindow: '2w', approval: 'manual', rollout: 'shadow' }),
    ).toMatchObject({
      triggers: { verdicts: ['warning'], of: '1 of 1' },
      trainingWindow: { kind: 'trailing', length: '2w' },
      approval: { kind: 'manual', timeout: '7d' },
      rollout: { kind: 'shadow', for: '3d' },
    });
  });

  it('has shares where people wrote percentages', () => {
    const { gates, approval } = read({
      gates: [
        { metric: 'rmse', better: '2%' },
        { metric: 'rmse', segments: 'each', worse: 0.05, certainty: 'interval' },
        { latency: 'p95', worse: '0%' },
      ],
      approval: { kind: 'manual-above-risk', risk: { segmentWorse: '1.5%' } },
    });
    expect(gates).toEqual([
      { metric: 'rmse', better: 0.02, certainty: 'point' },
      { metric: 'rmse', segments: 'each', worse: 0.05, certainty: 'interval' },
      { latency: 'p95', worse: 0 },
    ]);
    expect(approval.risk.segmentWorse).toBe(0.015);
  });

  it('reads how sure a gate must be as a word, a percentage or a share', () => {
    const certaintyOf = (certainty?: string | number): unknown =>
      read({ gates: [{ metric: 'rmse', better: '2%', ...(certainty !== undefined && { certainty }) }] })
        .gates![0];
    expect([undefined, 'point', 'interval', '80%', '97.5%', 0.8].map(certaintyOf)).toEqual(
      ['point', 'point', 'interval', 0.8, 0.975, 0.8].map((certainty) => ({
        metric: 'rmse',
        better: 0.02,
        certainty,
      })),
    );
    for (const wrong of ['sure', '49%', '100%', '5%', 1, 0.4, -0.8])
      expect(() => certaintyOf(wrong)).toThrow(/certainty/);
  });

  it('reads what it has written as the same, as stored monitors are', () => {
    const once = read({
      triggers: ['warning', 'critical'],
      trainingWindow: { kind: 'since-change' },
      gates: [{ metric: 'rmse', better: '2%', certainty: '80%' }],
      approval: 'manual-above-risk',
      rollout: { kind: 'canary', share: 0.2 },
      promotion: { hook: { command: ['./promote.sh', '--now'] } },
    });
    expect(retrainingSchema.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });
});

it('gives a promotion hook a day at most', () => {
  const hook = (timeout: string) => () =>
    read({ promotion: { hook: { command: ['./promote.sh'], timeout } } });
  expect(hook('24h')()).toMatchObject({ promotion: { hook: { timeout: '24h' } } });
  expect(hook('25h')).toThrow('write at most \\"24h\\"');
});

describe('retrainingProblems', () => {
  const monitor = { task: 'regression', segments: [] } as const;

  it('finds metrics of another task, and gates for segments that there are not', () => {
    const gates = read({
      gates: [
        { metric: 'f1', better: '2%' },
        { metric: 'rmse', segments: 'each', worse: '5%' },
      ],
    }).gates!;
    expect(retrainingProblems({ metric: 'accuracy', gates }, monitor)).toEqual([
      { path: ['metric'], message: expect.stringMatching(/^is not a regression metric; write one of /) },
      { path: ['gates', 0, 'metric'], message: expect.stringMatching(/^is not a regression metric/) },
      { path: ['gates', 1, 'segments'], message: 'this monitor has no segments; name some, or remove this' },
    ]);
    expect(retrainingProblems({ gates: gates.slice(1) }, { ...monitor, segments: ['season'] })).toEqual([]);
  });
});
