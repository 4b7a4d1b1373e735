import { describe, expect, it } from 'vitest';

import { readRunRequest } from '../../../cli/run/request.ts';
import type { ScheduledProcessId } from '../../../core/process/scheduled.ts';

const now = Date.parse('2011-05-20T03:00:00.500Z');
const requestOf = (process: ScheduledProcessId, options: object) =>
  readRunRequest(process, { model: 'bikes', ...options }, now);

describe('what tidewatch run starts', () => {
  it('speaks for now, which its input leaves to the server', () => {
    expect(requestOf('drift-detection', {})).toEqual({
      process: 'drift-detection',
      workflowType: 'driftDetection',
      workflowId: 'drift-detection:bikes:2011-05-20T03:00:00Z',
      input: { model: 'bikes' },
    });
  });

  it('is the same run where the same is asked for, and another where anything differs', () => {
    const options = { asOf: '2011-05-19T03:00:00Z', from: '2011-05-01', to: '2011-05-08', act: true };
    expect(requestOf('drift-detection', options).workflowId).toBe(
      'drift-detection:bikes:2011-05-19T03:00:00Z:2011-05-01T00:00:00Z:2011-05-08T00:00:00Z:act',
    );
  });

  it('has the input of the schedule, which the options go before', () => {
    expect(requestOf('hourly-drift-detection', {}).input).toEqual({ model: 'bikes', current: '24h' });
    expect(requestOf('hourly-drift-detection', { current: '6h' }).input.current).toBe('6h');
  });

  it.each<[ScheduledProcessId, object, string]>([
    ['drift-detection', { asOf: 'yesterday' }, '--as-of: "yesterday" is not an instant.'],
    ['drift-detection', { asOf: '2011-05-20T04:00:00Z' }, '--as-of: 2011-05-20T04:00:00Z is in the future'],
    ['drift-detection', { current: '90m' }, '--current: write whole hours, days or weeks'],
    ['drift-detection', { from: '2011-05-01' }, '--to: is needed where --from is given'],
    ['drift-detection', { from: '2011-05-08', to: '2011-05-01' }, '--from and --to: the range would end'],
    ['drift-detection', { model: '' }, '--model: write the name of a model'],
    ['drift-detection', { send: true }, '--send: drift-detection does not take it; it takes --as-of, --act'],
    ['performance-evaluation', { act: true }, '--act: performance-evaluation does not take it; it takes'],
    [
      'degradation-check',
      { from: '2011-05-01', to: '2011-05-02' },
      '--from: degradation-check does not take',
    ],
  ])('%s refuses %o', (process, options, message) => {
    expect(() => requestOf(process, options)).toThrow(message);
  });
});
