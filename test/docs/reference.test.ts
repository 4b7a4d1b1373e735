import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { errorCatalog } from '../../core/errors.ts';
import { alertsJsonSchema, monitorJsonSchema, type JsonSchema } from '../../docs/reference/json-schema.ts';
import { reference } from '../../docs/reference/reference.ts';

// After a change of what it is made of: npm run docs
describe('the reference', () => {
  it.each(Object.keys(reference))('%s is what the code says', async (file) => {
    const written = await readFile(new URL(`../../docs/reference/${file}`, import.meta.url), 'utf8');
    expect(written).toBe(reference[file]);
  });

  it('each error says what happened, to which input, and what to do', () => {
    const silent = Object.entries(errorCatalog).flatMap(([code, { message }]) => {
      const namesInput = message.includes('{');
      // A second sentence, or what follows from the first.
      const saysWhatToDo = /[.:}] ?(?:[A-Z`]|docs\/)|\n\{problems\}|again|see |instead/.test(message);
      return (namesInput && saysWhatToDo) || inItsReason.has(code) ? [] : [code];
    });
    expect(silent).toEqual([]);
  });

  it('says what each key of a monitor and of alerts.yaml means', () => {
    expect([...undescribed(monitorJsonSchema), ...undescribed(alertsJsonSchema)]).toEqual([]);
  });
});

/** Errors whose `reason` says what to write or do, as where they are thrown says. */
const inItsReason = new Set([
  'INVALID_OPTION',
  'INVALID_STATISTIC_INPUT',
  'UPDATE_REFUSED',
  'ALERT_NOT_CHANGED',
  'RETRAINING_NOT_CHANGED',
  'HISTORY_TOO_SHORT',
  'ROWS_LOST',
  'OIDC_REFUSED',
  // It is about no input but the browser.
  'SIGN_IN_UNKNOWN',
  // There is nothing left to do.
  'SIMULATION_STOPPED',
]);

/** Paths of keys without a description; those that only tell alternatives apart need none. */
function undescribed(root: JsonSchema): string[] {
  const seen = new Set<JsonSchema>();
  const walk = (schema: JsonSchema, path: string): string[] => {
    if (seen.has(schema)) return [];
    seen.add(schema);
    const properties = Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => [
      ...(inner.description === undefined && inner.const === undefined && inner.$ref === undefined
        ? [`${path}.${key}`]
        : []),
      ...walk(inner, `${path}.${key}`),
    ]);
    const entries = typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
    const others = [
      ...entries,
      ...(schema.items ? [schema.items] : []),
      ...(schema.anyOf ?? schema.oneOf ?? []),
    ];
    return [...properties, ...others.flatMap((inner) => walk(inner, path))];
  };
  return [root, ...Object.values(root.$defs ?? {})].flatMap((schema) => walk(schema, schema.title ?? ''));
}
