/** Where a column stands in a report, for links from elsewhere. */

import { html, type Html } from '../html.ts';

/**
 * What to write behind the `#` of a link to a column. The same in every report, wherever the column stands in it.
 *
 * @example columnAnchor('rain fall') // 'column-rain%20fall'
 */
export function columnAnchor(name: string): string {
  return `column-${encodeURIComponent(name)}`;
}

/** What such a link leads to. */
export function columnTarget({ name }: { readonly name: string }): Html {
  return html`<span id="${columnAnchor(name)}"></span>`;
}
