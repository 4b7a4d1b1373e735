/** Parts of sentences and commands. */

/**
 * One of several, in words.
 *
 * @example orOf(['a', 'b', 'c']) // 'a, b or c'
 */
export function orOf(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
}

/** @example withArticle('actual') // 'an actual' */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
