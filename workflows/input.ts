/** The one JSON object that each workflow takes, from a schedule or typed into the Temporal UI. */

import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { z } from 'zod';

import { TidewatchError } from '../core/errors.ts';
import { formatInstant, parseInstant } from '../core/window.ts';
import { inputExamples, inputSchemasOf, type WorkflowInput, type WorkflowName } from './input-schemas.ts';

const schemas = inputSchemasOf(() => workflowInfo().startTime.getTime());

/**
 * The input of a workflow, checked.
 *
 * @throws ApplicationFailure (non-retryable, type `INVALID_INPUT`) that lists every problem and shows a right input
 */
export function decodeInput<Name extends WorkflowName>(workflow: Name, input: unknown): WorkflowInput<Name> {
  const expected = { name: workflow, schema: schemas[workflow], example: inputExamples[workflow] };
  return decodeWith(expected, input) as WorkflowInput<Name>;
}

/** What is typed for a workflow, or for an update of one. */
interface Expected<Schema extends z.ZodType> {
  readonly name: string;
  readonly schema: Schema;
  readonly example: object;
}

/** The same for anything that is typed. */
export function decodeWith<Schema extends z.ZodType>(
  { name, schema, example }: Expected<Schema>,
  input: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const path = issue.path.join('.');
    return `${path === '' ? '' : `${path}: `}${issue.message}.`.replace('..', '.');
  });
  const error = new TidewatchError('INVALID_INPUT', {
    workflow: name,
    problems: problems.join(' '),
    example: JSON.stringify(example),
  });
  const failure = ApplicationFailure.nonRetryable(error.message, error.code);
  // The Temporal UI shows it below the message: to whoever typed the input it says nothing.
  failure.stack = '';
  throw failure;
}

/** The instant that a run speaks for: given, or the nominal time of its schedule, or the time it was started. */
export function asOfOf(input: { readonly asOf?: string | undefined }): string {
  if (input.asOf !== undefined) return formatInstant(parseInstant(input.asOf));
  const scheduled = workflowInfo().searchAttributes['TemporalScheduledStartTime']?.[0];
  const start = scheduled instanceof Date ? scheduled : workflowInfo().startTime;
  return formatInstant(start.getTime());
}
