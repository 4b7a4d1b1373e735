/**
 * Names that are meant to do harm, in every command that prints names: nothing reaches the terminal that moves the cursor, paints or
 * turns a line around, and no name can write a line of its own.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { tidewatchProgram } from '../../cli/program.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import { hourMs, hoursOf } from '../../core/window.ts';
import { commandsBelow, pathOf } from '../../docs/reference/commands.ts';
import { createTestDatabase, testServers } from '../setup/servers.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { at, day, watch } from '../setup/synthetic.ts';
import type { TestWorker } from '../setup/worker.ts';
import { startTestWorker } from '../setup/worker.ts';

const spoof = 'SPOOFED all is well';
const hostile = `hum\n${spoof}\u001B[2J\u001B[31m\u009B8m\u202Egnp\r\b🚲 ${'long '.repeat(20)}`;
const short = `v\n${spoof}\u001B[2J\u202E`;
const model = 'hostile';

let directory: string;
let test: TestDatabase;
let worker: TestWorker;
beforeAll(async () => {
  // Doctor ends what never answered.
  vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  directory = await mkdtemp(join(tmpdir(), 'hostile-'));
  test = await createTestDatabase();
  worker = await startTestWorker(test.database);
  await watch(test.database, {
    model,
    labels: { team: short },
    features: { [hostile]: { kind: 'continuous' }, [short]: { kind: 'categorical' } },
    retraining: { trainer: { url: 'http://127.0.0.1:9' } },
  });
  const client = openClient({ database: test.database });
  const hours = hoursOf({ start: day(1), end: day(29) });
  const rows = hours.map((eventTime, i) => ({
    version: short,
    entity: hostile,
    eventTime,
    features: {
      [hostile]: (((i * 7) % 17) - 8) / 4 + (eventTime >= day(22) ? 9 : 0),
      [short]: i % 3 ? hostile : 'b',
    },
    prediction: 10 + (i % 10),
  }));
  await client.logPredictions(model, rows);
  await client.recordActuals(
    model,
    rows.map(({ entity, eventTime, prediction }) => ({
      entity,
      eventTime,
      value: prediction + (eventTime >= day(22) ? 9 : 1),
      recordedAt: eventTime + hourMs,
    })),
  );
  for (const workflow of ['driftDetection', 'performanceEvaluation', 'degradationCheck'])
    await worker.run(workflow, { model, asOf: at(29, 4) });

  const table = [`${JSON.stringify(hostile)},w`, ...rows.map((_, i) => `${i % 10},${i}`)];
  await writeFile(join(directory, 'rows.csv'), table.join('\n'));
  await writeFile(join(directory, 'one.jsonl'), `${JSON.stringify({ [hostile]: 1, w: hostile })}\n`);
  await writeFile(
    join(directory, 'hostile.yaml'),
    `${JSON.stringify({ model, task: 'regression', features: { [hostile]: { kind: hostile } }, reference: { kind: 'rolling' } })}\n`,
  );
});
afterAll(async () => {
  await worker.stop();
  await test.drop();
  await rm(directory, { recursive: true });
});

/** All that a command says, on both streams; how it ends does not matter here. */
async function said(args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const keep = (line: unknown): void => void lines.push(String(line));
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(keep),
    vi.spyOn(console, 'error').mockImplementation(keep),
  ];
  vi.stubEnv('DATABASE_URL', test.url);
  vi.stubEnv('TEMPORAL_ADDRESS', testServers().temporalAddress);
  vi.stubEnv('TEMPORAL_TASK_QUEUE', worker.taskQueue);
  const exitCode = process.exitCode;
  try {
    await tidewatchProgram('test').parseAsync(args, { from: 'user' });
  } catch (error) {
    const { reportFailure } = await import('../../cli/failures.ts');
    reportFailure(error);
  } finally {
    process.exitCode = exitCode;
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
  return lines.join('\n');
}

const file = (name: string): string => join(directory, name);
const alert = `drift:${model}:${hostile}`;

/** What prints a name. Each has to show something of it, or the case shows nothing. */
const calls: readonly (readonly [args: readonly string[], shows: string])[] = [
  [['status'], 'hostile'],
  [['status', '--model', model, '--explain'], 'hum'],
  [['alerts'], 'hum'],
  [['alerts', 'show', alert], 'hum'],
  [['alerts', 'show', `${alert}x`], 'hum'],
  [['alerts', 'comment', alert, '--note', hostile, '--by', short], 'hum'],
  [
    [
      'alerts',
      'route',
      '--test',
      '--model',
      model,
      '--kind',
      'drift',
      '--severity',
      'warning',
      '--subject',
      hostile,
    ],
    'nobody',
  ],
  [['retrainings'], 'no model was retrained'],
  [['retrainings', 'show', model, short], 'v'],
  [['retrainings', 'restore', model, '--to', short, '--yes'], 'was restored'],
  [['retrain', '--explain', '--model', model], 'hostile'],
  [['rules', 'try', '--model', model], 'hostile'],
  [['run', 'drift-detection', '--model', model, '--as-of', at(29, 4)], 'hum'],
  [['run', 'performance-evaluation', '--model', model, '--as-of', at(29, 4)], 'RMSE'],
  [['reprocess', '--model', model, '--from', '2024-01-01', '--to', '2024-01-03'], 'hostile'],
  [['report', '--model', short, '--output', 'report.html'], 'v SPOOFED'],
  [['doctor'], 'schedules'],
  [['forget', model, '--plan'], 'predictions'],
  [['apply', '--plan', '--monitors', '<directory>'], 'hum'],
  [['init', 'bikes', '--from', 'rows.csv', '--output', 'bikes.yaml'], 'hum'],
  [['ingest', 'rows.csv', '--model', model, '--dry-run'], 'hum'],
  [['ingest', 'one.jsonl', '--model', model, '--dry-run'], 'hum'],
  [['compare', '--reference', 'rows.csv', '--current', 'rows.csv'], 'hum'],
  [['compare', '--reference', 'rows.csv', '--current', 'rows.csv', '--method', `${hostile}=ks`], 'hum'],
  [['compare', '--reference', `${hostile}.csv`, '--current', 'rows.csv'], 'hum'],
  [['profile', 'write', 'rows.csv', '--output', 'rows.profile'], 'rows.csv'],
  [['profile', 'show', 'rows.profile'], 'hum'],
  [['profile', 'compare', 'rows.profile', 'rows.profile'], 'hum'],
];

const placed = (args: readonly string[]): readonly string[] =>
  args.map((arg) => {
    if (arg === '<directory>') return directory;
    return /^\w+\.(csv|jsonl|yaml|profile|html)$/.test(arg) ? file(arg) : arg;
  });

describe('a name that is meant to do harm', { timeout: 120_000 }, () => {
  it.each(calls.map(([args, shows]) => ({ name: args.slice(0, 3).join(' '), args, shows })))(
    'does none in $name',
    async ({ args, shows }) => {
      const text = await said(placed(args));
      expect(text).toContain(shows);
      // oxlint-disable-next-line no-control-regex -- that is what must not be there
      expect(text).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\p{Bidi_Control}]/u);
      expect(text.split('\n').filter((line) => line.trimStart().startsWith(spoof))).toEqual([]);
    },
  );

  it('no command that prints names is left out', () => {
    const left = commandsBelow(tidewatchProgram('test'))
      .filter((command) => command.commands.length === 0)
      .map((command) => pathOf(command).replace(/ (list|start)$/, ''))
      .filter((path) => !calls.some(([args]) => `${args.join(' ')} `.startsWith(`${path} `)));
    expect(left.sort()).toEqual(Object.keys(notTried).sort());
  });
});

/** What is not tried, and why that is no gap. */
const notTried: Readonly<Record<string, string>> = {
  migrate: 'prints names of files of its own',
  worker: 'logs JSON',
  console: 'prints an address',
  watch: 'prints the status of `status`, and its changes by the same way',
  'alerts acknowledge': 'answers as `alerts comment`',
  'alerts snooze': 'answers as `alerts comment`',
  'alerts resolve': 'answers as `alerts comment`',
  'retrainings approve': 'answers as `alerts comment`',
  'retrainings reject': 'answers as `alerts comment`',
  'retrainings cancel': 'answers as `alerts comment`',
  'retrainings extend': 'answers as `alerts comment`',
  export: 'writes data; on a terminal by `terminal` of cli/print.ts',
  'backfill-actuals': 'answers as `run`',
  'backfill-schedule': 'prints names of models and processes only, which are checked',
  pause: 'prints names of models only, which are checked',
  resume: 'prints names of models only, which are checked',
  'retrain simulate': 'needs a trainer; prints its facts through `printable`',
  'retrain manifest': 'writes YAML',
  'profile merge': 'prints names of files that were typed',
  storage: 'prints names of models that have rows through `printable`, and names of tables of its own',
  completion: 'writes a script',
};
