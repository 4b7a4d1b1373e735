/** What is typed into the form of the Temporal UI may be anything: a wrong input fails the run, and says what to write. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { checksums } from '../setup/checksums.ts';
import type { Checksum } from '../setup/checksums.ts';
import { createTestDatabase } from '../setup/servers.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import type { TestWorker } from '../setup/worker.ts';
import { startTestWorker } from '../setup/worker.ts';
import { failureOf } from './failures.ts';

const model = 'typed-in';

let test: TestDatabase;
let worker: TestWorker;
let before: Record<string, Checksum>;
beforeAll(async () => {
  test = await createTestDatabase();
  worker = await startTestWorker(test.database);
  await watch(test.database, { model });
  await watch(test.database, { model: 'another' });
  await load(test.database, model, { from: 1, to: 2 });
  before = await checksums(test.database);
});
afterAll(async () => {
  await worker.stop();
  await test.drop();
});

const workflows = [
  'actualsBackfill',
  'driftDetection',
  'performanceEvaluation',
  'degradationCheck',
  'retraining',
  'reprocessing',
  'alertLifecycle',
] as const;

const writeForExample = / Write for example (\{"model":"bike-demand".*\})\.$/;

const start = (workflow: string, args: readonly unknown[]) =>
  worker.client.workflow.execute(workflow, {
    workflowId: `input-${crypto.randomUUID()}`,
    taskQueue: worker.taskQueue,
    args: [...args],
  });

describe.each(workflows)('%s', (workflow) => {
  it.each([
    ['nothing', [], 'Invalid input: expected object, received undefined.'],
    ['null', [null], 'Invalid input: expected object, received null.'],
    ['a text', ['bike-demand'], 'Invalid input: expected object, received string.'],
    ['JSON in a text', [`{"model":"${model}"}`], 'Invalid input: expected object, received string.'],
    ['a list', [[{ model }]], 'Invalid input: expected object, received array.'],
    ['no model', [{}], 'model: write the name of a model, for example "bike-demand".'],
    ['a number as model', [{ model: 3 }], 'model: write the name of a model, for example "bike-demand".'],
    ['an empty model', [{ model: '' }], 'model: write the name of a model, for example "bike-demand".'],
  ])('fails for %s, and shows what to write', async (_, args, problem) => {
    const failure = await failureOf(start(workflow, args));
    expect(failure).toMatchObject({ type: 'INVALID_INPUT', nonRetryable: true });
    expect(failure.message).toContain(`${workflow}: the input is not valid. `);
    expect(failure.message).toContain(problem);
    expect(failure.message).toMatch(writeForExample);
  });

  it('shows an input that it takes', async () => {
    const { message } = await failureOf(start(workflow, []));
    const example: unknown = JSON.parse(writeForExample.exec(message)![1]!);
    // Taken, it fails only because nobody watches that model here; an alert that is not there needs no telling.
    const outcome = await start(workflow, [example]).catch(() => failureOf(start(workflow, [example])));
    expect(outcome).toMatchObject(
      workflow === 'alertLifecycle' ? { delivered: 0 } : { type: 'UNKNOWN_MODEL' },
    );
  });

  it('fails for a key that it does not know', async () => {
    const failure = await failureOf(start(workflow, [{ model, alertKey: 'k', modle: 'x' }]));
    expect(failure).toMatchObject({ type: 'INVALID_INPUT', nonRetryable: true });
    expect(failure.message).toMatch(/Unrecognized keys?: .*"modle"/);
  });
});

/** What a workflow needs beside the model. */
const needed = (workflow: string) =>
  workflow === 'reprocessing' ? { window: { start: at(1), end: at(2) } } : {};

describe.each(workflows.filter((workflow) => workflow !== 'alertLifecycle'))('%s', (workflow) => {
  it.each([
    [
      '2024-01-02',
      '"2024-01-02" is not an instant. Write ISO 8601 with an offset, for example "2011-05-20T00:00:00Z".',
    ],
    ['2024-01-02T03:00:00', '"2024-01-02T03:00:00" is not an instant.'],
    ['2024-02-30T03:00:00Z', '"2024-02-30T03:00:00Z" is not an instant.'],
    ['yesterday', '"yesterday" is not an instant.'],
    ['2924-01-02T03:00:00Z', '2924-01-02T03:00:00Z is in the future; a run speaks for now or for the past.'],
    [1_704_164_400_000, 'Invalid input: expected string, received number.'],
    // What JSON makes of NaN and of a Date that is none.
    [Number.NaN, 'Invalid input: expected string, received null.'],
  ])('fails for the asOf %s', async (asOf, problem) => {
    const failure = await failureOf(start(workflow, [{ model, asOf }]));
    expect(failure).toMatchObject({ type: 'INVALID_INPUT', nonRetryable: true });
    expect(failure.message).toContain(`asOf: ${problem}`);
  });

  it('fails for a model that is not watched, and lists those that are', async () => {
    const failure = await failureOf(
      start(workflow, [{ model: 'typedin', asOf: at(2, 3), ...needed(workflow) }]),
    );
    expect(failure).toEqual({
      type: 'UNKNOWN_MODEL',
      nonRetryable: true,
      message:
        'No monitor watches the model "typedin". Known models: another, typed-in. ' +
        'Add monitors/typedin.yaml and run `tidewatch apply`.',
    });
  });
});

describe.each(['actualsBackfill', 'driftDetection', 'performanceEvaluation', 'reprocessing'])(
  '%s',
  (workflow) => {
    it.each([
      [
        'reversed',
        { start: at(2), end: at(1) },
        'The window ends at 2024-01-01T00:00:00Z, not after its start 2024-01-02T00:00:00Z. Swap the two, or move the end.',
      ],
      ['empty', { start: at(2), end: at(2) }, 'The window ends at 2024-01-02T00:00:00Z, not after its start'],
      [
        'unaligned',
        { start: at(1, 0, 20), end: at(2) },
        'is not on full UTC hours. Write for example {"start":"2024-01-01T00:00:00Z","end":"2024-01-02T00:00:00Z"}.',
      ],
      [
        'without a zone',
        { start: '2024-01-01T00:00:00', end: at(2) },
        '"2024-01-01T00:00:00" is not an instant.',
      ],
      ['half', { start: at(1) }, 'window.end: Invalid input: expected string, received undefined.'],
      ['with another key', { start: at(1), end: at(2), zone: 'UTC' }, 'window: Unrecognized key: "zone".'],
      ['a duration', '7d', 'window: Invalid input: expected object, received string.'],
    ])('fails for a window that is %s', async (_, window, problem) => {
      const failure = await failureOf(start(workflow, [{ model, window }]));
      expect(failure).toMatchObject({ type: 'INVALID_INPUT', nonRetryable: true });
      expect(failure.message).toContain(problem);
    });
  },
);

describe('driftDetection', () => {
  it.each(['week', '90m', '0h', '', '-7d'])('fails for the current window "%s"', async (current) => {
    const failure = await failureOf(start('driftDetection', [{ model, current }]));
    expect(failure).toMatchObject({ type: 'INVALID_INPUT', nonRetryable: true });
    expect(failure.message).toContain(
      'current: write whole hours, days or weeks, for example "24h" or "7d".',
    );
  });

  it('lists every problem at once', async () => {
    const failure = await failureOf(start('driftDetection', [{ current: 'week', act: 'yes', asOf: 'now' }]));
    for (const field of ['model: ', 'current: ', 'act: ', 'asOf: ']) expect(failure.message).toContain(field);
  });
});

it.each(['week', '90m', '0h', ''])('fails for the step "%s" of a reprocessing', async (step) => {
  const failure = await failureOf(start('reprocessing', [{ model, step, ...needed('reprocessing') }]));
  expect(failure).toMatchObject({ type: 'INVALID_INPUT', nonRetryable: true });
  expect(failure.message).toContain('step: write whole hours, days or weeks, for example "24h" or "7d".');
});

it('stores nothing in any of these cases', async () => {
  expect(await checksums(test.database)).toEqual(before);
});

// It attaches first what has arrived, as every run may.
it('fails a retraining of a model without a policy', async () => {
  expect(await failureOf(start('retraining', [{ model }]))).toEqual({
    type: 'NO_RETRAINING_POLICY',
    nonRetryable: true,
    message:
      'The monitor of "typed-in" has no `retraining` section, so there is no trainer to ask. Add one and run `tidewatch apply`.',
  });
  expect(await test.database.query('select from retraining_runs')).toEqual([]);
});
