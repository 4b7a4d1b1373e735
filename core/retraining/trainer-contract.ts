/**
 * The one contract with trainers, in both directions, whatever their kind. docs/trainers.md tells of it in words,
 * docs/trainer.schema.json is made of it.
 */

import { z } from 'zod';

import { reasonOf, TidewatchError } from '../errors.ts';

const instant = z.iso.datetime().describe('UTC, for example 2011-05-20T00:00:00Z');
const window = z.object({ start: instant, end: instant.describe('not part of the window') });
const finite = z.number();

/** What the ids and the versions of a simulation begin with: so they are found, kept apart from what is served, and deleted. */
export const simulationPrefix = 'simulation-';

const requestSchema = z.object({
  retrainingId: z.string().min(1),
  model: z.string().min(1),
  purpose: z
    .enum(['retraining', 'simulation'])
    .describe(
      'of a simulation nothing is ever served, and its predictions are deleted as soon as they are read. It may be trained with ' +
        'less care. Its version must begin with `simulation-`, as its retrainingId does',
    ),
  training: window.describe('fit on the outcomes of this window only'),
  holdout: window.describe(
    'then predict every row of this window as the new version, logged with role `shadow`, before the answer `succeeded`',
  ),
  exclude: z
    .array(window)
    .describe('parts of `training` to leave out, for example because the data were broken'),
  specification: z
    .object({
      hash: z.string().min(1).describe('the same for the same rows to train on'),
      rows: z
        .int()
        .nonnegative()
        .describe('outcomes in `training` without `exclude`, when the retraining began'),
    })
    .optional(),
  callback: z
    .object({ url: z.url(), token: z.string().min(1) })
    .optional()
    .describe(
      'where `completion: callback` is written: POST the answer there with `Authorization: Bearer <token>`',
    ),
});

const version = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}]*$/u, 'must be without control characters')
  .describe(
    'of the new model, as it was logged with its predictions of the holdout; a new name for each training, in a simulation one ' +
      'that begins with `simulation-`',
  );

const answerSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('running'),
    progress: z.number().min(0).max(1).optional(),
    message: z.string().max(500).optional().describe('what it is doing, in a few words'),
  }),
  z.object({
    state: z.literal('succeeded'),
    version,
    featureImportances: z
      .record(z.string(), finite)
      .optional()
      .describe(
        'feature -> how much it matters to the new version, on any scale; below 0 counts as 0. Where it is left out, or names ' +
          'anything that is no feature of the monitor, importances are learned from outcomes instead',
      ),
    features: z
      .array(z.string().min(1))
      .optional()
      .describe('the names of the features that the new version takes'),
    metrics: z
      .record(z.string(), finite)
      .optional()
      .describe('what the trainer measured itself; recorded, not judged'),
    latencyMs: z
      .object({ p50: z.number().nonnegative(), p95: z.number().nonnegative() })
      .optional()
      .describe('of one prediction, for gates about latency'),
    cost: z.number().nonnegative().optional().describe('of this training, in the currency of the budget'),
    lineage: z
      .record(z.string(), z.unknown())
      .default({})
      .describe(
        'whatever tells how the version came to be, for example the commit of the code; stored with it',
      ),
  }),
  z.object({ state: z.literal('failed'), reason: z.string().min(1).max(4000) }),
]);

// Functions: what runs of workflows share is frozen (workflows/shared.ts), and zod keeps what it finds out of a schema in the schema.
/**
 * What a trainer is asked. The same `retrainingId` again, for the same model, must not train twice.
 *
 * @example Object.keys(trainingRequestSchema().shape).slice(0, 3) // ['retrainingId', 'model', 'purpose']
 */
export const trainingRequestSchema = (): typeof requestSchema => requestSchema;
/** What a trainer answers, at once or later. Anything beside these fields is ignored. */
export const trainingAnswerSchema = (): typeof answerSchema => answerSchema;

export type TrainingRequest = z.output<typeof requestSchema>;
export type TrainingAnswer = z.output<typeof answerSchema>;
export type TrainingRunning = Extract<TrainingAnswer, { state: 'running' }>;
export type TrainingSucceeded = Extract<TrainingAnswer, { state: 'succeeded' }>;

/** An answer is read up to this size: it passes through the history of a workflow. */
export const longestAnswerBytes = 256 * 1024;

/**
 * The answer of a trainer, from its JSON. `trainer` is who gave it, for the error.
 *
 * @example readTrainingAnswer('https://trainer.example.org', '{"state":"failed","reason":"no memory left"}').reason
 * // 'no memory left'
 * @throws TidewatchError `TRAINER_ANSWER_UNREADABLE`, not to be retried: it is no JSON (`NaN` is none), or of another shape
 */
export function readTrainingAnswer(trainer: string, text: string): TrainingAnswer {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    const reason = /\b(?:NaN|Infinity)\b/.test(text)
      ? 'it holds NaN or Infinity, which JSON does not have; leave out what is not a number'
      : reasonOf(error);
    throw unreadable(trainer, reason, { cause: error });
  }
  return decodeTrainingAnswer(trainer, data);
}

/**
 * The same from data that were JSON.
 *
 * @example decodeTrainingAnswer('the activity train', { state: 'running', progress: 0.5 }) // { state: 'running', progress: 0.5 }
 * @throws TidewatchError `TRAINER_ANSWER_UNREADABLE`
 */
export function decodeTrainingAnswer(trainer: string, data: unknown): TrainingAnswer {
  const parsed = answerSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw unreadable(trainer, `${problems.join('; ')}, in ${shortened(JSON.stringify(data) ?? String(data))}`);
}

function unreadable(trainer: string, reason: string, options?: { cause: unknown }): TidewatchError {
  return new TidewatchError('TRAINER_ANSWER_UNREADABLE', { trainer, reason }, options);
}

function shortened(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 300)}...`;
}
