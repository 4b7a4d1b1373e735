/** What else speaks in a report, beside its verdict. */

import type { Verdict } from '../core/verdict.ts';
import { html, type Html } from './html.ts';
import { levelMark } from './level-mark.ts';
import { shorten } from './names.ts';

/** One finding, with the section that says more. */
export interface Beside extends Verdict {
  readonly place: string;
  readonly name: string;
}

/** A longer reason, such as one that names 200 columns, is cut. */
const longestReason = 320;

/** Findings as items of a list, each with a link to its section. */
export function besideItems(besides: readonly Beside[]): Html[] {
  return besides.map(
    ({ level, place, name, reason }) =>
      html`<li>${levelMark(level)} <a href="#${place}">${name}</a>: ${shorten(reason, longestReason)}</li>`,
  );
}
