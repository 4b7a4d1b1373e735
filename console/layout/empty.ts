/** Where there is nothing to show: why, and what to do next. */

import { html, type Html, type Part } from '../html.ts';

export interface EmptyState {
  /** What is not there. */
  readonly title: Part;
  readonly why?: Part;
  /** In their order. */
  readonly next?: readonly Part[];
}

export function emptyState({ title, why, next = [] }: EmptyState): Html {
  return html`<div class="nothing">
    <p class="what">${title}</p>
    ${why !== undefined && html`<p>${why}</p>`}
    ${
      next.length > 0 &&
      html`<ol>
        ${next.map((step) => html`<li>${step}</li>`)}
      </ol>`
    }
  </div>`;
}
