/**
 * What every log line of a run says of it, and the line that ends it. An interceptor of each workflow: it adds nothing to histories, and
 * writes nothing while one is replayed.
 */

import type { WorkflowInterceptors } from '@temporalio/workflow';
import { log } from '@temporalio/workflow';

import type { Subject } from '../core/process/run-fields.ts';
import { subjectOf } from '../core/process/run-fields.ts';

// The sandbox has one of it for each workflow.
let subject: Subject = {};

/** Which model and window this run is about, as far as it is known. */
export function runSubject(): Subject {
  return subject;
}

/** From here on the lines of this run tell the window that it has found to be its own. */
export function tellWindow(window: string): void {
  subject = { ...subject, window };
}

export function interceptors(): WorkflowInterceptors {
  return {
    inbound: [
      {
        execute(input, next) {
          subject = subjectOf(input.args[0]);
          log.debug('run started');
          const run = next(input);
          // Beside the run, not behind it: what a run does must not wait for a turn more. The SDK tells of those that fail.
          run.then(
            (result) => log.info('run ended', verdictsOf(result)),
            () => {},
          );
          return run;
        },
      },
    ],
    outbound: [{ getLogAttributes: (attributes, next) => next({ ...attributes, ...subject }) }],
  };
}

/** Of the run, and of the quality of the data where the run has judged that besides: either may be bad while the other is not. */
function verdictsOf(result: unknown): { readonly verdict?: string; readonly dataQuality?: string } {
  const { verdict, quality } = (result ?? {}) as {
    readonly verdict?: unknown;
    readonly quality?: { readonly level?: unknown };
  };
  return {
    ...(typeof verdict === 'string' && { verdict }),
    ...(typeof quality?.level === 'string' && { dataQuality: quality.level }),
  };
}
