import { describe, expect, it } from 'vitest';

import type { RunResult } from '../../../cli/run/outcome.ts';
import { whereRowsAre } from '../../../cli/run/where-rows-are.ts';
import { at, load } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

const world = useDatabase('empty for each test');
const now = Date.parse('2026-01-01T00:00:00Z');
const input = { model: 'bikes' };
const drift = { process: 'drift-detection', workflowType: 'driftDetection', input } as const;
const performance = {
  process: 'performance-evaluation',
  workflowType: 'performanceEvaluation',
  input,
} as const;
const noRows = { rows: 0 } as RunResult;
const noOutcomes = { newest: [{ outcomes: 0 }] } as unknown as RunResult;

describe('a run without rows', () => {
  it('is told where they are', async () => {
    await load(world.database, 'bikes', { from: 1, to: 3 });
    expect(await whereRowsAre(world.database, drift, noRows, now)).toBe(
      'no rows in this window; the newest prediction of bikes is of 2024-01-02T23:00:00Z: try `tidewatch run drift-detection --model bikes --as-of 2024-01-03T03:00:00Z`',
    );
    expect(await whereRowsAre(world.database, performance, noOutcomes, now)).toBe(
      'no outcomes in these windows; the newest actual of bikes is of 2024-01-02T23:00:00Z: try `tidewatch run performance-evaluation --model bikes --as-of 2024-01-03T03:00:00Z`',
    );
    expect(
      await whereRowsAre(world.database, performance, { newest: [] } as unknown as RunResult, now),
    ).toContain('no outcomes in these windows');
  });

  it('is not told the very instant that it spoke for', async () => {
    await load(world.database, 'bikes', { from: 1, to: 3 });
    const asked = { ...drift, input: { ...input, asOf: at(3, 3) } };
    expect(await whereRowsAre(world.database, asked, noRows, now)).toMatch(/is of 2024-01-02T23:00:00Z$/);
  });

  it('is told nothing where it had rows, where its window was given, or where none are stored', async () => {
    expect(await whereRowsAre(world.database, drift, noRows, now)).toBeUndefined();
    await load(world.database, 'bikes', { from: 1, to: 3 });
    expect(await whereRowsAre(world.database, drift, { rows: 5 } as RunResult, now)).toBeUndefined();
    const window = { start: at(1), end: at(2) };
    expect(
      await whereRowsAre(world.database, { ...drift, input: { ...input, window } }, noRows, now),
    ).toBeUndefined();
  });
});
