import { spawn } from 'node:child_process';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ModelStatus } from '../../../cli/status/read-status.ts';
import { changeLines } from '../../../cli/watch/changes.ts';
import { frame } from '../../../cli/watch/live-screen.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { watch } from '../../setup/synthetic.ts';

const status = (part: Partial<ModelStatus> = {}): ModelStatus => ({
  model: 'm',
  headline: { level: 'ok', reasons: [''] },
  verdict: 'ok',
  reason: '',
  champion: { version: '1' },
  metric: 'rmse',
  performance: null,
  waiting: null,
  arrived: { model: 'm', predictedAt: null, servedBy: null, hasActuals: false, hasSource: false },
  estimate: null,
  drift: null,
  alerts: [],
  rules: [],
  restatements: [],
  schedules: { paused: [], schedules: 4 },
  ...part,
});
const alert = {
  alertKey: 'degradation:m:rmse',
  state: 'open',
  severity: 'critical',
  summary: 'RMSE is above 80',
} as unknown as ModelStatus['alerts'][number];

describe('a line a change', () => {
  const lines = (before: ModelStatus[] | undefined, after: ModelStatus[]): readonly string[] =>
    changeLines(before, after, 0).map((line) => line.replace('1970-01-01T00:00:00Z ', ''));

  it('begins with how each model stands', () => {
    expect(lines(undefined, [status()])).toEqual([
      'm: verdict ok, drift not looked at yet, champion 1, schedules running',
    ]);
  });

  it.each([
    [[status()], [status()], []],
    [
      [status()],
      [status({ headline: { level: 'critical', reasons: [''] } })],
      ['m: verdict critical (was: verdict ok)'],
    ],
    [[status()], [status({ champion: { version: '2' } })], ['m: champion 2 (was: champion 1)']],
    [[status()], [status({ alerts: [alert] })], ['m: alert degradation:m:rmse, critical: RMSE is above 80']],
    [
      [status({ alerts: [alert] })],
      [status({ alerts: [{ ...alert, state: 'acknowledged' }] })],
      ['m: alert degradation:m:rmse is acknowledged, critical'],
    ],
    [[status({ alerts: [alert] })], [status()], ['m: alert degradation:m:rmse is over']],
    [[status()], [status({ model: 'n' })], ['n: is watched now', 'm: is no longer watched']],
  ])('%#', (before, after, expected) => {
    expect(lines(before, after)).toEqual(expected);
  });
});

describe('a frame', () => {
  it('overwrites each line and clears what is after it, and never the whole screen', () => {
    expect(frame('a\nb', 24)).toBe('\u001B[Ha\u001B[K\r\nb\u001B[K\u001B[J');
  });
  it('fits the terminal', () => {
    expect(frame('1\n2\n3\n4', 3).split('\r\n')).toHaveLength(3);
    expect(frame('1\n2\n3\n4', 3)).toContain('... 2 more lines');
  });
});

describe('the command', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
    await watch(test.database, { model: 'watched' });
  });
  afterAll(() => test.drop());

  const command = [
    process.execPath,
    '--import',
    import.meta.resolve('tsx'),
    new URL('../../../cli/tidewatch.ts', import.meta.url).pathname,
    'watch',
  ];
  /** Runs it until it has printed this; gives all of its output and its exit code. */
  function runUntil(
    args: readonly string[],
    wanted: string,
    then: (child: ReturnType<typeof spawn>) => void,
  ): Promise<{ output: string; code: number | null }> {
    const child = spawn(args[0]!, args.slice(1), {
      env: { PATH: process.env['PATH'], TERM: 'xterm', DATABASE_URL: test.url },
    });
    let output = '';
    let isDone = false;
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (isDone || !output.includes(wanted)) return;
      isDone = true;
      then(child);
    });
    return new Promise((resolve) => child.on('close', (code) => resolve({ output, code })));
  }

  it('prints a line a change where there is no terminal, and ends with Ctrl-C', async () => {
    const { output, code } = await runUntil([...command, '--every', '1s'], 'watched:', (child) =>
      child.kill('SIGINT'),
    );
    expect(output).toMatch(
      /^\S+Z watched: verdict insufficient-data, drift not looked at yet, champion none, schedules unknown\n$/,
    );
    expect(code).toBe(0);
  });

  it('takes a terminal over, ends with q, and leaves the terminal as it was', async () => {
    // `script` gives it one.
    const { output, code } = await runUntil(
      ['script', '-qefc', command.map((part) => `'${part}'`).join(' '), '/dev/null'],
      'q ends it',
      (child) => child.stdin?.write('q'),
    );
    expect(code).toBe(0);
    expect(output.startsWith('\u001B[?1049h\u001B[?25l')).toBe(true);
    expect(output).toContain('watched');
    expect(output.trimEnd().endsWith('\u001B[?25h\u001B[?1049l')).toBe(true);
  });
});
