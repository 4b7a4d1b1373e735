/** What a judgement says: never NaN, never null. */
export type Level = 'ok' | 'warning' | 'critical' | 'insufficient-data';

/** A level with its reason in words; `insufficient-data` always says what is missing. */
export interface Verdict {
  readonly level: Level;
  readonly reason: string;
}

/** Not computable is a value with a reason (an empty or constant column never fails a report). */
export type Computed = { readonly value: number } | { readonly notComputable: string };

/**
 * The number, or null where it is not computable: for columns and gauges that have no room for a reason.
 *
 * @example [valueOf({ value: 3 }), valueOf({ notComputable: 'no rows' })] // [3, null]
 */
export function valueOf(computed: Computed | undefined): number | null {
  return computed !== undefined && 'value' in computed ? computed.value : null;
}

/** Named numbers, and of the others why there is none: how stored results hold computed ones. JSON-safe. */
export interface SplitComputed {
  readonly values: Readonly<Record<string, number>>;
  readonly notComputable: Readonly<Record<string, string>>;
}

/**
 * Which of these are numbers, and why are the others not?
 *
 * @example splitComputed({ rmse: { value: 3 }, r2: { notComputable: 'all actuals are equal' } })
 * // { values: { rmse: 3 }, notComputable: { r2: 'all actuals are equal' } }
 */
export function splitComputed(computed: Readonly<Record<string, Computed>>): SplitComputed {
  const entries = Object.entries(computed);
  return {
    values: Object.fromEntries(
      entries.flatMap(([name, one]) => ('value' in one ? [[name, one.value] as const] : [])),
    ),
    notComputable: Object.fromEntries(
      entries.flatMap(([name, one]) => ('notComputable' in one ? [[name, one.notComputable] as const] : [])),
    ),
  };
}

/**
 * What was split, together again.
 *
 * @example joinComputed({ values: { rmse: 3 }, notComputable: { r2: 'all actuals are equal' } }).r2
 * // { notComputable: 'all actuals are equal' }
 */
export function joinComputed({ values, notComputable }: SplitComputed): Readonly<Record<string, Computed>> {
  return Object.fromEntries([
    ...Object.entries(values).map(([name, value]) => [name, { value }] as const),
    ...Object.entries(notComputable).map(([name, reason]) => [name, { notComputable: reason }] as const),
  ]);
}
