/** The one JSON object that each workflow takes, from a schedule or typed into the Temporal UI. */

import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';

import type { AlertChangeName } from '../core/alert/change.ts';
import { TidewatchError } from '../core/errors.ts';
import type { RetrainingChangeName } from '../core/retraining/change.ts';
import { formatInstant, parseInstant } from '../core/window.ts';
import { checkUpdate, updateExamples, type AlertUpdateRequest } from './alert-updates.ts';
import type { Checked } from './checked.ts';
import { checkInput, inputExamples, type WorkflowInput, type WorkflowName } from './input-schemas.ts';
import { checkRequest, requestExamples, type RetrainingRequest } from './retraining-updates.ts';

/**
 * The input of a workflow, checked.
 *
 * @throws ApplicationFailure (non-retryable, type `INVALID_INPUT`) that lists every problem and shows a right input
 */
export function decodeInput<Name extends WorkflowName>(workflow: Name, input: unknown): WorkflowInput<Name> {
  const checked = checkInput(workflow, input, workflowInfo().startTime.getTime());
  return decoded(workflow, checked, inputExamples[workflow]);
}

/** The same for the object of an update of an alert. */
export function decodeUpdate<Name extends AlertChangeName>(
  name: Name,
  request: unknown,
): AlertUpdateRequest<Name> {
  return decoded(name, checkUpdate(name, request), updateExamples[name]);
}

/** The same for the object of an update of a retraining. */
export function decodeRequest(name: RetrainingChangeName, request: unknown): RetrainingRequest {
  return decoded(name, checkRequest(name, request), requestExamples[name]);
}

function decoded<T>(name: string, checked: Checked<T>, example: object): T {
  if ('data' in checked) return checked.data;
  const problems = checked.problems.map(({ field, reason }) =>
    `${field === '' ? '' : `${field}: `}${reason}.`.replace('..', '.'),
  );
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
