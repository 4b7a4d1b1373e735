/** Who is told. */

import type { AlertRoute } from '../monitor/schema.ts';
import type { Severity } from './alert.ts';

export interface Recipient {
  readonly channel: 'slack' | 'email';
  /** E-mail addresses joined by ", ", or the name of a Slack webhook; there is one webhook, `default`. */
  readonly recipient: string;
}

/** The one Slack webhook. Its URL is a secret and stays in the configuration. */
const defaultWebhook = 'default';

/**
 * Who is told of an alert of these severities? Each e-mail route is one message to all its addresses; an address that
 * an earlier route has named already is left out of the later ones. No fitting route gives nobody.
 *
 * @example recipientsOf([{ severity: ['critical'], slack: true, email: ['a@example.org', 'b@example.org'] }], 'critical')
 * // [{ channel: 'slack', recipient: 'default' }, { channel: 'email', recipient: 'a@example.org, b@example.org' }]
 */
export function recipientsOf(
  routes: readonly AlertRoute[],
  ...severities: readonly Severity[]
): readonly Recipient[] {
  const fitting = routes.filter((route) => route.severity.some((severity) => severities.includes(severity)));
  const told = new Set<string>();
  const emails = fitting.flatMap((route): Recipient[] => {
    // The part before the @ is case-sensitive on paper; no mail system in use tells it apart.
    const addresses = route.email.filter(
      (address) => !told.has(address.toLowerCase()) && told.add(address.toLowerCase()),
    );
    return addresses.length === 0 ? [] : [{ channel: 'email', recipient: addresses.join(', ') }];
  });
  const slack = fitting.some((route) => route.slack);
  return [...(slack ? [{ channel: 'slack', recipient: defaultWebhook } as const] : []), ...emails];
}
