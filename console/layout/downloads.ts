/** Links to a chart as files. */

import { html, type Html } from '../html.ts';
import { withQuery } from './links.ts';

/**
 * @param what is drawn, for those who hear only the links
 * @param path of the drawing, without its extension
 */
export function downloads(
  what: string,
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
): Html {
  return html`<p class="downloads">
    ${(['png', 'svg', 'csv'] as const).map((format) => html`<a href="${withQuery(`${path}.${format}`, query)}" download aria-label="${what} as ${format.toUpperCase()}">${format.toUpperCase()}</a> `)}
  </p>`;
}
