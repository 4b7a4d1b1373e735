/** Builds HTML from templates that escape whatever is put into them. */

const markup = Symbol('markup');

/** HTML that was built here. Its key is a symbol, so that nothing read from JSON passes for it. */
export interface Html {
  readonly [markup]: string;
}

/** What may stand in a template: text and numbers are escaped, lists joined; undefined and false leave nothing. */
export type Part = Html | string | number | undefined | false | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * A text that HTML shows as it is, between tags and inside quoted attributes.
 *
 * @example escapeHtml('<b> & "c"') // '&lt;b&gt; &amp; &quot;c&quot;'
 */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

const indentation = /\n\s+/g;

/**
 * A piece of HTML: what is put in is escaped, unless it is a piece itself. Attributes need their quotes; names of elements and
 * attributes, scripts and styles cannot be put in. How a template is indented is left out: on a page it is a space anyway.
 *
 * @example toMarkup(html`<p title="${'"'}">${['<', html`<b>${1}</b>`]}</p>`) // '<p title="&quot;">&lt;<b>1</b></p>'
 */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let dense = denseTexts.get(texts);
  if (dense === undefined) {
    dense = texts.map((text) => text.replaceAll(indentation, '\n'));
    denseTexts.set(texts, dense);
  }
  let markup = dense[0]!;
  for (const [i, part] of parts.entries()) markup += partMarkup(part) + dense[i + 1]!;
  return trusted(markup);
}

/** The texts of a template are the same object each time it is filled. */
const denseTexts = new WeakMap<TemplateStringsArray, readonly string[]>();

/** Markup from elsewhere that is known to be safe: a chart, a style sheet. Never for anything that a person or a row has said. */
export function trusted(text: string): Html {
  return { [markup]: text };
}

/** The text of a piece of HTML. */
export function toMarkup(piece: Html): string {
  return piece[markup];
}

function partMarkup(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return markup in part ? part[markup] : part.map(partMarkup).join('');
}
