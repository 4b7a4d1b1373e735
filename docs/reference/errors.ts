/** Every error that Tidewatch knows. */

import { errorCatalog } from '../../core/errors.ts';
import { code, page, table } from './markdown.ts';

export const errorsPage = page(
  'Errors',
  '`core/errors.ts`',
  `Each error has a stable code and says what happened, to which input, and what to do. In the Temporal UI the code is the type of the
failure. A retried error heals by itself once its cause is gone; any other fails at once until the input changes.`,
  table(
    ['code', 'retried', 'what it says'],
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
