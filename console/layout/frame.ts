/** The frame of every page: navigation, theme, who looks. */

import { codeText } from '../code-text.ts';
import { html, toMarkup, trusted, type Html, type Part } from '../html.ts';
import type { Viewer } from '../server/access/roles.ts';
import type { Notice } from '../server/access/notice.ts';
import { sections, type Section, type SectionName } from './navigation.ts';
import { themeSwitch, type Theme } from './theme.ts';

export interface Frame {
  readonly title: string;
  readonly main: Html;
  readonly theme: Theme;
  /** With the query: where the theme switch comes back to. */
  readonly path: string;
  /** Absent where nobody has signed in: then there is no navigation either. */
  readonly viewer?: Viewer;
  /** Absent where there is nothing to sign out of. */
  readonly canSignOut?: true;
  /** The part of the navigation that is shown. */
  readonly section?: SectionName;
  readonly notice?: Notice;
  /** Part of the addresses of style sheet and script: another version is loaded anew. */
  readonly assetVersion: string;
}

/** The text of a page of the console. */
export function renderFrame(frame: Frame): string {
  const { title, main, theme, assetVersion, viewer, notice } = frame;
  return toMarkup(
    html`<!doctype html>
      <html lang="en" ${theme !== 'auto' && trusted(`data-theme="${theme}"`)}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title} · Tidewatch</title>
          <link rel="stylesheet" href="/assets/console.css?v=${assetVersion}" />
          <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
          <script src="/assets/console.js?v=${assetVersion}" defer></script>
        </head>
        <body>
          <a class="skip" href="#main">Skip to the content</a>
          <header class="top">
            <a class="brand" href="/">Tidewatch</a>
            ${viewer !== undefined && navigation(viewer, frame.section)}
            <div class="me">
              ${viewer !== undefined && whoLooks(viewer, frame.canSignOut)} ${themeSwitch(theme, frame.path)}
            </div>
          </header>
          <main id="main" tabindex="-1">${notice !== undefined && noticeText(notice)} ${main}</main>
        </body>
      </html> `,
  );
}

function navigation({ role: has }: Viewer, current: SectionName | undefined): Html {
  const shown = Object.entries<Section>(sections).filter(
    ([, { role }]) => role === undefined || role === has,
  );
  return html`<nav aria-label="Parts of the console">
    <ul>
      ${shown.map(
        ([section, { name, path }]) =>
          html`<li><a href="${path}" ${section === current && html`aria-current="true"`}>${name}</a></li>`,
      )}
    </ul>
  </nav>`;
}

function whoLooks({ name, role }: Viewer, canSignOut: true | undefined): Part {
  return [
    html`<span class="viewer" title="${role}"><bdi>${name}</bdi><span class="hidden">, ${role}</span></span>`,
    canSignOut && html`<form method="post" action="/logout"><button class="plain">Sign out</button></form>`,
  ];
}

function noticeText({ level, text }: Notice): Html {
  return html`<p class="notice ${level}" role="status">${codeText(text)}</p>`;
}
