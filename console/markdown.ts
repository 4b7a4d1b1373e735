/** Owns `marked`: Markdown as a page shows it. */

import { Marked } from 'marked';

import { escapeHtml, trusted, type Html } from './html.ts';

/** Who reads a page does not know in which folder its text was written. */
const aboveHere = /^(?:\.\.\/)+/;

/**
 * The HTML of a text in Markdown. Tags that are written in it are shown as they stand: nothing of a text can run or load anything.
 *
 * @param hrefOf where a link leads to; undefined where it leads to no page: its address then stands beside its words
 * @example toMarkup(markdownHtml('**now** <b>', () => undefined)) // '<p><strong>now</strong> &lt;b&gt;</p>\n'
 */
export function markdownHtml(text: string, hrefOf: (address: string) => string | undefined): Html {
  const marked = new Marked({
    // Without these there are no tags to it, only text: what has to be made harmless elsewhere does not arise.
    tokenizer: { html: () => undefined, tag: () => undefined },
    renderer: {
      link({ href: address, tokens }) {
        const words = this.parser.parseInline(tokens);
        const href = hrefOf(address);
        if (href !== undefined) return `<a href="${escapeHtml(href)}">${words}</a>`;
        return `${words} (<code>${escapeHtml(address.replace(aboveHere, ''))}</code>)`;
      },
      image: ({ text: words }) => escapeHtml(words),
    },
  });
  return trusted(marked.parse(text, { async: false }));
}
