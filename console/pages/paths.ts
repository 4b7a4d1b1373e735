/** Where things are shown, as links have it. */

import { formatInstant, type Window } from '../../core/window.ts';

/** @example modelPath('a/b') // '/models/a%2Fb' */
export function modelPath(model: string): string {
  return `/models/${encodeURIComponent(model)}`;
}

/** A stored report, as the endpoint of the worker has it, too. */
export function reportPath(kind: 'drift' | 'performance', model: string, { start, end }: Window): string {
  return `/reports/${kind}/${encodeURIComponent(model)}/${formatInstant(start)}/${formatInstant(end)}`;
}

/** A column in the drift run of a window. */
export function columnDriftPath(model: string, { start, end }: Window, column: string): string {
  return `${modelPath(model)}/drift/${formatInstant(start)}/${formatInstant(end)}/${encodeURIComponent(column)}`;
}

/** A run of a model; a person may have chosen any workflow id. */
export function runPath(model: string, workflowId: string, runId: string): string {
  const query = workflowId.includes(`:${model}`) ? '' : `?model=${encodeURIComponent(model)}`;
  return `/runs/${encodeURIComponent(workflowId)}/${encodeURIComponent(runId)}${query}`;
}

export function monitorPath(model: string): string {
  return `/monitors/${encodeURIComponent(model)}`;
}

/** @example alertPath('drift:bike-demand:air temperature') // '/alerts/drift%3Abike-demand%3Aair%20temperature' */
export function alertPath(alertKey: string): string {
  return `/alerts/${encodeURIComponent(alertKey)}`;
}

/** @example retrainingPath('m', '2011-04-27T03:40:00Z') // '/retrainings/m/2011-04-27T03%3A40%3A00Z' */
export function retrainingPath(model: string, retrainingId: string): string {
  return `/retrainings/${encodeURIComponent(model)}/${encodeURIComponent(retrainingId)}`;
}
