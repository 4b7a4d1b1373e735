/** Who fits a challenger when asked, as people write it under `retraining.trainer:`. */

import { z } from 'zod';

import { durationLike } from '../monitor/fields.ts';

const timeout = durationLike('6h')
  .default('6h')
  .describe('How long a training may take before it counts as failed.');

export const httpAddress = z.url({
  protocol: /^https?$/,
  message: 'write an http(s) URL, for example http://127.0.0.1:8080',
});

/**
 * The name of an environment variable of the worker, or of the `<NAME>_FILE` that names a file: secrets are not stored. Others
 * than these would give the worker's own secrets to whoever writes a monitor.
 */
const fromEnvironment = z.strictObject({
  env: z
    .string()
    .regex(/^TRAINER_[A-Z0-9_]+$/, 'write the name of an environment variable that begins with TRAINER_')
    .describe(
      'The name of an environment variable of the worker (or <NAME>_FILE, which names a file): secrets are not stored.',
    ),
});

/** A program and its arguments; no shell reads them. */
export const commandLine = z.array(z.string().min(1)).min(1);

const http = z.strictObject({
  kind: z.literal('http').optional().default('http'),
  url: httpAddress.describe('Where it answers.'),
  completion: z
    .enum(['poll', 'callback'])
    .default('poll')
    .describe('poll: Tidewatch keeps asking; callback: the trainer calls when it is done.'),
  poll: z
    .string()
    .regex(/^\d+(ms|s|m)$/, 'write for example "500ms", "10s" or "1m"')
    .default('10s')
    .describe('How long to wait between two polls.'),
  timeout,
  headers: z.record(z.string().min(1), fromEnvironment).default({}).describe('Sent with each request.'),
});

const temporal = z
  .strictObject({
    kind: z.literal('temporal'),
    taskQueue: z.string().min(1).describe('Where its worker listens.'),
    workflow: z.string().min(1).optional().describe('The type of a workflow on that task queue.'),
    activity: z.string().min(1).optional().describe('Or of an activity.'),
    heartbeat: durationLike('1m', 's, m or h')
      .optional()
      .describe(
        'An activity without a heartbeat for this long is lost with its worker, and is started again. By default not checked.',
      ),
    timeout,
  })
  .superRefine(({ workflow, activity }, context) => {
    if ((workflow === undefined) !== (activity === undefined)) return;
    const message =
      workflow === undefined ? 'is missing; write it, or activity' : 'stands beside activity; remove one';
    context.addIssue({ code: 'custom', path: ['workflow'], message });
  });

const command = z.strictObject({
  kind: z.literal('command'),
  command: commandLine.describe('A program and its arguments; no shell reads them.'),
  directory: z.string().min(1).optional().describe('Where it runs; by default where the worker runs.'),
  timeout,
  attempts: z.int().min(1).max(10).default(1).describe('How often it is tried.'),
});

export const trainerSchema = z.discriminatedUnion('kind', [http, temporal, command]);

export type TrainerSettings = z.output<typeof trainerSchema>;
