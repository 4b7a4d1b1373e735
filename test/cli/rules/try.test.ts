import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addRules } from '../../../cli/commands/rules.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { checksums } from '../../setup/checksums.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { createTestDatabase } from '../../setup/servers.ts';
import { actualsOf, at, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { printed } from '../on-database.ts';

const model = 'tried';
let test: TestDatabase;
let directory: string;
beforeAll(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-rules-'));
  await watch(test.database, {
    model,
    performance: { windows: ['1d'] },
    degradation: { rules: [{ metric: 'rmse', over: '1d', limit: 4 }] },
  });
  // One error a day; the applied rule fires on the checks of days 7 to 9, about the days before them.
  for (const [i, error] of [1, 1, 1, 3, 3, 5, 5, 5, 1, 1].entries()) {
    await load(test.database, model, { from: i + 1, to: i + 2, error });
    await night(i + 2);
  }
  // Of the last day the first hours were bad; the rest came later.
  const client = openClient({ database: test.database });
  await client.logPredictions(model, predictionsOf({ from: 11, to: 12 }));
  await client.recordActuals(model, actualsOf({ from: 11, to: 12, error: 6 }).slice(0, 20));
  await night(12);
  await client.recordActuals(model, actualsOf({ from: 11, to: 12, error: 1 }));
  await night(13);
});
afterAll(async () => {
  await test.drop();
  await rm(directory, { recursive: true });
});

async function night(n: number): Promise<void> {
  const asOf = at(n, 3);
  const activities = activitiesOn(test.database);
  await activities.attachActuals({ model, asOf });
  await activities.summarizeOutcomes({ model, asOf });
  await activities.evaluatePerformance({ model, asOf });
  await activities.checkDegradation({ model, asOf, act: false });
}

async function file(text: string, name = 'rules.yaml'): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}
const run = (...args: string[]) => printed(addRules, ['rules', 'try', '--model', model, ...args], test);
const json = async (...args: string[]) => JSON.parse(await run(...args, '--json'));

const days = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => at(from + i).slice(0, 10));

describe('tidewatch rules try', () => {
  it('replays the applied rules where no others are given', async () => {
    const trial = await json();
    expect(trial).toMatchObject({ model, known: 'now', from: '2024-01-02', to: '2024-01-13', tried: null });
    expect(trial.applied.rules).toMatchObject([{ fired: days(7, 9), fine: 8, unjudgeable: 0 }]);
  });

  it('says how often others would have fired, when, and how early', async () => {
    const rules = await file(`
rules:
  - { name: sooner, metric: rmse, over: 1d, limit: 2 }
  - { metric: rmse, over: 1d, limit: 2, windows: 3 of 3, level: warning }
`);
    const trial = await json('--rules', rules);
    expect(trial.tried.rules).toMatchObject([
      { text: 'sooner: RMSE over 1 day above 2', fired: days(5, 9), fine: 6 },
      { fired: days(7, 9) },
    ]);
    expect(trial.against).toEqual({
      matched: [
        {
          applied: { from: '2024-01-07', to: '2024-01-09', level: 'critical' },
          tried: { from: '2024-01-05', to: '2024-01-09', level: 'critical' },
          daysEarlier: 2,
        },
      ],
      extra: [],
    });
    const text = await run('--rules', rules);
    expect(text).toContain('tried: the checks of 11 days, 2024-01-02 to 2024-01-12, as known now');
    expect(text).toMatch(
      /sooner: RMSE over 1 day above 2 .* critical .* 5 .* 6 .* 0 .* 2024-01-05 to 2024-01-09/,
    );
    expect(text).toContain(
      'applied critical 2024-01-07 to 2024-01-09: the tried rules fire 2 days earlier (critical 2024-01-05 to 2024-01-09)',
    );
    expect(text).toContain('nothing changed');
  });

  it('computes windows that no run has evaluated', async () => {
    const trial = await json(
      '--rules',
      await file('- { metric: rmse, over: 2d, limit: 2.5, certainty: point }'),
    );
    expect(trial.computed).toBeGreaterThan(10);
    expect(trial.tried.rules).toMatchObject([{ fired: days(6, 10), unjudgeable: 0 }]);
  });

  it('judges by what was known then, when asked to', async () => {
    const now = await json();
    const then = await json('--as-known');
    expect(now.applied.rules[0].fired).toEqual(days(7, 9));
    expect(then.applied.rules[0].fired).toEqual([...days(7, 9), '2024-01-12']);
    const never = await json(
      '--as-known',
      '--rules',
      await file('- { metric: rmse, over: 2d, limit: 2.5, certainty: point }'),
    );
    expect(never.tried.rules).toMatchObject([{ fired: [], unjudgeable: 11 }]);
  });

  it('takes a range of days, and the rules of a monitor', async () => {
    const monitor = await file(
      `model: ${model}
task: regression
features: { x: { kind: continuous } }
reference: { kind: rolling }
performance: { limits: { mae: 2 } }
`,
      'monitor.yaml',
    );
    const trial = await json('--rules', monitor, '--from', '2024-01-05', '--to', '2024-01-08');
    expect(trial.tried.days.map(({ day }: { day: string }) => day)).toEqual(days(5, 7));
    expect(trial.tried.rules).toMatchObject([{ text: 'MAE over 7 days above 2' }]);
  });

  it('changes nothing', async () => {
    const before = await checksums(test.database);
    await run('--rules', await file('- { trend: rmse, over: 5d, perDay: 0.1 }'));
    expect(await checksums(test.database)).toEqual(before);
  });

  const wrong: readonly (readonly [string, string, string])[] = [
    [
      'an unknown key',
      '- { metric: rmse, limt: 3, limit: 2 }',
      ':1:19 [0].limt: is not a known key; did you mean "limit"?',
    ],
    [
      'a metric of the other task',
      'rules:\n  - { metric: accuracy, limit: 3 }',
      ':2:7 rules[0].metric: is not a regression metric',
    ],
    [
      'what is no rule',
      'rules:\n  - { rmse: 3 }',
      ':2:5 rules[0]: is not a rule; it begins with one of metric',
    ],
    [
      'the monitor of another model',
      'model: other\ntask: regression\nfeatures: { x: { kind: continuous } }\nreference: { kind: rolling }\n',
      ':1:1 model: is "other", and the rules are to be tried on "tried"',
    ],
    ['no rules at all', 'rules: []', ':1:1 rules: write at least 1 entry'],
    ['broken YAML', 'rules: [', 'rules.yaml:1:'],
  ];
  it.each(wrong)('refuses %s, with its place', async (_, text, problem) => {
    await expect(run('--rules', await file(text))).rejects.toThrow(problem);
  });

  it.each([
    [['--rules', 'nowhere.yaml'], 'nowhere.yaml: cannot be read'],
    [['--from', 'yesterday'], '--from: "yesterday" is no day; write for example 2011-05-13.'],
    [['--from', '2024-02-30'], '--from: "2024-02-30" is no day'],
    [['--to', '2024-01-05T06:00:00Z'], '--to: "2024-01-05T06:00:00Z" is no day'],
    [
      ['--from', '2024-01-05', '--to', '2024-01-05'],
      '--from and --to: the range would end at 2024-01-05, not after its start 2024-01-05; --to is the day after the last.',
    ],
  ])('refuses %j', async (args, problem) => {
    await expect(run(...args)).rejects.toThrow(problem);
  });

  it('says what is missing where there is no history', async () => {
    await watch(test.database, { model: 'fresh' });
    await expect(printed(addRules, ['rules', 'try', '--model', 'fresh'], test)).rejects.toThrow(
      '"fresh" has no summarised predictions yet',
    );
  });
});
