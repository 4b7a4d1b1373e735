/** Every key that people write in `monitors/*.yaml` and `alerts.yaml`: what may stand there, its default, and what it means. */

import { alertsJsonSchema, monitorJsonSchema, type JsonSchema } from './json-schema.ts';
import { code, page, table } from './markdown.ts';

interface Key {
  readonly path: string;
  readonly values: ReadonlySet<string>;
  readonly fallback: string;
  readonly meaning: string;
}

/** The alternatives of a schema, or itself. */
const alternatives = ({ anyOf, oneOf }: JsonSchema): readonly JsonSchema[] => anyOf ?? oneOf ?? [];

/** What may be written, in a few words each. */
function values(schema: JsonSchema, root: JsonSchema): readonly string[] {
  if (schema.$ref !== undefined) return values(target(schema.$ref, root), root);
  if (schema.title !== undefined) return [schema.title];
  if (schema.const !== undefined) return [code(String(schema.const))];
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value)));
  const several = alternatives(schema);
  if (several.length > 0) return several.flatMap((one) => values(one, root));
  if (schema.items !== undefined) return [`list of ${[...new Set(values(schema.items, root))].join(', ')}`];
  return typeof schema.type === 'string' ? [schema.type === 'object' ? 'mapping' : schema.type] : ['list'];
}

function meaning(schema: JsonSchema, root: JsonSchema): string {
  return schema.description ?? (schema.$ref === undefined ? '' : meaning(target(schema.$ref, root), root));
}

function target(reference: string, root: JsonSchema): JsonSchema {
  const found = root.$defs?.[reference.split('/').at(-1)!];
  if (found === undefined) throw new Error(`The schema has no ${reference}.`);
  return found;
}

interface Inner {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** What stands right below a key: keys, entries of a mapping, and those of the items of a list and of all alternatives. */
function within(schema: JsonSchema, path: string): readonly Inner[] {
  return [
    ...Object.entries(schema.properties ?? {}).map(([name, inner]) => ({
      path: path === '' ? name : `${path}.${name}`,
      schema: inner,
      required: schema.required?.includes(name) === true,
    })),
    ...(typeof schema.additionalProperties === 'object'
      ? [{ path: `${path}.<name>`, schema: schema.additionalProperties, required: false }]
      : []),
    ...(schema.items === undefined ? [] : within(schema.items, `${path}[]`)),
    ...alternatives(schema).flatMap((one) =>
      within(one, path).map((inner) => ({ ...inner, required: false })),
    ),
  ];
}

/** The keys below one, in the order of the schema. One of several alternatives is told once; what has a name, elsewhere. */
function keysOf(schema: JsonSchema, path: string, root: JsonSchema): readonly Key[] {
  const found = new Map<string, Key>();
  const add = (from: JsonSchema, at: string): void => {
    for (const { path: name, schema: inner, required } of within(from, at)) {
      const known = found.get(name);
      const fallback = inner.default === undefined ? '' : code(written(inner.default));
      found.set(name, {
        path: name,
        values: new Set([...(known?.values ?? []), ...values(inner, root)]),
        fallback: known?.fallback || fallback || (required ? 'required' : ''),
        meaning: known?.meaning || meaning(inner, root),
      });
      if (inner.$ref === undefined) add(inner, name);
    }
  };
  add(schema, path);
  return [...found.values()];
}

function written(fallback: unknown): string {
  if (typeof fallback === 'object' && fallback !== null && Object.keys(fallback).length === 0) return '';
  return typeof fallback === 'string' ? fallback : JSON.stringify(fallback);
}

function keyTable(schema: JsonSchema, path: string, root: JsonSchema): string {
  return table(
    ['key', 'values', 'default', 'meaning'],
    keysOf(schema, path, root).map((key) => [
      code(key.path),
      [...key.values].join(', '),
      key.fallback,
      key.meaning,
    ]),
  );
}

/** A section for each key of the top that has keys below it, one table for those that have none. */
function sections(root: JsonSchema): string[] {
  const top = Object.entries(root.properties ?? {});
  const deep = top.filter(([name, schema]) => keysOf(schema, name, root).length > 0);
  const flat = top.filter(([name]) => !deep.some(([other]) => other === name));
  const flatRoot: JsonSchema = {
    properties: Object.fromEntries(flat),
    ...(root.required === undefined ? {} : { required: root.required }),
  };
  return [
    ...(flat.length === 0 ? [] : [keyTable(flatRoot, '', root)]),
    ...deep.flatMap(([name, schema]) => [
      `### ${name}`,
      `${meaning(schema, root)}${root.required?.includes(name) === true ? ' Required.' : ''}`.trim(),
      keyTable(schema, name, root),
    ]),
    // What may hold itself.
    ...Object.values(root.$defs ?? {}).flatMap((definition) =>
      definition.title === undefined
        ? []
        : [`### ${definition.title}`, definition.description ?? '', keyTable(definition, '', root)],
    ),
  ];
}

export const configurationPage = page(
  'Configuration',
  'the schemas in `core/`',
  `Durations are a number and \`m\`, \`h\`, \`d\` or \`w\`; days are those of UTC, and an end is not included. \`[]\` stands for
each item of a list, \`<name>\` for a name that you choose. An editor with the YAML language server completes and checks a file that
begins with \`# yaml-language-server: $schema=<path>/docs/reference/monitor.schema.json\` (or \`alerts.schema.json\`).`,
  '## monitors/&lt;model&gt;.yaml',
  ...sections(monitorJsonSchema),
  '## monitors/alerts.yaml',
  'Settings for the alerts of all monitors.',
  ...sections(alertsJsonSchema),
);
