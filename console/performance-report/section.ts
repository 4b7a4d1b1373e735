/** A part of the page, with its heading. */

import { html, type Html, type Part } from '../html.ts';
import type { Section } from './performance-report.ts';

/** What `draw` makes of the content; where there is none, the one line that says why. */
export function section<Content extends object>(
  id: string,
  title: string,
  content: Section<Content>,
  draw: (content: Content) => Part,
): Html {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${isAbsent(content) ? absent(content.absent) : draw(content)}
  </section>`;
}

/** Why something is not shown. */
export function absent(reason: string): Html {
  return html`<p class="muted">${reason}</p>`;
}

export function isAbsent<Content extends object>(
  content: Section<Content>,
): content is { readonly absent: string } {
  return 'absent' in content;
}
