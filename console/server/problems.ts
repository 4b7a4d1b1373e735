/** What is shown in the place of a page. */

import { TidewatchError, type ErrorCode } from '../../core/errors.ts';
import { formatDay } from '../../core/window.ts';
import { codeText } from '../code-text.ts';
import { html, type Html } from '../html.ts';
import { emptyState } from '../layout/empty.ts';
import type { Role, Viewer } from './access/roles.ts';

export interface Problem {
  readonly status: 400 | 403 | 404 | 429 | 500 | 503;
  readonly title: string;
  readonly main: Html;
}

const away = new Set<ErrorCode>([
  'SCHEMA_BEHIND',
  'SCHEMA_AHEAD',
  'MIGRATION_CHANGED',
  'POSTGRES_UNREACHABLE',
  'POSTGRES_PASSWORD_MISSING',
  'CONSOLE_TEAMS_TOGETHER',
]);

/** The page for an error; `foreseen` is false where somebody should look into the log. */
export function problemOf(error: unknown): Problem & { readonly foreseen: boolean } {
  if (error instanceof TidewatchError && away.has(error.code)) {
    const title = error.code.startsWith('POSTGRES')
      ? 'The database does not answer'
      : 'The database and this console do not fit';
    return { ...problem(503, title, error.message), foreseen: true };
  }
  if (isCancelledByTime(error)) {
    const said = 'The database took too long over this page. Try it again, or look at a shorter time.';
    return { ...problem(503, 'This takes too long', said), foreseen: true };
  }
  return {
    ...problem(500, 'This page could not be made', 'It was not foreseen; the log of the console says more.'),
    foreseen: false,
  };
}

export function notFound(): Problem {
  return {
    status: 404,
    title: 'There is no such page',
    main: html`<h1>There is no such page</h1>
      ${emptyState({
        title: 'What it was about may have been deleted, or its name has another spelling.',
        next: [html`See <a href="/">all models</a>.`],
      })}`,
  };
}

/** In the place of a page of a model that was taken out of the database. */
export function forgotten(model: string, at: number): Problem {
  return {
    status: 404,
    title: `${model} was forgotten`,
    main: html`<h1>${model} was forgotten</h1>
      ${emptyState({
        title: html`On ${formatDay(at)} everything that was stored of it was deleted.`,
        next: [html`See <a href="/">all models</a>.`],
      })}`,
  };
}

export function forbidden(said: string): Problem {
  return problem(403, 'This is not allowed', said);
}

/** Why somebody may not look at a page or act, where it is for others. */
export function refusalOf({ name, role }: Viewer, needed: Role | undefined): Problem | undefined {
  return needed === 'operator' && role !== 'operator'
    ? forbidden(`${name} may look, but not act. Sign in as an operator.`)
    : undefined;
}

function problem(status: Problem['status'], title: string, said: string): Problem {
  return {
    status,
    title,
    main: html`<h1>${title}</h1>
      ${emptyState({ title: codeText(said) })}`,
  };
}

/** Postgres: `query_canceled`, which a statement timeout is. */
function isCancelledByTime(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === '57014';
}
