/** Links that change a part of the query of a page: another order, the next page. */

import { html, type Html } from '../html.ts';
import { formatCount } from '../numbers.ts';

/**
 * A path with other values in its query; undefined removes one.
 *
 * @example withQuery('/?sort=name&page=3', { sort: 'alerts', page: undefined }) // '/?sort=alerts'
 */
export function withQuery(path: string, changes: Readonly<Record<string, string | undefined>>): string {
  const [pathname = '/', search = ''] = path.split('?', 2);
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? pathname : `${pathname}?${text}`;
}

/** The head of a column that the rows can be ordered by. Another order begins at its first page. */
export function sortHead(
  name: string,
  { sort, current, path }: { readonly sort: string; readonly current: string; readonly path: string },
): Html {
  const isCurrent = sort === current;
  return html`<th
    scope="col"
    ${isCurrent && html`aria-sort="${sort === 'model' ? 'ascending' : 'descending'}"`}
  >
    <a class="sort" href="${withQuery(path, { sort, page: undefined })}"
      >${name}${isCurrent && html` <span aria-hidden="true">${sort === 'model' ? '▴' : '▾'}</span>`}</a
    >
  </th>`;
}

export interface Pages {
  /** From 1 on. */
  readonly page: number;
  readonly size: number;
  /** Of all pages together. */
  readonly count: number;
  /** There are more than were counted. */
  readonly isMore?: true;
}

/** How many pages there are: at least one. */
export function pageCount({ size, count }: Pick<Pages, 'size' | 'count'>): number {
  return Math.max(1, Math.ceil(count / size));
}

/** Which part is shown, and links to those beside it; nothing where all fits on one. */
export function pager(pages: Pages, path: string): Html | undefined {
  const last = pageCount(pages);
  if (last === 1) return undefined;
  const { page, size, count, isMore } = pages;
  const to = (target: number, name: string): Html | false =>
    target >= 1 &&
    target <= last &&
    html`<a href="${withQuery(path, { page: String(target) })}" rel="${target < page ? 'prev' : 'next'}"
      >${name}</a
    >`;
  return html`<nav class="pager" aria-label="Pages of the list">
    ${to(page - 1, '‹ Previous')}
    <span
      >${formatCount((page - 1) * size + 1)} to ${formatCount(Math.min(count, page * size))} of
      ${isMore && 'more than '}${formatCount(count)}</span
    >
    ${to(page + 1, 'Next ›')}
  </nav>`;
}

/** The page that a query names: 1 for anything that is not a page. */
export function pageOf(query: URLSearchParams): number {
  const text = query.get('page') ?? '';
  return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : 1;
}
