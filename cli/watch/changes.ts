/** What has changed between two looks at the models, a line each. */

import { formatInstant } from '../../core/window.ts';
import { driftText } from '../../core/degradation/headline.ts';
import { pauseState } from '../../core/process/pauses.ts';
import type { ModelStatus } from '../status/read-status.ts';

/**
 * The lines that a log gets: at the first look how each model stands, then what is different.
 *
 * @param at of the second look, in epoch milliseconds
 */
export function changeLines(
  before: readonly ModelStatus[] | undefined,
  after: readonly ModelStatus[],
  at: number,
): readonly string[] {
  const line = (model: string, text: string): string => `${formatInstant(at)} ${model}: ${text}`;
  if (before === undefined)
    return after.map((status) => line(status.model, Object.values(factsOf(status)).join(', ')));
  const known = new Map(before.map((status) => [status.model, status]));
  const gone = before.filter(({ model }) => !after.some((status) => status.model === model));
  return [
    ...after.flatMap((status) => {
      const former = known.get(status.model);
      if (former === undefined) return [line(status.model, 'is watched now')];
      const [was, is] = [factsOf(former), factsOf(status)];
      const changed = (Object.keys(is) as (keyof Facts)[]).filter((name) => was[name] !== is[name]);
      return [
        ...changed.map((name) => line(status.model, `${is[name]} (was: ${was[name]})`)),
        ...alertChanges(former, status).map((text) => line(status.model, text)),
      ];
    }),
    ...gone.map(({ model }) => line(model, 'is no longer watched')),
  ];
}

interface Facts {
  readonly verdict: string;
  readonly drift: string;
  readonly champion: string;
  readonly schedules: string;
}

function factsOf({ headline, drift, champion, pause, schedules }: ModelStatus): Facts {
  return {
    verdict: `verdict ${headline.level}`,
    drift:
      drift === null
        ? 'drift not looked at yet'
        : driftText({ dataset: drift.level, columns: drift.columns }),
    champion: `champion ${champion?.version ?? 'none'}`,
    schedules: `schedules ${pauseState(pause, schedules)}`,
  };
}

function alertChanges(before: ModelStatus, after: ModelStatus): string[] {
  const known = new Map(before.alerts.map((alert) => [alert.alertKey, alert]));
  const open = new Set(after.alerts.map(({ alertKey }) => alertKey));
  return [
    ...after.alerts.flatMap(({ alertKey: key, state, severity, summary }) => {
      const former = known.get(key);
      if (former === undefined) return [`alert ${key}, ${severity}: ${summary}`];
      if (former.state !== state || former.severity !== severity)
        return [`alert ${key} is ${state}, ${severity}`];
      return [];
    }),
    ...before.alerts.flatMap(({ alertKey: key }) => (open.has(key) ? [] : [`alert ${key} is over`])),
  ];
}
