/**
 * The text that people read where Slack was sent an escaped one: it knows three entities, everything else is as it was typed.
 *
 * @example unescapeSlack('71 -&gt; 73') // '71 -> 73'
 */
export function unescapeSlack(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
