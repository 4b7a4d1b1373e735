/** Every environment variable that a worker or command reads. */

import { environmentNotes, environmentVariables } from '../../worker/configuration.ts';
import { code, page, table, withoutTags } from './markdown.ts';

export const environmentPage = page(
  'Environment',
  '`worker/configuration.ts`',
  table(
    ['variable', 'default', 'meaning'],
    environmentVariables().map(({ name, fallback, meaning }) => [code(name), code(fallback ?? ''), meaning]),
  ),
  withoutTags(environmentNotes),
);
