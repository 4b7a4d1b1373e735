/** Every error that Tidewatch knows. */

import { errorCatalog } from '../../core/errors.ts';
import { code, page, table } from './markdown.ts';

export const errorsPage = page(
  'Errors',
  '`core/errors.ts`',
  `Each error has a code that stays, says what happened and to which input, and what to do. In the Temporal UI the code is the type of
the failure. What is tried again heals by itself when its cause has gone; what is not fails at once, until the input is another.`,
  table(
    ['code', 'tried again', 'what it says'],
    Object.entries(errorCatalog)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, { retryable, message }]) => [
        code(name),
        retryable ? 'yes' : 'no',
        // A count and its noun, as it reads most of the time.
        message.replaceAll(/\{(\w+) ([\w ]+)\}/g, '{$1} $2s'),
      ]),
  ),
);
