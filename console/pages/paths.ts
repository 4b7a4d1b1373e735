/** Where things are shown, as links have it. */

import { formatInstant, type Window } from '../../core/window.ts';

/** @example modelPath('a/b') // '/models/a%2Fb' */
export function modelPath(model: string): string {
  return `/models/${encodeURIComponent(model)}`;
}

/** The stored report of a drift run, with the distributions of every column. */
export function driftReportPath(model: string, { start, end }: Window): string {
  return `/reports/drift/${encodeURIComponent(model)}/${formatInstant(start)}/${formatInstant(end)}`;
}

export function runPath(workflowId: string, runId: string): string {
  return `/runs/${encodeURIComponent(workflowId)}/${encodeURIComponent(runId)}`;
}
