/** What is allowed in routes and hardly meant. */

import { durationMs } from '../window.ts';
import type { Route } from './route-settings.ts';
import { mailboxesOf } from './routes.ts';

/**
 * What is odd about routes that are written below each other? A sentence each, with the place of the route from 1; none where all is
 * well. A route that is only named counts as a place.
 *
 * @example routeWarnings([routeSchema.parse({ slack: true }), routeSchema.parse({ severity: ['critical'], pagerduty: true })])
 * // ['route 2 takes no alert: route 1 takes all that it fits; write it above, or continue: true in route 1']
 */
export function routeWarnings(routes: readonly (Route | string)[]): readonly string[] {
  return routes.flatMap((route, index): string[] => {
    if (typeof route === 'string') return [];
    const name = `route ${index + 1}`;
    const before = routes.findIndex((other, place) => place < index && takesAllOf(other, route)) + 1;
    return [
      ...(before === 0
        ? []
        : [
            `${name} takes no alert: route ${before} takes all that it fits; write it above, or continue: true in route ${before}`,
          ]),
      ...(mailboxesOf(route).length === 0 ? [`${name} tells nobody: it has no channel`] : []),
      ...(route.digest !== undefined && (route.pagerduty !== false || route.alertmanager !== false)
        ? [`${name}: its digest is not for PagerDuty and Alertmanager, which get each alert at once`]
        : []),
    ];
  });
}

function takesAllOf(other: Route | string, { severity, unacknowledgedFor }: Route): boolean {
  return (
    typeof other !== 'string' &&
    !other.continue &&
    waitMs(unacknowledgedFor) === waitMs(other.unacknowledgedFor) &&
    [other.kind, other.model, other.labels].every((given) => given === undefined) &&
    other.hours?.otherwise !== 'skip' &&
    severity.every((one) => other.severity.includes(one))
  );
}

/** Routes are asked once for each wait: only those that wait for the same take alerts from each other. */
function waitMs(unacknowledgedFor: string | undefined): number | undefined {
  return unacknowledgedFor === undefined ? undefined : durationMs(unacknowledgedFor);
}
