/** What the list of runs in the Temporal UI shows of each, and can be searched by; all of kind Keyword. */

/** `Window` is an ISO 8601 interval of event time, `Verdict` what the run found; until it has, `pending`. */
export const searchAttributeNames = { model: 'Model', window: 'Window', verdict: 'Verdict' } as const;

/** The verdict of a run that has found none yet. That a run was started with it says that its namespace has all of them. */
export const pendingVerdict = 'pending';

/**
 * A text in the language in which runs are searched for.
 *
 * @example visibilityText('bikes "2"') // String.raw`"bikes \"2\""`
 */
export function visibilityText(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
