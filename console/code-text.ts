/** Words of the catalog of errors as a page shows them: what stands in backticks is to be typed. */

import { html, type Part } from './html.ts';

/**
 * A text whose parts in backticks are code; a backtick without another one stays as it is.
 *
 * @example codeText('Run `tidewatch migrate`.') // 'Run ', <code>tidewatch migrate</code>, '.'
 */
export function codeText(text: string): Part {
  return text.split(/`([^`]+)`/).map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part));
}
