import { describe, expect, it } from 'vitest';

import { nextSteps, runCommand, type Arrived } from '../../../core/process/next-steps.ts';
import { parseInstant } from '../../../core/window.ts';

const now = parseInstant('2026-11-29T15:00:00Z');
const arrived = (part: Partial<Arrived> = {}): Arrived => ({
  model: 'bikes',
  predictedAt: parseInstant('2011-05-10T23:00:00Z'),
  hasActuals: true,
  hasSource: false,
  ...part,
});
const run = (part: Partial<Arrived>): string => runCommand('drift-detection', arrived(part), now);

describe('the command that runs a process', () => {
  it('speaks for the night after the newest predictions', () => {
    expect(run({})).toBe('npx tidewatch run drift-detection --model bikes --as-of 2011-05-11T03:00:00Z');
    expect(run({ predictedAt: parseInstant('2011-05-11T00:00:00Z') })).toContain('2011-05-12T03:00:00Z');
  });

  it('speaks for now where that night is yet to come', () => {
    for (const predictedAt of [null, now, parseInstant('2026-11-30T23:00:00Z')])
      expect(run({ predictedAt })).toBe('npx tidewatch run drift-detection --model bikes');
  });

  it('can be typed whatever the model is called', () => {
    expect(run({ model: "it's a fox" })).toContain(String.raw`--model 'it'\''s a fox' --as-of`);
  });
});

describe('the steps to a first result', () => {
  const steps = (part: Partial<Arrived>) =>
    nextSteps('performance-evaluation', arrived(part), 'actuals', now);

  it('begin with what is missing, and end with the command', () => {
    expect(steps({})).toEqual([
      'Wait for its schedule, or do it now: `npx tidewatch run performance-evaluation --model bikes --as-of 2011-05-11T03:00:00Z`',
    ]);
    expect(steps({ hasActuals: false })[0]).toMatch(
      /^Record actuals .*`npx tidewatch ingest rows.csv --model bikes`$/,
    );
    expect(steps({ predictedAt: null })[0]).toMatch(/^Log predictions /);
    expect(steps({ predictedAt: null })[1]).toMatch(
      /^Then wait .*`npx tidewatch run performance-evaluation --model bikes`$/,
    );
    expect(nextSteps('drift-detection', arrived({ hasActuals: false }), 'predictions', now)).toHaveLength(1);
  });

  it('are one where a source has the rows', () => {
    expect(steps({ predictedAt: null, hasSource: true })).toEqual([
      'Have its source read, and what is there judged: `npx tidewatch run performance-evaluation --model bikes`',
    ]);
  });
});
