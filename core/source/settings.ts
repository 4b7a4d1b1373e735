/** What a monitor says about rows that stay where they are, under `source:`: a table or view of Postgres, or Parquet files. */

import { z } from 'zod';

import { calendarDay, durationLike, timeZone } from '../monitor/fields.ts';

const name = z.string().min(1).max(200);

/** A column, or one value for all rows. */
const origin = z.union([name, z.strictObject({ value: name.describe('One value for all rows.') })]);
export type Origin = z.output<typeof origin>;

/** What stands behind the variables of one of several: `warehouse` is in SOURCE_DATABASE_URL_WAREHOUSE. */
const place = (variable: string) =>
  z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]{0,40}$/,
      `write the name in ${variable}_<NAME> in lower-case letters, digits and "-"`,
    );

const rows = {
  table: z
    .string()
    .regex(/^[^.]{1,63}(\.[^.]{1,63})?$/, 'write a table or view, for example scoring.scores')
    .refine((table) => !/^(pg_|information_schema\.)/.test(table), 'name a table or view of your own')
    .optional()
    .describe('A table or view of Postgres, with its schema if not in the search path.'),
  database: place('SOURCE_DATABASE_URL')
    .optional()
    .describe(
      'The database of the table, by the name of a variable: warehouse is the one in SOURCE_DATABASE_URL_WAREHOUSE. By default SOURCE_DATABASE_URL, or else DATABASE_URL.',
    ),
  parquet: z
    .string()
    .regex(
      /^(s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/.*)?|(?!.*:\/\/|\/).+)$/,
      'write a folder in SOURCE_DIRECTORY, for example scores, or one of a bucket, for example s3://lake/scores',
    )
    .refine((folder) => !folder.split('/').includes('..'), 'name a folder without ".."')
    .optional()
    .describe(
      'A folder of Parquet files, subfolders included: in SOURCE_DIRECTORY, or of a bucket (s3://bucket/folder).',
    ),
  store: place('SOURCE_S3_ENDPOINT')
    .optional()
    .describe('The store of the bucket: lake is the one at SOURCE_S3_ENDPOINT_LAKE.'),
  timeZone: timeZone.optional().describe('The zone of times stored without one.'),
  since: calendarDay.optional().describe('Rows of events before this day are not read.'),
  changed: name
    .optional()
    .describe(
      'For a table: the column that says when a row was written or last changed. With it, a run reads what changed since the one before; it needs an index.',
    ),
  overlap: durationLike('1h', 's, m, h, d or w')
    .default('1h')
    .describe(
      'How far before the newest change a run rereads: as long as a transaction that writes rows may take.',
    ),
  reread: durationLike('7d', 's, m, h, d or w')
    .default('7d')
    .describe(
      'For a table without `changed`: each run checks the hours of event time up to this old, and reads those that changed.',
    ),
};

const predictionColumns = z.strictObject({
  entity: origin.describe('What a row is about.'),
  event_time: name.describe('What instant it is about.'),
  version: origin.describe('The version of the model that made it.'),
  prediction: name.describe('The predicted number or class.'),
  issued_at: name.optional().describe('When it was made; by default the event time.'),
  role: origin.optional().describe('serving or shadow; by default serving.'),
  interval_low: name.optional().describe('The lower end of its interval.'),
  interval_high: name.optional().describe('The upper end.'),
});

const actualColumns = z.strictObject({
  entity: origin.describe('What a row is about.'),
  event_time: name.describe('What instant it is about.'),
  actual: name.describe('The observed number or class; rows without one are left out.'),
  recorded_at: name
    .optional()
    .describe('When it became known; by default when Tidewatch first read this value.'),
});

const predictionSource = z.strictObject({
  ...rows,
  columns: predictionColumns.describe('Which column is what.'),
  features: z.record(z.string(), name).default({}).describe('The column of a feature, if its name differs.'),
  probabilities: z
    .record(z.string(), name)
    .default({})
    .describe(
      'For classification: the column with the probability of a class. With two classes, one is enough.',
    ),
});

const actualSource = z.strictObject({
  ...rows,
  columns: actualColumns.describe('Which column is what.'),
});

export const sourceSchema = z
  .strictObject({
    predictions: predictionSource.optional().describe('Where predictions are, with their features.'),
    actuals: actualSource
      .optional()
      .describe('Where actuals are: the same table again if they are in the rows of the predictions.'),
  })
  .refine(({ predictions, actuals }) => predictions !== undefined || actuals !== undefined, {
    message: 'name where predictions or actuals are',
  });

export type SourceSettings = z.output<typeof sourceSchema>;
export type PredictionSource = z.output<typeof predictionSource>;
export type ActualSource = z.output<typeof actualSource>;

/**
 * What is wrong with a source beside each of its keys; nothing where all is well.
 *
 * @example
 * const columns = { entity: 'house', event_time: 'at', version: { value: '7' }, prediction: 'guess' };
 * sourceProblems(sourceSchema.parse({ predictions: { columns } }), { features: {} })
 * // [{ path: ['predictions'], message: 'name either a table or a folder as parquet' }]
 */
export function sourceProblems(
  source: SourceSettings,
  monitor: {
    readonly features: Readonly<Record<string, unknown>>;
    readonly classes?: readonly string[] | undefined;
  },
): { readonly path: readonly string[]; readonly message: string }[] {
  const problems: { path: string[]; message: string }[] = [];
  for (const stream of ['predictions', 'actuals'] as const) {
    const rows = source[stream];
    if (rows === undefined) continue;
    const says = (key: string, message: string): void => {
      problems.push({ path: [stream, key], message });
    };
    if ((rows.table === undefined) === (rows.parquet === undefined))
      problems.push({ path: [stream], message: 'name either a table or a folder as parquet' });
    if (rows.table === undefined && rows.database !== undefined) says('database', 'is for a table');
    if (rows.table === undefined && rows.changed !== undefined)
      says('changed', 'is for a table; of files it is seen which have changed');
    if (rows.store !== undefined && rows.parquet?.startsWith('s3://') !== true)
      says('store', 'is for a folder of a bucket (s3://bucket/folder)');
  }
  for (const feature of Object.keys(source.predictions?.features ?? {}))
    if (!Object.hasOwn(monitor.features, feature))
      problems.push({
        path: ['predictions', 'features', feature],
        message: 'is not a feature of this monitor; write <feature>: <column>',
      });
  for (const name of Object.keys(source.predictions?.probabilities ?? {}))
    if (monitor.classes?.includes(name) !== true)
      problems.push({ path: ['predictions', 'probabilities', name], message: 'is not one of classes' });
  return problems;
}
