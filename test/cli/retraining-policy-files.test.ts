/** What is wrong with the retraining policy of a monitor file, by line and column. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { readMonitorFiles } from '../../cli/monitor-files.ts';
import { TidewatchError } from '../../core/errors.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'retraining-policy-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** `line:column key: message` of each problem; the policy begins at line 7. */
async function problemsOf(policy: string): Promise<string[]> {
  const monitor = `model: bike
task: regression
features: { hum: { kind: continuous } }
reference: { kind: rolling }

retraining:
${policy}
`;
  await writeFile(join(directory, 'bike.yaml'), monitor);
  const error: unknown = await readMonitorFiles(directory).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error === undefined) return [];
  if (!(error instanceof TidewatchError)) throw error;
  return String(error.details['problems'])
    .split('\n')
    .map((line) => line.replace(`${join(directory, 'bike.yaml')}:`, '').replace(' retraining.', ' '));
}

const trainer = '  trainer: { url: http://127.0.0.1:8080 }\n';

it('is all right as it is documented', async () => {
  expect(
    await problemsOf(`  trainer:
    kind: http
    url: http://127.0.0.1:8080
    completion: callback
    headers: { authorization: { env: TRAINER_TOKEN } }
  triggers: { verdicts: [critical], of: 2 of 3, drift: alone, calendar: 0 4 1 * *, onNewOutcomes: 5000 }
  cooldown: 21d
  maxPerMonth: 2
  budget: { perMonth: 100, perTraining: 12 }
  value: { perUnitOfError: 0.02 }
  freezePeriods:
    - { from: 2011-12-20, to: 2012-01-02, reason: nobody is here }
  minimumNewOutcomes: 100
  trainingWindow: { kind: since-change, atLeast: 2w, atMost: 90d }
  exclude:
    - { from: "2011-06-01T06:00:00Z", to: 2011-06-03, reason: the humidity sensor was broken }
  gates:
    - { metric: rmse, better: 2%, certainty: interval }
    - { latency: p95, worse: 0% }
  approval: { kind: manual-above-risk, timeout: 2d, risk: { rowsBelow: 500 } }
  rollout: { kind: canary, for: 2d, share: 0.2 }
  promotion: { hook: { command: [./promote.sh] } }
  verify: { for: 14d, rollBack: never }
  reference: training-window
  registry: { mlflow: { url: http://127.0.0.1:5000, registeredModel: bike } }`),
  ).toEqual([]);
});

it.each([
  [
    'triggers: { verdicts: [] }',
    'triggers.verdicts: nothing starts a retraining; name a verdict, or write enabled: false',
  ],
  [
    'triggers: { of: 4 of 3 }',
    'triggers.of: write how many of how many checks, at most 100, for example "2 of 3"',
  ],
  ['triggers: { calendar: 0 24 * * * }', 'triggers.calendar: hour "24" is not from 0 to 23'],
  ['triggers: { drfit: alone }', 'triggers.drfit: is not a known key; did you mean "drift"?'],
  ['triggers: [bad]', 'triggers[0]: "bad" is not known; write one of warning, critical'],
  [
    'budget: { perMonth: 5, perTraining: 6 }',
    'budget.perTraining: is more than perMonth, so that nothing could ever start',
  ],
  [
    'freezePeriods: [{ from: 2011-12-24, to: 2011-12-24, reason: holidays }]',
    'freezePeriods[0].to: must be after from (the end day itself is not included)',
  ],
  [
    'exclude: [{ from: 2011-02-30, to: 2011-03-01, reason: broken }]',
    'exclude[0].from: write a day such as 2011-12-24, or an instant such as "2011-12-24T18:00:00Z"',
  ],
  ['exclude: [{ from: 2011-02-20, to: 2011-03-01 }]', 'exclude[0].reason: is missing; write text'],
  ['trainingWindow: 36h', 'trainingWindow: write whole days, for example "45d"'],
  [
    'trainingWindow: { kind: since-change, atLeast: 9d, atMost: 1w }',
    'trainingWindow.atMost: is shorter than atLeast',
  ],
  [
    'trainingWindow: { kind: trailng }',
    'trainingWindow.kind: "trailng" is not known; did you mean "trailing"? write one of trailing, expanding, since-change',
  ],
  ['gates: [{ better: 2% }]', 'gates[0].metric: is missing; write one of rmse, mae,'],
  ['gates: [{ metric: rmse, better: 2 percent }]', 'gates[0].better: write for example "2%"'],
  ['gates: [{ metric: rmse }]', 'gates[0].better: is missing; write for example "2%", or the share 0.02'],
  [
    'gates: [{ metric: rmse, better: 2 }]',
    'gates[0].better: no error can be 200% better; write less than 100%',
  ],
  [
    'gates: [{ metric: rmse, better: 2% }, { metric: rmse, better: 0.02 }]',
    'gates[1]: stands above already; remove one',
  ],
  [
    'gates: [{ metric: rmse, better: 2%, worse: 5% }]',
    'gates[0].worse: does not go with metric, better; remove one or the other',
  ],
  ['triggers: calendar', 'triggers: write verdicts such as [critical], or a mapping such as { verdicts:'],
  [
    'trainingWindow: since-change',
    'trainingWindow: write whole days, for example "45d", or a mapping such as',
  ],
  ['minimumImprovement: 100%', 'minimumImprovement: write less than 100%'],
  ['gates: [{ metric: f1, better: 2% }]', 'gates[0].metric: is not a regression metric; write one of'],
  [
    'gates: [{ metric: rmse, segments: each, worse: 2% }]',
    'gates[0].segments: this monitor has no segments; name some, or remove this',
  ],
  [
    'approval: manuel',
    'approval: "manuel" is not known; did you mean "manual"? write one of auto, manual, manual-above-risk',
  ],
  ['rollout: { kind: canary, share: 0.8 }', 'rollout.share: write a share of the traffic, at most 0.5'],
  ['promotion: { hook: {} }', 'promotion.hook: is not a hook; write { url: ... } or { command: [...] }'],
  [
    'promotion: { hook: { url: ftp://here } }',
    'promotion.hook.url: write an http(s) URL, for example http://127.0.0.1:8080',
  ],
  ['verify: { for: 12h }', 'verify.for: write whole days or weeks, for example "7d"'],
])('says of %s: %s', async (line, problem) => {
  const [found = '', ...others] = await problemsOf(`${trainer}  ${line}`);
  expect(found).toMatch(/^8:\d+ /);
  expect(found.slice(found.indexOf(' ') + 1)).toContain(problem);
  expect(others).toEqual([]);
});

it.each([
  ['{}', 'trainer.url: write an http(s) URL, for example http://127.0.0.1:8080'],
  [
    '{ kind: htpp, url: http://127.0.0.1 }',
    'trainer.kind: "htpp" is not known; did you mean "http"? write one of http, temporal, command',
  ],
  [
    '{ url: http://127.0.0.1, taskQueue: models }',
    'trainer.taskQueue: belongs to kind: temporal; write that kind, or remove this',
  ],
  ['{ kind: temporal, taskQueue: models }', 'trainer.workflow: is missing; write it, or activity'],
  [
    '{ kind: temporal, taskQueue: models, workflow: train, activity: train }',
    'trainer.workflow: stands beside activity; remove one',
  ],
  [
    '{ url: http://127.0.0.1, timeout: 0m }',
    'trainer.timeout: leaves no time to train; write for example "6h"',
  ],
  ['{ kind: command, command: train.sh }', 'trainer.command: write a list, not "train.sh"'],
  [
    '{ url: http://127.0.0.1, headers: { authorization: secret } }',
    'trainer.headers.authorization: write a mapping of keys to values, not "secret"',
  ],
])('says of the trainer %s: %s', async (written, problem) => {
  const [found = '', ...others] = await problemsOf(`  trainer: ${written}`);
  expect(found).toMatch(/^7:\d+ /);
  expect(found.slice(found.indexOf(' ') + 1)).toContain(problem);
  expect(others).toEqual([]);
});

it('says all at once, by the place of each', async () => {
  const found = await problemsOf(`${trainer}  cooldown: soon
  triggers: { of: 0 of 3, calendar: every day }
  gates:
    - { metric: rmse, better: 2% }
    - { latency: p99, worse: 0% }
  metric: f1`);
  expect(found.map((line) => line.split(': ')[0])).toEqual([
    '8:3 cooldown',
    '9:15 triggers.of',
    '9:27 triggers.calendar',
    '12:9 gates[1].latency',
    '13:3 metric',
  ]);
});
