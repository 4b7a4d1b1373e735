/** Where things are shown, as links have it. */

/** @example modelPath('a/b') // '/models/a%2Fb' */
export function modelPath(model: string): string {
  return `/models/${encodeURIComponent(model)}`;
}
