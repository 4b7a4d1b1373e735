/** What a form of an action says. */

import type { ActionWords } from '../server/actions.ts';
import type { ActionAsked } from '../server/page.ts';

/** Fields that were left empty say nothing. An instant of a form is in UTC. */
export function wordsOf({ form, viewer }: Pick<ActionAsked, 'form' | 'viewer'>): ActionWords {
  const { note = '', for: length = '', until = '', seen = '' } = form;
  return {
    by: viewer.name.slice(0, 100),
    seen,
    ...(note.trim() !== '' && { note: note.trim() }),
    ...(length !== '' && { for: length }),
    ...(until !== '' && { until: /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(until) ? `${until}:00Z` : until }),
  };
}
