/** What a browser may do with a page of the console: nothing but show it, with what the console itself serves. */

import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

import { contentSecurityPolicy } from '../page.ts';
import type { Known } from './access/guard.ts';

/** No inline script, and no inline style: names that others gave cannot bring either, even if they got past the escaping. */
export function securityHeaders(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      scriptSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    referrerPolicy: 'same-origin',
    xFrameOptions: 'DENY',
    // Whoever terminates TLS says this of the whole host.
    strictTransportSecurity: false,
  });
}

/** Of reports and runbooks, which carry their style with them: nothing is loaded, run or sent. */
export const documentPolicy = `${contentSecurityPolicy}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Goes around the headers above: an answer may have a policy of its own. */
export const ownPolicy: MiddlewareHandler<Known> = async (c, next) => {
  await next();
  const policy = c.get('policy');
  if (policy !== undefined) c.header('content-security-policy', policy);
};
