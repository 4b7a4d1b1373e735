/** Verdicts as panels show them: as words in tables, as numbers over time, in one set of colors. */

import type { ValueMap, ValueMapping, ValueMappingResult } from '@grafana/grafana-foundation-sdk/dashboard';
import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard';

import type { Level } from '../../../core/verdict.ts';

/** From the best to the worst. */
const verdictColors = {
  ok: 'green',
  'insufficient-data': 'gray',
  warning: 'orange',
  critical: 'red',
} as const satisfies Record<Level, string>;
const levels = Object.entries(verdictColors);

/** The words of a verdict in their colors. */
export const verdictMappings: ValueMapping[] = [
  mapping(levels.map(([level, color], index) => [level, { color, index }])),
];

/** Series are numbers, also those of verdicts: 1 is the best of them. */
export const levelMappings: ValueMapping[] = [
  mapping(levels.map(([level, color], index) => [String(index + 1), { text: level, color, index }])),
];

function mapping(results: readonly (readonly [value: string, shown: ValueMappingResult])[]): ValueMap {
  return { type: MappingType.ValueToText, options: Object.fromEntries(results) };
}

/** The number of a verdict, in SQL: what a timeline shows as its word. */
export function levelOf(column: string): string {
  return `array_position(array[${levels.map(([level]) => `'${level}'`).join(', ')}], ${column})`;
}
