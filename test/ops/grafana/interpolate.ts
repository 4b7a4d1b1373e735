/** What Grafana does to a query before it sends it: variables and macros, as far as the dashboards use them. */

import { formatInstant, type Window } from '../../../core/window.ts';

/** Values of variables; several are an alternation for Prometheus, and a list for Postgres. */
export type Variables = Readonly<Record<string, readonly string[]>>;

/** @throws Error for a variable without a value: Grafana would send its name */
export function interpolatePromql(expr: string, variables: Variables): string {
  return withVariables(
    expr.replaceAll('$__rate_interval', '10s').replaceAll('$__range', '30s'),
    variables,
    (values) => (values.length === 1 ? values[0]! : `(${values.join('|')})`),
  );
}

/** @throws Error as above */
export function interpolateSql(sql: string, variables: Variables, { start, end }: Window): string {
  const [from, to] = [`'${formatInstant(start)}'`, `'${formatInstant(end)}'`];
  const withMacros = sql
    .replaceAll(/\$__timeFilter\(([^()]+)\)/g, `$1 between ${from} and ${to}`)
    .replaceAll('$__timeFrom()', from)
    .replaceAll('$__timeTo()', to);
  return withVariables(withMacros, variables, (values, format) =>
    format === 'sqlstring'
      ? values.map((value) => `'${value.replaceAll("'", "''")}'`).join(',')
      : values.join(','),
  );
}

function withVariables(
  text: string,
  variables: Variables,
  write: (values: readonly string[], format: string | undefined) => string,
): string {
  return text.replaceAll(
    /\$(?:\{([a-z]\w*)(?::(\w+))?\}|([a-z]\w*))/g,
    (whole, braced: string | undefined, format: string | undefined, bare: string | undefined) => {
      const values = variables[braced ?? bare ?? ''];
      if (values === undefined) throw new Error(`no value for ${whole} in: ${text}`);
      return write(values, format);
    },
  );
}
