import { describe, expect, it } from 'vitest';

import { pushedSeries } from '../activities/metrics/pushed-series.ts';
import { at } from '../setup/synthetic.ts';
import type { RetrainingAnswer } from './retrained-model.ts';
import { asOf, useRetrainedModel } from './retrained-model.ts';

const saga = useRetrainedModel();
const judgement =
  'challenger RMSE 1 against 5 on the same 168 held-out rows: 80% better (80% sure of at least 80% better), at least 2% needed';

describe('retraining', () => {
  it('promotes a challenger that is better on held-out rows, and keeps it once it has helped', async () => {
    const running = saga.run({ reason: 'a new bike lane opened' });
    const { until: midnight } = await saga.untilWaiting('verifying');
    expect(midnight).toBe(at(12));
    expect(await saga.stages()).toEqual({ 1: 'shadow', 2: 'champion' });
    await saga.pass({ from: 10, to: 11, errors: { 1: 5, 2: 1 }, serving: '2' });
    expect(await saga.untilWaiting('verifying', at(11, 3, 40))).toMatchObject({
      detail: expect.stringContaining('version 2 is better than version 1: RMSE 1 against 5'),
    });
    await saga.pass({ from: 11, to: 12, errors: { 1: 5, 2: 1 }, serving: '2' });
    const verified = expect.stringContaining('version 2 is better than version 1: RMSE 1 against 5');
    expect(await running).toEqual({
      asOf,
      retrainingId: asOf,
      state: 'kept',
      helped: 'yes',
      reason: verified,
      metrics: 'pushed',
    });
    expect(await saga.stages()).toEqual({ 1: 'archived', 2: 'champion' });
    expect(await saga.stored()).toMatchObject({
      state: 'kept',
      reason: expect.stringContaining(`a new bike lane opened; ${judgement}; version 2 is better`),
      champion: '1',
      challenger: '2',
      helped: 'yes',
    });
    expect(await saga.told()).toEqual([
      `INFO ${saga.model} is being retrained: a new bike lane opened`,
      `INFO ${saga.model} has a new champion: 2 replaces 1: ${judgement}`,
      expect.stringContaining(
        `INFO ${saga.model} keeps its new champion: 2 stays, it has helped: version 2 is better`,
      ),
    ]);
    expect(await pushedSeries(saga.model, 'retraining')).toMatchObject({ model_retrainings_total: 1 });
    expect(await pushedSeries(saga.model, 'drift-detection')).toMatchObject({
      'model_feature_importance{feature="x",version="2"}': 0.75,
    });
  });

  it('takes back one that is clearly worse than the version before', async () => {
    const running = saga.run();
    await saga.untilWaiting('verifying');
    await saga.pass({ from: 10, to: 11, errors: { 1: 5, 2: 50 }, serving: '2' });
    expect(await running).toMatchObject({
      state: 'rolled-back',
      helped: 'no',
      reason: expect.stringMatching(
        /version 2 is not better than version 1: .*clearly worse by 900%.*; 1 serves again$/,
      ),
    });
    expect(await saga.stages()).toEqual({ 1: 'champion', 2: 'archived' });
    expect((await saga.told())[2]).toContain(
      `WARNING ${saga.model} has its former champion back: 1 serves again, 2 went back: version 2 is not better`,
    );
  });

  it('keeps one of which nobody knows whether it has helped, and says so', async () => {
    const running = saga.run();
    await saga.untilWaiting('verifying');
    await saga.pass({ from: 10, to: 12, errors: { 2: 1 }, serving: '2' });
    expect(await running).toMatchObject({ state: 'kept', helped: 'unclear' });
  });

  it('lets a challenger predict in the shadow before it is promoted, where the policy says so', async () => {
    await saga.watch({ rollout: { kind: 'shadow', for: '1d' }, verify: { for: '1d' } });
    const running = saga.run();
    expect(await saga.untilWaiting('shadow')).toMatchObject({ until: at(11) });
    expect(await saga.stages()).toEqual({ 2: 'shadow' });
    await saga.pass({ from: 10, to: 11, errors: { 1: 5, 2: 1 } });
    await saga.untilWaiting('verifying', at(11, 3, 40));
    await saga.pass({ from: 11, to: 12, errors: { 1: 5, 2: 1 }, serving: '2' });
    expect(await running).toMatchObject({ state: 'kept', helped: 'yes' });
  });

  it('speaks for now when it is started by hand', async () => {
    const { state } = await saga.worker.run<RetrainingAnswer>('retraining', { model: saga.model });
    // Nothing was predicted in the last days.
    expect(state).toBe('rejected');
    expect(await saga.stored()).toMatchObject({
      reason: expect.stringMatching(/^started by hand; .*0 (of the 0 )?held-out rows/),
    });
  });
});
