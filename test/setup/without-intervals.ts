/** What a rule said, for tests of which number it said and not of how sure it is. */

/** @example withoutIntervals('RMSE 5 is above 4 (95% interval 4.5 to 5.5, 24 outcomes)') // 'RMSE 5 is above 4 (24 outcomes)' */
export function withoutIntervals<T>(told: T): T {
  const text = JSON.stringify(told)
    .replaceAll(/ \(95% interval [^\s"]+ to [^\s"]+\)/g, '')
    .replaceAll(/95% interval [^\s"]+ to [^\s"]+, /g, '');
  return JSON.parse(text) as T;
}
