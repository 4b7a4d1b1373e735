/** A verdict's level as people see it: a shape, a colour and a word, everywhere the same. */

import type { Level } from '../core/verdict.ts';
import { html, type Html } from './html.ts';

export const levelShapes: Readonly<Record<Level, string>> = {
  ok: '✓',
  warning: '▲',
  critical: '◆',
  'insufficient-data': '?',
};

const levelWords: Readonly<Record<Level, string>> = {
  ok: 'OK',
  warning: 'Warning',
  critical: 'Critical',
  'insufficient-data': 'Not judged',
};

/** @param words in the place of the usual one */
export function levelMark(level: Level, words: string = levelWords[level]): Html {
  return html`<span class="level ${level}"
    ><span aria-hidden="true">${levelShapes[level]}</span> ${words}</span
  >`;
}
