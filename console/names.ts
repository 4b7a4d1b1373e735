/** Names that others gave, fit for headings, links and charts. */

import { oneLine } from '../core/alert/message.ts';

const segmenter = new Intl.Segmenter('en');

/**
 * The start of a text on one line, with an ellipsis where it goes on. Counts what people see as characters.
 *
 * @example shorten('humidity', 4) // 'hum…'
 */
export function shorten(text: string, length: number): string {
  const characters = Array.from(segmenter.segment(oneLine(text)), ({ segment }) => segment);
  return characters.length <= length ? characters.join('') : `${characters.slice(0, length - 1).join('')}…`;
}

/** A name, or words where it is empty: a link must have something to click. */
export function visibleName(name: string): string {
  return name.trim() === '' ? '(no name)' : name;
}
