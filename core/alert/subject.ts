/** What an alert is about, within its kind and model: `hum`, `dataset`, `dataset/season=1`, `24h/hum`. */

/** The last 24 hours, where they are looked at beside the current window of the monitor. */
const lastDay = '24h/';
/** What goes before the segment of a dataset. */
const dataset = 'dataset';

export interface AlertSubject {
  /** A column, a stream, a segment behind `dataset/`. */
  readonly name: string;
  readonly isOfLastDay: boolean;
}

/**
 * The subject of an alert on a window. The last 24 hours have alerts of their own: a calm week must not end that of a bad day.
 *
 * @example [subjectOf({ name: 'hum', isOfLastDay: false }), subjectOf({ name: 'hum', isOfLastDay: true })] // ['hum', '24h/hum']
 */
export function subjectOf({ name, isOfLastDay }: AlertSubject): string {
  return `${isOfLastDay ? lastDay : ''}${name}`;
}

/**
 * What a subject is made of.
 *
 * @example readSubject('24h/hum') // { name: 'hum', isOfLastDay: true }
 */
export function readSubject(subject: string): AlertSubject {
  const isOfLastDay = subject.startsWith(lastDay);
  return { name: isOfLastDay ? subject.slice(lastDay.length) : subject, isOfLastDay };
}

/**
 * The name of all rows, or of a segment of them.
 *
 * @example [datasetName(''), datasetName('season=1')] // ['dataset', 'dataset/season=1']
 */
export function datasetName(segment: string): string {
  return segment === '' ? dataset : `${dataset}/${segment}`;
}

/**
 * The segment that such a name is of; '' of all rows.
 *
 * @example [segmentOf('dataset'), segmentOf('dataset/season=1')] // ['', 'season=1']
 */
export function segmentOf(name: string): string {
  return name.slice(dataset.length + 1);
}
