/** A part of a page under a heading, which names it for those who go from part to part. */

import { html, type Html, type Part } from '../html.ts';

export function section(id: string, title: string, content: Part): Html {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${content}
  </section>`;
}

/**
 * One that is taken anew every few seconds while somebody looks: this is where a backfill is watched.
 *
 * @param path of a page that has this part, and as little else as may be
 */
export function liveSection(id: string, title: string, path: string, content: Part): Html {
  return html`<section id="${id}-now" data-live="${path}" aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${content}
  </section>`;
}
