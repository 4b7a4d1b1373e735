/** What several alerts of a model are about, short enough for a title. */

import { alertSubject } from './alert.ts';
import type { AlertKind } from './alert.ts';
import { readSubject, segmentOf } from './subject.ts';

type NamedAlert = Parameters<typeof alertSubject>[0];

/** What is the matter, and with what where that is not said by the kind alone. */
const troubles: Readonly<Record<AlertKind, (subject: string) => readonly [what: string, name?: string]>> = {
  drift: (feature) => ['drift of', feature],
  'prediction-drift': (column) => (column === 'prediction' ? ['prediction drift'] : ['drift of its', column]),
  'actuals-drift': () => ['drift of its actuals'],
  'dataset-drift': (name) => (segmentOf(name) === '' ? ['data drift'] : ['data drift in', segmentOf(name)]),
  'concept-drift': () => ['concept drift'],
  'data-quality': () => ['bad data'],
  'missing-data': (column) => ['missing values of', column],
  freshness: (stream) => ['stale', stream],
  degradation: () => ['degradation'],
  restated: () => ['a restated verdict'],
  retraining: () => ['retraining'],
  'dead-man': (process) => ['no success of', process],
  'delivery-failing': (channel) => ['alerts not taken by', channel],
};

/** A person skims no more, and a mail program shows fewer. */
const mostNamed = 20;

/**
 * What is the matter, by name? As many of the first 20 as there is room for, those of a kind together, and how many more there are;
 * '' where there is no room for one.
 *
 * @param room characters
 * @example
 * const drift = (feature) => ({ kind: 'drift', model: 'm', alertKey: `drift:m:${feature}` });
 * const stale = { kind: 'freshness', model: 'm', alertKey: 'freshness:m:predictions' };
 * troubleNames([drift('temp'), stale, drift('atemp')], 80) // 'drift of temp, atemp; stale predictions'
 * @example
 * const drift = (feature) => ({ kind: 'drift', model: 'm', alertKey: `drift:m:${feature}` });
 * troubleNames(['temp', 'atemp', 'windspeed'].map(drift), 30) // 'drift of temp and 2 more'
 */
export function troubleNames(alerts: readonly NamedAlert[], room: number): string {
  const byWhat = new Map<string, Set<string>>();
  for (const alert of alerts) {
    const { name, isOfLastDay } = readSubject(alertSubject(alert));
    const [what, named = ''] = troubles[alert.kind](name);
    const names = byWhat.get(what) ?? new Set();
    byWhat.set(what, names.add(`${named}${isOfLastDay ? ' (last 24 hours)' : ''}`.trim()));
  }
  const all = [...byWhat].flatMap(([what, names]) => [...names].map((name) => ({ what, name })));
  for (let n = Math.min(all.length, mostNamed); n > 0; n--) {
    const more = all.length === n ? '' : ` and ${all.length - n} more`;
    const text = `${joined(all.slice(0, n))}${more}`;
    if (text.length <= room) return text;
  }
  return '';
}

function joined(troubles: readonly { readonly what: string; readonly name: string }[]): string {
  return troubles
    .map(({ what, name }, i) => {
      const before = troubles[i - 1];
      if (before?.what === what) return `, ${name}`;
      return `${before === undefined ? '' : '; '}${what}${name === '' ? '' : ` ${name}`}`;
    })
    .join('');
}
