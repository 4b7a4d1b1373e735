/** The pages of the runbooks. */

import { html } from './html.ts';
import { markdownHtml } from './markdown.ts';
import { page } from './page.ts';

/** Where the runbooks are listed. */
const runbookListPath = '/runbooks';

/**
 * A runbook as the text of one HTML file. Those that it names are links; other files of the repository, which no page shows, are named.
 *
 * @param name without `.md`
 * @param names of all runbooks
 * @example renderRunbook('DeadMan', '# DeadMan\n\n...', ['DeadMan', 'StalePush']) // '<!doctype html>...'
 */
export function renderRunbook(name: string, text: string, names: readonly string[]): string {
  const hrefOf = (address: string): string | undefined => {
    if (/^https?:\/\//.test(address)) return address;
    const other = address.replace(/\.md$/, '');
    return names.includes(other) ? pathOf(other) : undefined;
  };
  return page(
    name,
    html`<main class="prose">
      <p class="kicker"><a href="${runbookListPath}">Runbooks</a></p>
      ${markdownHtml(text, hrefOf)}
    </main>`,
  );
}

/** The list of them, in the order given; `missing` is a name that was asked for in vain. */
export function renderRunbookList(names: readonly string[], missing?: string): string {
  return page(
    'Runbooks',
    html`<main class="prose">
      <h1>Runbooks</h1>
      ${missing !== undefined && html`<p>There is no runbook ${missing}. There are:</p>`}
      <ul>
        ${names.map((name) => html`<li><a href="${pathOf(name)}">${name}</a></li>`)}
      </ul>
    </main>`,
  );
}

function pathOf(name: string): string {
  return `${runbookListPath}/${name}.md`;
}
