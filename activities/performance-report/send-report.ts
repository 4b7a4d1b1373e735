/** Sends a stored performance report to those who do not have it yet. */

import { ApplicationFailure } from '@temporalio/common';

import type { PerformanceReport } from '../../console/performance-report/performance-report.ts';
import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { parseWindow, type WindowText } from '../../core/window.ts';
import type { EmailChannel } from '../alerts/email.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findReport, findReportContent, reportPath, type ReportKey } from '../reports/store.ts';
import {
  claimRecipient,
  pendingRecipients,
  recordNotConfigured,
  recordSent,
  releaseRecipient,
} from './deliveries.ts';
import { reportEmail } from './email.ts';

type Dependencies = Pick<ActivityDependencies, 'database' | 'channels' | 'pagesUrl'>;

/**
 * Makes the activity `sendReport`. Each address is sent one message; where one fails, the others are sent theirs. A message may
 * be sent twice only when the process dies between sending and recording, and then with the same id.
 *
 * The activity throws retryable ApplicationFailures: `REPORT_NOT_SENT` when a message was not taken, or is under way
 * elsewhere; `REPORT_CHANNEL_NOT_CONFIGURED` without e-mail.
 */
export function createSendReport(
  deps: Dependencies,
): (report: { readonly model: string; readonly window: WindowText }) => Promise<{ readonly sent: number }> {
  const { database, channels } = deps;
  return async function sendReport({ model, window }) {
    const key: ReportKey = { kind: 'performance', model, window: parseWindow(window) };
    const addresses = await pendingRecipients(database, key);
    if (addresses.length === 0) return { sent: 0 };
    if (channels.email === undefined) {
      const error = new TidewatchError('REPORT_CHANNEL_NOT_CONFIGURED', { model });
      await recordNotConfigured(database, key, error.message);
      throw failureOf([error]);
    }
    const failures: TidewatchError[] = [];
    for (const address of addresses) {
      const failure = await sendTo(deps, channels.email, key, address);
      if (failure !== null) failures.push(failure);
    }
    if (failures.length > 0) throw failureOf(failures);
    return { sent: addresses.length };
  };
}

async function sendTo(
  { database, pagesUrl }: Dependencies,
  email: EmailChannel,
  key: ReportKey,
  address: string,
): Promise<TidewatchError | null> {
  const { model } = key;
  const claim = await claimRecipient(database, key, address);
  if (claim === null) {
    return new TidewatchError('REPORT_NOT_SENT', { model, reason: 'another process is sending it' });
  }
  try {
    const report = await findReportContent<PerformanceReport>(database, key);
    const html = await findReport(database, key);
    const url = `${pagesUrl}${reportPath(key)}`;
    await email.sendReport(
      { model, make: (domain) => reportEmail({ report: report!, html: html!, url, address }, domain) },
      address,
    );
  } catch (error) {
    const failure =
      error instanceof TidewatchError
        ? error
        : new TidewatchError('REPORT_NOT_SENT', { model, reason: reasonOf(error) }, { cause: error });
    await releaseRecipient(database, claim, failure.message);
    return failure;
  }
  await recordSent(database, claim);
  return null;
}

function failureOf(errors: readonly TidewatchError[]): ApplicationFailure {
  return ApplicationFailure.create({
    type: errors[0]!.code,
    message: [...new Set(errors.map(({ message }) => message))].join(' '),
    nonRetryable: false,
  });
}
