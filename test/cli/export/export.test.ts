import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { addExport } from '../../../cli/commands/export.ts';
import { openTableFile } from '../../../sql/table-file.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { printed } from '../on-database.ts';

const runId = '0193a1c2-0000-7000-8000-000000000001';
const provenance = `'cafe', '1.0.0', 'drift-detection:m', '${runId}', '2024-01-10T03:00:00Z'`;
/** Hostile in CSV, in JSON and in COPY. */
const reason = 'said "no",\n\\N \u0001; \u202Ebidi';

let test: TestDatabase;
let directory: string;
beforeAll(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'export-'));
  await test.database.execute(
    `insert into drift_runs (model, window_start, window_end, reference_id, as_of, verdict, reason, drift_share, judged_features,
       drifted_features, row_count, reference_row_count, configuration_hash, code_version, workflow_id, run_id, stored_at)
     select 'm', day - interval '7 days', day, 'ref', day, 'critical', 'drifted', 1, 1, '{x}', 1000, 2000, ${provenance}
     from unnest(array['2024-01-08Z', '2024-01-10Z']::timestamptz[]) as day`,
  );
  await test.database.execute(
    `insert into drift_results (model, drift_run_id, subject, column_name, method, statistic, p_value, effect, threshold, deciding,
       verdict, reason, reference_rows, current_rows)
     select model, drift_run_id, 'feature', 'x', method, statistic, 0.001, 0.5, 0.1, deciding, 'critical', $1, 2000, 1000
     from drift_runs, (values ('wasserstein', 0.5, true), ('missing-ratio', 0.25, false)) as results (method, statistic, deciding)`,
    [reason],
  );
  await test.database.execute(
    `insert into performance_evaluations (model, version, window_start, window_end, revision, as_of, state, verdict, reason, metrics,
       details, sample_size, prediction_count, content_hash, configuration_hash, code_version, workflow_id, run_id, stored_at)
     values ('m', '1', '2024-01-09Z', '2024-01-10Z', 1, '2024-01-10Z', 'final', 'ok', 'all right', '{"rmse": 1.25}', '{}', 10, 12,
       'hash', ${provenance})`,
  );
  await test.database.execute(
    `insert into alerts (model, alert_key, episode, kind, subject, severity, state, state_by, state_since, summary, opened_as_of,
       resolved_as_of, observed_as_of, told_at, repeats, latest)
     values ('m', 'drift:m:x', 2, 'drift', 'x', 'critical', 'resolved', 'ana', '2024-01-10T09:30:00Z', $1, '2024-01-08T03:00:00Z',
       '2024-01-10T03:00:00Z', '2024-01-10T03:00:00Z', '2024-01-09T03:01:00Z', 3, '{}'),
       ('m', 'degradation:m:performance', 1, 'degradation', 'performance', 'warning', 'open', null, '2024-01-12T03:41:00Z', 'slower',
       '2024-01-12T03:40:00Z', null, '2024-01-12T03:40:00Z', '2024-01-12T03:41:00Z', 0, '{}')`,
    [reason],
  );
  await test.database.execute(
    `insert into retraining_runs (model, retraining_id, state, reason, as_of, champion_version, challenger_version, training_start,
       training_end, holdout_start, holdout_end, helped, cost, promoted_as_of, ended_as_of, started_at, finished_at, comparison,
       verification, workflow_id, run_id)
     values ('m', 'january', 'kept', $1, '2024-01-09T03:40:00Z', 'v1', 'v2', '2023-12-01Z', '2024-01-01Z', '2024-01-01Z',
       '2024-01-09Z', 'yes', 2.5, '2024-01-09T04:00:00Z', '2024-01-16T04:00:00Z', '2024-01-09T03:41:00Z', '2024-01-16T04:01:00Z',
       '{"rmse": [1.25, 1]}', '{"better": true}', 'retraining:m', '${runId}')`,
    [reason],
  );
});
afterAll(async () => {
  await test.drop();
  await rm(directory, { recursive: true });
});

/** The file that `export` writes. */
async function exportedTo(name: string, ...args: readonly string[]): Promise<string> {
  const path = join(directory, name);
  await printed(addExport, ['export', ...args, '--output', path], test);
  return path;
}

const jsonLines = async (path: string): Promise<Record<string, unknown>[]> =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** What a table file gives back of a value: instants as numbers. */
const read = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT.*\+00:00$/.test(value) ? Date.parse(value) : value;

describe('tidewatch export', () => {
  it('writes a row a result, whatever is in it, the same in every format', async () => {
    const rows = await jsonLines(await exportedTo('drift.jsonl', 'drift', '--format', 'jsonl'));
    expect(rows).toHaveLength(4);
    expect(rows[1]).toMatchObject({
      model: 'm',
      window_end: '2024-01-08T00:00:00+00:00',
      column_name: 'x',
      method: 'wasserstein',
      statistic: 0.5,
      deciding: true,
      reason,
      workflow_id: 'drift-detection:m',
    });
    for (const format of ['csv', 'parquet']) {
      const table = await openTableFile(await exportedTo(`drift.${format}`, 'drift', '--format', format));
      const names = ['method', 'statistic', 'reason', 'window_end'];
      const chunks = [];
      for await (const chunk of table.readChunks(names)) chunks.push(chunk);
      expect(chunks, format).toEqual([
        [
          ['missing-ratio', 'wasserstein', 'missing-ratio', 'wasserstein'],
          [0.25, 0.5, 0.25, 0.5],
          [reason, reason, reason, reason],
          [8, 8, 10, 10].map((day) => Date.UTC(2024, 0, day)),
        ],
      ]);
      expect(
        table.columns.map(({ name }) => name),
        format,
      ).toEqual(Object.keys(rows[0]!));
      await table.close();
    }
  });

  it('takes a range by the end of windows; metrics are columns', async () => {
    const rows = await jsonLines(
      await exportedTo('late.jsonl', 'drift', '--format', 'jsonl', '--from', '2024-01-09'),
    );
    expect(rows).toHaveLength(2);
    const [evaluation] = await jsonLines(await exportedTo('e.jsonl', 'evaluations', '--format', 'jsonl'));
    expect(evaluation).toMatchObject({
      version: '1',
      rmse: 1.25,
      accuracy: null,
      revision: 1,
      sample_size: 10,
    });
  });

  it.each([
    [
      'alerts',
      [
        {
          model: 'm',
          alert_key: 'drift:m:x',
          episode: 2,
          kind: 'drift',
          subject: 'x',
          severity: 'critical',
          state: 'resolved',
          state_by: 'ana',
          state_since: '2024-01-10T09:30:00+00:00',
          summary: reason,
          opened_as_of: '2024-01-08T03:00:00+00:00',
          resolved_as_of: '2024-01-10T03:00:00+00:00',
          told_at: '2024-01-09T03:01:00+00:00',
          repeats: 3,
        },
        {
          model: 'm',
          alert_key: 'degradation:m:performance',
          episode: 1,
          kind: 'degradation',
          subject: 'performance',
          severity: 'warning',
          state: 'open',
          state_by: null,
          state_since: '2024-01-12T03:41:00+00:00',
          summary: 'slower',
          opened_as_of: '2024-01-12T03:40:00+00:00',
          resolved_as_of: null,
          told_at: '2024-01-12T03:41:00+00:00',
          repeats: 0,
        },
      ],
    ],
    [
      'retrainings',
      [
        {
          model: 'm',
          retraining_id: 'january',
          state: 'kept',
          reason,
          as_of: '2024-01-09T03:40:00+00:00',
          champion_version: 'v1',
          challenger_version: 'v2',
          training_start: '2023-12-01T00:00:00+00:00',
          training_end: '2024-01-01T00:00:00+00:00',
          holdout_start: '2024-01-01T00:00:00+00:00',
          holdout_end: '2024-01-09T00:00:00+00:00',
          helped: 'yes',
          cost: 2.5,
          promoted_as_of: '2024-01-09T04:00:00+00:00',
          ended_as_of: '2024-01-16T04:00:00+00:00',
          started_at: '2024-01-09T03:41:00+00:00',
          finished_at: '2024-01-16T04:01:00+00:00',
          comparison: '{"rmse": [1.25, 1]}',
          verification: '{"better": true}',
          workflow_id: 'retraining:m',
          run_id: runId,
        },
      ],
    ],
  ] as const)('writes %s with all that is known of each, in every format', async (what, expected) => {
    expect(await jsonLines(await exportedTo(`${what}.jsonl`, what, '--format', 'jsonl'))).toEqual(expected);
    const names = Object.keys(expected[0]);
    for (const format of ['csv', 'parquet']) {
      const table = await openTableFile(await exportedTo(`${what}.${format}`, what, '--format', format));
      expect(
        table.columns.map(({ name }) => name),
        format,
      ).toEqual(names);
      const columns: unknown[][] = names.map(() => []);
      for await (const chunk of table.readChunks(names))
        for (const [index, values] of chunk.entries()) columns[index]!.push(...values);
      expect(columns, format).toEqual(
        names.map((name) => expected.map((row) => read((row as Record<string, unknown>)[name]))),
      );
      await table.close();
    }
  });

  it('takes alerts and retrainings by when they began', async () => {
    const keysOf = async (...range: readonly string[]): Promise<unknown[]> =>
      (await jsonLines(await exportedTo('range.jsonl', 'alerts', '--format', 'jsonl', ...range))).map(
        ({ alert_key: key }) => key,
      );
    expect(await keysOf('--from', '2024-01-10')).toEqual(['degradation:m:performance']);
    expect(await keysOf('--to', '2024-01-12')).toEqual(['drift:m:x']);
    const none = await exportedTo('none.csv', 'retrainings', '--from', '2024-01-10');
    expect(await readFile(none, 'utf8')).toMatch(/^model,[\w,]+\n$/);
  });

  it.each([
    [['drift', '--model', 'other'], 'No monitor watches the model "other"'],
    [['drift', '--format', 'parquet'], 'parquet is no text: name a file with --output'],
    [['alerts', '--format', 'openlineage'], 'openlineage is for drift and evaluations'],
    [['drift', '--from', '2024-01-09', '--to', '2024-01-08'], 'the range would end'],
    [['drift', '--output', '/no/such/directory/drift.csv'], '/no/such/directory/drift.csv cannot be written'],
  ])('%j: %s', async (args, message) => {
    await expect(printed(addExport, ['export', ...args], test)).rejects.toThrow(message);
  });
});

describe('OpenLineage events', () => {
  const published = async (name: string): Promise<{ $defs: Record<string, unknown> }> =>
    JSON.parse(
      (await readFile(new URL(`openlineage/${name}.json`, import.meta.url), 'utf8')).replaceAll(
        'https://openlineage.io/spec/2-0-2/OpenLineage.json#',
        '#',
      ),
    ) as { $defs: Record<string, unknown> };

  /** A definition of the published schemas, with those of the base beside it. */
  async function definition(file: string, name: string): Promise<z.ZodType> {
    const base = await published('OpenLineage');
    const { $defs } = await published(file);
    // What a dataset or a job alone looks like is no matter here, and says "not", which zod cannot read.
    const { DatasetEvent: _, JobEvent: __, ...definitions } = { ...base.$defs, ...$defs };
    return z.fromJSONSchema({ $defs: definitions, $ref: `#/$defs/${name}` } as Parameters<
      typeof z.fromJSONSchema
    >[0]);
  }

  it.each(['drift', 'evaluations'])('of %s are as the published schemas say', async (what) => {
    const events = await jsonLines(await exportedTo(`${what}.json`, what, '--format', 'openlineage'));
    expect(events).toHaveLength(what === 'drift' ? 2 : 1);
    const runEvent = await definition('OpenLineage', 'RunEvent');
    expect(runEvent.safeParse({ ...events[0], run: { runId: 'no uuid' } }).success).toBe(false);
    for (const event of events) {
      runEvent.parse(event);
      const { run, inputs } = event as {
        run: { facets: Record<string, unknown> };
        inputs: { inputFacets: Record<string, unknown> }[];
      };
      (await definition('NominalTimeRunFacet', 'NominalTimeRunFacet')).parse(run.facets['nominalTime']);
      (await definition('ParentRunFacet', 'ParentRunFacet')).parse(run.facets['parent']);
      const facets = inputs[0]!.inputFacets;
      const metrics = await definition(
        'DataQualityMetricsInputDatasetFacet',
        'DataQualityMetricsInputDatasetFacet',
      );
      metrics.parse(facets['dataQualityMetrics']);
      expect(
        metrics.safeParse({ ...(facets['dataQualityMetrics'] as object), rowCount: 'many' }).success,
      ).toBe(false);
      (await definition('DataQualityAssertionsDatasetFacet', 'DataQualityAssertionsDatasetFacet')).parse(
        facets['dataQualityAssertions'],
      );
    }
  });

  it('say what was found, and name a run the same whenever it is exported', async () => {
    const [first, second] = [
      await jsonLines(await exportedTo('a.json', 'drift', '--format', 'openlineage')),
      await jsonLines(await exportedTo('b.json', 'drift', '--format', 'openlineage', '--from', '2024-01-08')),
    ];
    expect(first).toEqual(second);
    expect(first[0]).toMatchObject({
      eventType: 'COMPLETE',
      job: { namespace: 'tidewatch', name: 'driftDetection:m' },
      run: {
        facets: {
          nominalTime: { nominalStartTime: '2024-01-01T00:00:00Z', nominalEndTime: '2024-01-08T00:00:00Z' },
          parent: { run: { runId }, job: { name: 'drift-detection:m' } },
        },
      },
      inputs: [
        {
          inputFacets: {
            dataQualityMetrics: { rowCount: 1000, columnMetrics: { x: { nullCount: 250 } } },
            dataQualityAssertions: {
              assertions: [
                {
                  assertion: 'reference:wasserstein',
                  column: 'x',
                  success: false,
                  severity: 'error',
                  actual: '0.5',
                },
              ],
            },
          },
        },
      ],
    });
    // Where the database is, but not who reads it.
    const { password, username } = new URL(test.url);
    const text = JSON.stringify(first);
    for (const secret of [password, `${username}@`]) if (secret !== '') expect(text).not.toContain(secret);
  });
});
