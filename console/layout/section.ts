/** A part of a page under a heading, which names it for those who go from part to part. */

import { html, type Html, type Part } from '../html.ts';

export function section(id: string, title: string, content: Part): Html {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${content}
  </section>`;
}
