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
  // A character has at least one code unit, and one of ASCII no more; to find where others end takes long for a page of many names.
  if (line.length <= length) return line;
  if (isAscii(line.slice(0, length))) return `${line.slice(0, length - 1)}…`;
  const characters = Array.from(segmenter.segment(line), ({ segment }) => segment);
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`;
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** A name, or words where it is empty: a link must have something to click. */
export function visibleName(name: string): string {
  return name.trim() === '' ? '(no name)' : name;
}
