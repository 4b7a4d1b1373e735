import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { methodsFor } from '../../core/statistics/registry.ts';
import { readMonitorFiles } from '../../cli/monitor-files.ts';
import { formatConfiguration } from '../../cli/yaml-source.ts';
import { TidewatchError } from '../../core/errors.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'monitor-files-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function read(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return (await readMonitorFiles(directory)).monitors;
}

/** The problems of files, with the directory cut off. */
async function problemsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const error: unknown = await read(files).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof TidewatchError)) throw new Error('these files have no problem', { cause: error });
  expect(error.code).toBe('INVALID_MONITOR');
  const lines = String(error.details['problems']).split('\n');
  expect(error.details['count']).toBe(lines.length);
  return lines.map((line) => line.replace(`${directory}/`, ''));
}

const good = `model: bike
task: regression
features:
  hum: { kind: continuous }
reference: { kind: rolling }
`;

describe('readMonitorFiles', () => {
  it('reads every monitor, with defaults, by file name', async () => {
    const files = await read({
      'b.yaml': good,
      'a.yml': good.replace('bike', 'flights'),
      'notes.txt': 'not: a monitor',
    });
    expect(files.map(({ file, monitor }) => [file, monitor.model, monitor.current])).toEqual([
      [join(directory, 'a.yml'), 'flights', '7d'],
      [join(directory, 'b.yaml'), 'bike', '7d'],
    ]);
  });

  it.each([
    ['rmse', '{ warning: 1.53, critical: 1.34 }', 'RMSE lower is better'],
    ['r2', '{ warning: 0.8, critical: 0.9 }', 'R² higher is better'],
    ['bias', '{ warning: -3, critical: 2 }', 'bias closer to 0 is better'],
  ])('refuses limits of %s that are swapped', async (metric, limits, words) => {
    const [problem] = await problemsOf({
      'a.yaml': `${good}performance:\n  limits:\n    ${metric}: ${limits}\n`,
    });
    const column = `    ${metric}: ${limits}`.indexOf('critical') + 1;
    const warning = /warning: ([-\d.]+)/.exec(limits)?.[1];
    expect(problem).toBe(
      `a.yaml:8:${column} performance.limits.${metric}.critical: is better than the warning ${warning} (of ${words}), so that a warning would never come; swap the two`,
    );
  });

  it('refuses rules that are swapped, where they differ in nothing but limit, level and name', async () => {
    const rules = (more: string): string =>
      `${good}degradation:\n  rules:\n    - { metric: mae, limit: 5, level: warning, name: soon }\n    - { metric: mae, limit: 4${more} }\n`;
    expect(await problemsOf({ 'a.yaml': rules('') })).toEqual([
      'a.yaml:9:22 degradation.rules[1].limit: is better than the warning 5 (of MAE lower is better), so that a warning would never come; swap the two',
    ]);
    expect(await read({ 'a.yaml': rules(', over: 1d') })).toHaveLength(1);
  });

  it('takes limits in their order, equal ones, and one alone', async () => {
    const text = `${good}performance:
  limits:
    rmse: { warning: 1.34, critical: 1.53 }
    r2: { warning: 0.9, critical: 0.8 }
    mae: { warning: 2, critical: 2 }
    bias: { warning: 2, critical: -3 }
    mape: { warning: 0.2 }
    wmape: 0.3
`;
    expect(await read({ 'a.yaml': text })).toHaveLength(1);
  });

  it.each([
    ['a: 1\nreference: { kind: fixed, start: 2014-05-01\n# x\ncurrent: 7d\n', '2:12', '{', '}'],
    ['model: [a, b\ntask: regression\n', '1:8', '[', ']'],
    ['a: { b: { c: 1 }\nd: 2\n', '1:4', '{', '}'],
    ['features:\n  hum: { kind: continuous\n  temp: { kind: continuous }\n', '2:8', '{', '}'],
  ])(
    'points at the line where a bracket that is never closed began: %j',
    async (text, place, open, close) => {
      expect(await problemsOf({ 'a.yaml': text })).toEqual([
        `a.yaml:${place} this ${open} is never closed; write ${close} where it ends`,
      ]);
    },
  );

  it('finds none in an empty directory', async () => {
    expect(await read({})).toEqual([]);
  });

  it('says that a directory does not exist, and which option names another', async () => {
    await expect(readMonitorFiles(join(directory, 'none'))).rejects.toThrow(
      /none: cannot be read .*--monitors/,
    );
  });

  it('follows anchors', async () => {
    const [file] = await read({
      'a.yaml': `${good.replace('{ kind: continuous }', '&column { kind: continuous, threshold: 0.2 }')}
schedules: { driftDetection: &off { enabled: false }, performanceEvaluation: *off }
`.replace('reference:', '  temp: *column\nreference:'),
    });
    expect(file?.monitor.features['temp']).toEqual(file?.monitor.features['hum']);
    expect(file?.monitor.schedules.performanceEvaluation.enabled).toBe(false);
  });
});

/** What is written, and what is said of it: line and column count from 1. */
const problems: readonly (readonly [what: string, text: string, problem: string])[] = [
  [
    'a word that is nearly right',
    good.replace('continuous', 'continous'),
    '4:10 features.hum.kind: "continous" is not known; did you mean "continuous"? write one of continuous, categorical',
  ],
  [
    'a wrong word',
    good.replace('regression', 'ranking'),
    '2:1 task: "ranking" is not known; write one of regression, classification',
  ],
  [
    'a number in the place of a word, a length of time or a mapping',
    `${good}alerts: { life: { repeatInterval: { critical: 30 } } }\n`,
    '6:37 alerts.life.repeatInterval.critical: write "never", an interval such as "24h", or { first: 1h, factor: 2, longest: 8h }',
  ],
  [
    'another word in their place',
    `${good}alerts: { life: { repeatInterval: { critical: daily } } }\n`,
    '6:37 alerts.life.repeatInterval.critical: write "never", or a number above 0 and m, h, d or w, for example "24h"',
  ],
  [
    'a problem inside of the mapping',
    `${good}alerts: { life: { repeatInterval: { critical: { first: 1h, longest: 1m } } } }\n`,
    '6:60 alerts.life.repeatInterval.critical.longest: is shorter than first',
  ],
  [
    'an unknown key, at the key',
    good.replace('continuous', 'continuous, treshold: 3'),
    '4:28 features.hum.treshold: is not a known key; did you mean "threshold"?',
  ],
  [
    'an unknown key that is near to none',
    good.replace('rolling', 'rolling, colour: red'),
    '5:29 reference.colour: is not a known key; known here: kind, length',
  ],
  [
    'swapped letters',
    `${good}performance: { limits: { rsme: 3 } }\n`,
    '6:26 performance.limits.rsme: is not a known key; did you mean "rmse"?',
  ],
  [
    'a missing key, at its parent',
    good.replace('{ kind: continuous }', '{ threshold: 1 }'),
    '4:3 features.hum.kind: is missing; write one of continuous, categorical',
  ],
  [
    'a missing key of the top level, at the start',
    `# a comment\n${good.replace('task: regression\n', '')}`,
    '2:1 task: is missing; write one of regression, classification',
  ],
  [
    'a method of the other kind',
    good.replace('continuous', 'continuous, method: chi-squared'),
    `4:28 features.hum.method: "chi-squared" is not for continuous columns; write one of ${methodsFor('continuous').join(', ')}`,
  ],
  ['a wrong type', `${good}description: 5\n`, '6:1 description: write text, not 5'],
  [
    'a mapping for a list',
    `${good}performance:\n  windows: 7d\n`,
    '7:3 performance.windows: write a list, not "7d"',
  ],
  [
    'an item of a list, at the item',
    `${good}performance:\n  windows:\n    - 1d\n    - 7h\n`,
    '9:7 performance.windows[1]: write whole days or weeks, for example "7d"',
  ],
  [
    'an empty list',
    `${good}performance: { windows: [] }\n`,
    '6:16 performance.windows: write at least 1 entry',
  ],
  [
    'a negative number',
    good.replace('continuous', 'continuous, threshold: -1'),
    '4:28 features.hum.threshold: write a number above 0, not -1',
  ],
  [
    'not a number',
    good.replace('continuous', 'continuous, threshold: .nan'),
    '4:28 features.hum.threshold: write a number, not NaN',
  ],
  [
    'a fraction for a count',
    `${good}drift: { minimumRows: 1.5 }\n`,
    '6:10 drift.minimumRows: write a whole number, not 1.5',
  ],
  [
    'a value left out',
    good.replace(' { kind: continuous }', ''),
    '4:3 features.hum: write a mapping of keys to values, not nothing',
  ],
  [
    'a limit that is neither of two types',
    `${good}performance: { limits: { rmse: high } }\n`,
    '6:26 performance.limits.rmse: write a number or a mapping of keys to values, not "high"',
  ],
  [
    'an unknown kind of reference',
    good.replace('rolling', 'roling'),
    '5:14 reference.kind: "roling" is not known; did you mean "rolling"? write one of fixed, rolling, seasonal, training-statistics',
  ],
  [
    'a reference without a kind',
    good.replace('kind: rolling', 'length: 30d'),
    '5:1 reference.kind: is missing; write one of fixed, rolling, seasonal, training-statistics',
  ],
  [
    'a rule with a wrong key',
    `${good}degradation: { rules: [{ metric: rmse, ovr: 7d, limit: 3 }] }\n`,
    '6:40 degradation.rules[0].ovr: is not a known key; did you mean "over"?',
  ],
  [
    'a rule with a wrong value',
    `${good}degradation: { rules: [{ drift: dataset, level: bad }] }\n`,
    '6:42 degradation.rules[0].level: "bad" is not known; write one of warning, critical',
  ],
  [
    'a rule that is none',
    `${good}degradation: { rules: [{ rmse: 3 }] }\n`,
    '6:24 degradation.rules[0]: is not a rule; it begins with one of metric, trend, drift, quality, all, any, not',
  ],
  [
    'a rule without anything to hold its metric against',
    `${good}degradation: { rules: [{ metric: rmse }] }\n`,
    '6:24 degradation.rules[0].limit: is missing; write a number, or worseThan',
  ],
  [
    'a part of a rule with a wrong key',
    `${good}degradation: { rules: [{ all: [{ not: { trend: rmse, perDay: 1, certanty: point } }] }] }\n`,
    '6:65 degradation.rules[0].all[0].not.certanty: is not a known key; did you mean "certainty"?',
  ],
  [
    'a rule about a feature that there is not',
    `${good}degradation: { rules: [{ any: [{ drift: feature, feature: humm }] }] }\n`,
    '6:50 degradation.rules[0].any[0].feature: "humm" is not a feature of this monitor',
  ],
  [
    'an impossible day',
    good.replace('kind: rolling', 'kind: fixed, start: 2011-02-30, end: 2011-04-01'),
    '5:27 reference.start: is not a day of the calendar',
  ],
  [
    'an impossible hour',
    `${good}schedules:\n  driftDetection:\n    cron: 0 24 * * *\n`,
    '8:5 schedules.driftDetection.cron: hour "24" is not from 0 to 23',
  ],
  [
    'too few cron fields',
    `${good}schedules: { driftDetection: { cron: 0 3 * * } }\n`,
    '6:32 schedules.driftDetection.cron: write the five fields of a cron expression, for example "0 3 * * *"',
  ],
  [
    'an unknown time zone',
    `${good}schedules: { driftDetection: { timeZone: Mars/Olympus } }\n`,
    '6:32 schedules.driftDetection.timeZone: is not a time zone; write for example "America/New_York" or "UTC"',
  ],
  [
    'a key with a space in it',
    good.replace('hum:', '"rel hum":').replace('continuous', 'x'),
    '4:16 features."rel hum".kind: "x" is not known; write one of continuous, categorical',
  ],
  [
    'a problem inside what an alias stands for, where it is written',
    good.replace('hum: {', 'hum: &hum { treshold: 1,').replace('reference:', '  temp: *hum\nreference:'),
    '4:15 features.hum.treshold: is not a known key; did you mean "threshold"?',
  ],
  [
    'a name that is empty',
    good.replace('hum:', '"":'),
    '4:3 features."": is not a usable name; write at least 1 character',
  ],
  ['an empty file', '# nothing yet\n', '1:1 is empty; write a monitor, or delete the file'],
  ['plain text', 'model bike\n', '1:1 write a mapping of keys to values, not "model bike"'],
];

describe('a problem of a monitor is said with its place', () => {
  it.each(problems)('%s', async (_, text, problem) => {
    expect((await problemsOf({ 'bike.yaml': text }))[0]).toBe(`bike.yaml:${problem}`);
  });
});

const syntax: readonly (readonly [what: string, text: string, place: string, words: string])[] = [
  ['a key written twice', `${good}task: regression\n`, '6:1', 'task is written twice; remove one'],
  ['a tab', good.replace('  hum', '\thum'), '4:1', 'a tab cannot indent; use spaces'],
  ['a second document', `${good}---\n${good}`, '6:1', 'a second document starts here; keep one a file'],
  ['a list that is not closed', `${good}performance: { windows: [1d }\n`, '6:', ']'],
  [
    'a cron expression that starts with a star',
    `${good}schedules: { driftDetection: { cron: */5 * * * * } }\n`,
    '6:',
    'quotes',
  ],
  ['a reserved character', `${good}description: @me\n`, '6:14', 'put it in quotes'],
  ['a key that is a list', `${good}? [a]\n: b\n`, '6:3', 'a key must be text'],
  ['an unknown tag', `${good}description: !secret x\n`, '6:14', 'Unresolved tag: !secret'],
  ['an alias of nothing', `${good}description: *x\n`, '1:1', 'Unresolved alias'],
];

describe('a problem of the YAML itself is said once', () => {
  it.each(syntax)('%s', async (_, text, place, words) => {
    const found = await problemsOf({ 'bike.yaml': text });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`bike.yaml:${place}`);
    expect(found[0]).toContain(words);
  });

  it('aliases that would fill the memory', async () => {
    const nested = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index, all) => {
      const parts = Array(10).fill(index === 0 ? 'x' : `*${all[index - 1]}`);
      return `${name}: &${name} [${parts.join(', ')}]`;
    });
    expect(await problemsOf({ 'bike.yaml': nested.join('\n') })).toEqual([
      'bike.yaml:1:1 Excessive alias count indicates a resource exhaustion attack',
    ]);
  });
});

describe('all problems are said at once', () => {
  it('of every file, by file and line', async () => {
    expect(
      await problemsOf({
        'b.yaml': good.replace('bike', 'Bike').replace('continuous', 'continuous, method: chi-squared'),
        'a.yaml': good.replace('rolling', 'roling').replace('regression', 'ranking'),
        'c.yaml': ': :',
      }).then((lines) => lines.map((line) => line.split(' ').slice(0, 2).join(' ').replace(/:$/, ''))),
    ).toEqual([
      'a.yaml:2:1 task',
      'a.yaml:5:14 reference.kind',
      'b.yaml:1:1 model',
      'b.yaml:4:28 features.hum.method',
      expect.stringMatching(/^c\.yaml:1:\d+ /),
    ]);
  });

  it('also those between several keys while another value has the wrong type', async () => {
    const found = await problemsOf({
      'bike.yaml': `${good.replace('continuous', 'continuous, method: chi-squared')}description: 5
retraining: { trainer: { url: 3 }, metric: f1 }
degradation: { rules: [{ metric: rmse, limit: high }, 3, { metric: f1, limit: 1 }] }
performance: { limits: { rmse: high, accuracy: 0.5 } }
`,
    });
    expect(found.map((line) => line.split(' ')[1])).toEqual([
      'features.hum.method:',
      'description:',
      'retraining.trainer.url:',
      'retraining.metric:',
      'degradation.rules[0].limit:',
      'degradation.rules[1]:',
      'degradation.rules[2].metric:',
      'performance.limits.rmse:',
      'performance.limits.accuracy:',
    ]);
  });

  it('but none that only follows from another', async () => {
    const classification = good.replace('regression', 'classification');
    expect(await problemsOf({ 'a.yaml': `${classification}classes: 3\npositiveClass: yes\n` })).toEqual([
      'a.yaml:6:1 classes: write a list, not 3',
    ]);
    expect(
      await problemsOf({ 'a.yaml': `${good.replace('task: regression\n', '')}classes: [a, b]\n` }),
    ).toHaveLength(1);
    expect(await problemsOf({ 'a.yaml': good.replace('{ kind: continuous }', '3') })).toHaveLength(1);
  });
});

describe('two files with the same model', () => {
  it('are a problem of the second', async () => {
    const [problem, ...more] = await problemsOf({ 'a.yaml': good, 'b.yaml': good });
    expect(problem).toContain('b.yaml:1:1 model: "bike" is the model of');
    expect(problem).toContain('a.yaml already');
    expect(more).toEqual([]);
  });
});

describe('training statistics', () => {
  const monitor = good.replace('{ kind: rolling }', '{ kind: training-statistics, file: stats.json }');
  const hum = { min: 0, max: 1, mean: 0.5, std: 0.2 };

  it('stand in the monitor in place of their file', async () => {
    const [file] = await read({ 'a.yaml': monitor, 'stats.json': JSON.stringify({ hum, target: hum }) });
    expect(file?.monitor.reference).toEqual({ kind: 'training-statistics', features: { hum } });
  });

  it('may be written in the monitor itself', async () => {
    const inline = good.replace('rolling', `training-statistics, features: ${JSON.stringify({ hum })}`);
    const [file] = await read({ 'a.yaml': inline });
    expect(file?.monitor.reference).toEqual({ kind: 'training-statistics', features: { hum } });
  });

  it('are read relative to the monitor', async () => {
    await mkdir(join(directory, 'stats'));
    const [file] = await read({
      'a.yaml': monitor.replace('stats.json', 'stats/bike.json'),
      'stats/bike.json': JSON.stringify({ hum }, undefined, '\t'),
    });
    expect(file?.monitor.reference).toMatchObject({ features: { hum } });
  });

  it.each([
    ['no file', undefined, 'a.yaml:5:41 reference.file: cannot be read (ENOENT'],
    [
      'a missing number',
      '{\n  "hum": { "min": 0, "max": 1, "mean": 1 }\n}',
      'stats.json:2:3 hum.std: is missing; write a number',
    ],
    [
      'a text',
      '{ "hum": { "min": "0", "max": 1, "mean": 1, "std": 1 } }',
      'stats.json:1:12 hum.min: write a number, not "0"',
    ],
    [
      'a negative deviation',
      '{ "hum": { "min": 0, "max": 1, "mean": 1, "std": -1 } }',
      'stats.json:1:43 hum.std: write a number of at least 0, not -1',
    ],
    [
      'an unknown statistic',
      '{ "hum": { "min": 0, "max": 1, "mean": 1, "sd": 1, "std": 1 } }',
      'stats.json:1:43 hum.sd: is not a known key; did you mean "std"?',
    ],
    ['a list', '[]', 'stats.json:1:1 write a mapping of keys to values, not a list'],
    ['broken JSON', '{ "hum": ', 'stats.json:1:'],
    ['a monitored feature without statistics', '{}', 'stats.json:1:1 has no statistics of the feature "hum"'],
  ])('name the problem of %s', async (_, stats, problem) => {
    const files = { 'a.yaml': monitor, ...(stats !== undefined && { 'stats.json': stats }) };
    expect((await problemsOf(files))[0]).toContain(problem);
  });

  it('need a file, or to be written down, and not both', async () => {
    expect(await problemsOf({ 'a.yaml': good.replace('rolling', 'training-statistics') })).toEqual([
      'a.yaml:5:1 reference.file: is missing; write for example file: training_stats.json',
    ]);
    const both = good.replace('rolling', 'training-statistics, features: {}, file: stats.json');
    expect((await problemsOf({ 'a.yaml': both, 'stats.json': JSON.stringify({ hum }) }))[0]).toContain(
      'a.yaml:5:55 reference.file: stands beside features; remove one of the two',
    );
  });
});

describe('formatConfiguration', () => {
  it('writes YAML with sorted keys', () => {
    expect(formatConfiguration({ task: 'regression', model: 'bike' })).toBe(
      'model: bike\ntask: regression\n',
    );
  });
});

describe('alerts.yaml', () => {
  const naming = `${good}alerts: { routes: [oncal] }\n`;

  it('is no monitor, and its routes may be named by monitors', async () => {
    const files = await read({
      'bike.yaml': naming.replace('oncal', 'oncall'),
      'alerts.yaml': 'routes: [{ name: oncall, pagerduty: true }]\n',
    });
    expect(files.map(({ monitor }) => monitor.alerts.routes)).toEqual([['oncall']]);
  });

  it.each([
    [
      'an unknown route',
      { 'bike.yaml': naming, 'alerts.yaml': 'routes: [{ name: oncall, pagerduty: true }]\n' },
      'bike.yaml:6:20 alerts.routes[0]: "oncal" is not the name of a route in alerts.yaml; did you mean "oncall"?',
    ],
    [
      'a route of a file that is not there',
      { 'bike.yaml': naming },
      'bike.yaml:6:20 alerts.routes[0]: "oncal" is not the name of a route in alerts.yaml; it names none',
    ],
    [
      'an unknown channel of a monitor',
      { 'bike.yaml': `${good}alerts: { routes: [{ severity: [critical], pagerdutty: true }] }\n` },
      expect.stringContaining('is not a known key; did you mean "pagerduty"?'),
    ],
    [
      'an unknown key',
      { 'alerts.yaml': 'maintenence: []\n' },
      expect.stringContaining('is not a known key; did you mean "maintenance"?'),
    ],
    [
      'an unknown kind of alert',
      { 'alerts.yaml': 'routes: [{ kind: [degredation], slack: true }]\n' },
      expect.stringContaining('did you mean "degradation"?'),
    ],
    [
      'a window that ends before it begins',
      {
        'alerts.yaml':
          'maintenance: [{ from: "2026-11-29T10:00:00Z", to: "2026-11-29T08:00:00Z", reason: "x" }]\n',
      },
      expect.stringContaining('must be after from'),
    ],
    [
      'alerts that could hold each other back',
      { 'alerts.yaml': 'inhibition: [{ source: { kind: drift }, target: { severity: warning } }]\n' },
      expect.stringContaining('could hold each other back'),
    ],
    [
      'a name twice',
      { 'alerts.yaml': 'routes: [{ name: a, slack: true }, { name: a, slack: true }]\n' },
      expect.stringContaining('"a" is the name of route 1 already'),
    ],
    [
      'a digest that waits',
      { 'alerts.yaml': 'routes: [{ slack: true, digest: "08:00", groupWait: 1m }]\n' },
      expect.stringContaining('is not for a digest'),
    ],
    [
      'a wait without a unit',
      { 'alerts.yaml': 'routes: [{ slack: true, groupWait: 30 }]\n' },
      expect.stringContaining('write a number and s, m, h or d, for example "30s"'),
    ],
    [
      'a window without its end',
      { 'alerts.yaml': 'maintenance: [{ from: "2026-11-29T10:00:00Z", reason: "x" }]\n' },
      expect.stringContaining('write an instant, for example "2026-11-29T08:00:00Z"'),
    ],
    [
      'a channel of Slack',
      { 'alerts.yaml': 'routes: [{ slack: "#oncall" }]\n' },
      expect.stringContaining('write the name in SLACK_WEBHOOK_URL_<NAME>'),
    ],
    [
      'a budget with a unit',
      { 'alerts.yaml': 'routes: [{ slack: true, budget: 10/h }]\n' },
      expect.stringContaining('write messages an hour, for example 10'),
    ],
    [
      'a severity that is not known',
      { 'alerts.yaml': 'routes: [{ slack: true, severity: critcal }]\n' },
      expect.stringContaining('did you mean "critical"?'),
    ],
    [
      'a word that is no address',
      { 'alerts.yaml': 'routes: [{ email: oncall }]\n' },
      expect.stringContaining('"oncall" is not an e-mail address'),
    ],
    [
      'its keys below alerts',
      { 'alerts.yaml': 'alerts: { routes: [{ slack: true }] }\n' },
      expect.stringContaining('in alerts.yaml routes, maintenance and inhibition stand at the top'),
    ],
  ])('has a problem in words: %s', async (_, files, problem) => {
    expect(await problemsOf(files as Record<string, string>)).toEqual([problem]);
  });
});
