/** Where an alert leads. */

import { alertPath } from '../../console/pages/paths.ts';
import type { AlertKind } from '../../core/alert/alert.ts';
import type { AlertMessage } from '../../core/alert/message.ts';
import { runbookLabel, runbookOf } from '../../core/alert/runbooks.ts';
import type { LatestTrouble } from '../../core/alert/stored-alert.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export type Addresses = Pick<ActivityDependencies, 'temporalUi' | 'pagesUrl' | 'runbooksUrl' | 'consoleUrl'>;

interface Linked extends Pick<LatestTrouble, 'links' | 'workflowId' | 'runId'> {
  readonly alertKey: string;
  readonly kind: AlertKind;
}

/** To its pages, to the console where there is one, to the run that has seen it, and to the runbook. */
export function alertLinks(
  { alertKey, kind, links, workflowId, runId }: Linked,
  { temporalUi, pagesUrl, runbooksUrl, consoleUrl }: Addresses,
): AlertMessage['links'] {
  const run = `${encodeURIComponent(workflowId)}/${encodeURIComponent(runId)}`;
  return [
    ...links.map(({ label, path }) => ({ label, url: `${pagesUrl}${path}` })),
    ...(consoleUrl === undefined
      ? []
      : [{ label: 'Open the alert', url: `${consoleUrl}${alertPath(alertKey)}` }]),
    { label: 'Open the run in Temporal', url: `${temporalUi}/workflows/${run}/history` },
    { label: runbookLabel, url: `${runbooksUrl}/${runbookOf(kind)}` },
  ];
}
