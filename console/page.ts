/** What all pages have in common: one file each, which needs neither network nor script. */

import { html, toMarkup, trusted, type Html } from './html.ts';
import { style } from './style.ts';

/** A browser loads and runs nothing from elsewhere, whatever a page holds. */
export const contentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * The text of an HTML file.
 *
 * @example page('Drift reports', html`<main><h1>Drift reports</h1></main>`) // '<!doctype html>...'
 */
export function page(title: string, body: Html): string {
  return toMarkup(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title}</title>
          <style>
            ${trusted(style)}
          </style>
        </head>
        <body>
          <div class="page">${body}</div>
        </body>
      </html> `,
  );
}
