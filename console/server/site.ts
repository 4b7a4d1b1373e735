/** What everything that answers a request needs: the dependencies of the console, its cookies, and how a page gets its frame. */

import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';

import { minuteMs } from '../../core/window.ts';
import type { Database, Queryable } from '../../sql/database.ts';
import { renderFrame, type Frame } from '../layout/frame.ts';
import { themeOf } from '../layout/theme.ts';
import type { Cookies } from './access/cookies.ts';
import type { Known } from './access/guard.ts';
import { openLimit, type Limit } from './access/limit.ts';
import type { Access } from './access/roles.ts';
import type { ConsoleActions } from './actions.ts';
import { readAssetVersion } from './assets.ts';
import { openRefusals, type Refusals } from './audit.ts';
import type { Problem } from './problems.ts';
import type { AskTemporal } from './temporal-now.ts';
import { pathOf } from './request.ts';
import { openSchemaCheck } from './schema-check.ts';
import { themeCookie } from './theme-cookie.ts';

export interface ConsoleDependencies {
  readonly database: Database;
  readonly access: Access;
  /** The console as people reach it, where that is not where it listens. */
  readonly publicUrl?: string;
  readonly temporalUiUrl: string;
  readonly actions: ConsoleActions;
  readonly askTemporal: AskTemporal;
  /** Stored reports and runbooks: pages of their own, by their path. */
  readonly documents: (path: string, connection: Queryable) => Promise<Document | undefined>;
  /** The PNG of an SVG. */
  readonly pngOf: (svg: string) => Uint8Array;
  readonly now: () => number;
  /** Takes what was not foreseen. */
  readonly log: (error: unknown) => void;
}

export interface Document {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

type Content = Omit<Frame, 'theme' | 'assetVersion' | 'path' | 'canSignOut'>;

export interface Site extends ConsoleDependencies {
  readonly cookies: Cookies;
  /** Sign-ins that have failed, by address. */
  readonly guesses: Limit;
  readonly refusals: Refusals;
  /** See `openSchemaCheck`. */
  readonly checkSchema: ReturnType<typeof openSchemaCheck>;
  readonly respond: (c: Context<Known>, content: Content, status?: Problem['status'] | 200) => Response;
  readonly respondProblem: (c: Context<Known>, problem: Problem) => Response;
}

export async function openSite(dependencies: ConsoleDependencies): Promise<Site> {
  const { access, database, now, publicUrl } = dependencies;
  const assetVersion = await readAssetVersion();
  const respond: Site['respond'] = (c, content, status = 200) => {
    c.header('cache-control', 'private, no-cache');
    const theme = themeOf(getCookie(c, themeCookie));
    const canSignOut = access.everybody === undefined && content.viewer !== undefined;
    return c.html(
      renderFrame({ ...content, theme, assetVersion, path: pathOf(c), ...(canSignOut && { canSignOut }) }),
      status,
    );
  };
  return {
    ...dependencies,
    cookies: { secret: access.cookieSecret, isSecure: publicUrl?.startsWith('https:') ?? false },
    guesses: openLimit({ burst: 10, everyMs: minuteMs }),
    refusals: openRefusals(database),
    checkSchema: openSchemaCheck(database, now),
    respond,
    respondProblem: (c, { title, main, status }) => {
      // Unset where the problem came before it was known who looks.
      const viewer = c.get('viewer') as Known['Variables']['viewer'] | undefined;
      return respond(c, { title, main, ...(viewer && { viewer }) }, status);
    },
  };
}
