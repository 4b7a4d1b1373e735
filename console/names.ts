/** Names that others gave, fit for headings, links and charts. */

import { oneLine } from '../core/alert/message.ts';

const segmenter = new Intl.Segmenter('en');

/**
 * The start of a text on one line, with an ellipsis where it goes on. Counts what people see as characters.
 *
 * @example shorten('humidity', 4) // 'hum…'
 */
export function shorten(text: string, length: number): string {
  const line = oneLine(text);
  // A character has at least one code unit; to find where each ends takes long for a page of many names.
  if (line.length <= length) return line;
  const characters = Array.from(segmenter.segment(line), ({ segment }) => segment);
  return characters.length <= length ? characters.join('') : `${characters.slice(0, length - 1).join('')}…`;
}

/** A name, or words where it is empty: a link must have something to click. */
export function visibleName(name: string): string {
  return name.trim() === '' ? '(no name)' : name;
}
