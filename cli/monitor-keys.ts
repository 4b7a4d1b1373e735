/** Which keys may stand at a place of a monitor: read from the schema, so that the two cannot differ. */

import { z } from 'zod';

import { monitorSchema } from '../core/monitor/schema.ts';
import { isRecord } from './monitor-words.ts';

type Node = z.core.JSONSchema.JSONSchema;

/**
 * The keys that the schema knows at a path. Where it has alternatives (`reference` by its `kind`), those count that the
 * data chose.
 *
 * @example knownKeysAt({ reference: { kind: 'rolling' } }, ['reference']) // ['kind', 'length']
 */
export function knownKeysAt(
  data: unknown,
  path: readonly (string | number)[],
  schema: z.ZodType = monitorSchema,
): readonly string[] {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const alternatives = (node: Node, value: unknown): Node[] => alternativesOf(root, node, value);
  let value = data;
  let nodes = alternatives(root, value);
  for (const step of path) {
    value =
      isRecord(value) || Array.isArray(value)
        ? Object.entries(value).find(([key]) => key === String(step))?.[1]
        : undefined;
    const chosen = value;
    nodes = nodes.flatMap((node) => childrenOf(node, step)).flatMap((node) => alternatives(node, chosen));
  }
  const keys = nodes.flatMap((node) => [
    ...Object.keys(node.properties ?? {}),
    ...(namesOf(node.propertyNames) ?? []),
  ]);
  return [...new Set(keys)];
}

/**
 * Of which `kind` is a key, where a place has alternatives by kind? None where it has not, or none of them knows the key.
 *
 * @example kindsWith(['retraining', 'trainer'], 'command') // ['command']
 */
export function kindsWith(
  path: readonly (string | number)[],
  key: string,
  schema: z.ZodType = monitorSchema,
): readonly string[] {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  let nodes = everyAlternative(root, root);
  for (const step of path)
    nodes = nodes.flatMap((node) => childrenOf(node, step)).flatMap((node) => everyAlternative(root, node));
  return nodes.flatMap(({ properties }) => {
    const kind = properties?.['kind'];
    if (properties?.[key] === undefined || typeof kind !== 'object') return [];
    return typeof kind.const === 'string' ? [kind.const] : [];
  });
}

function everyAlternative(root: Node, node: Node): Node[] {
  const named = node.$ref === undefined ? node : root.$defs?.[node.$ref.replace('#/$defs/', '')];
  if (named === undefined) return [];
  const choices = named.oneOf ?? named.anyOf;
  return choices === undefined ? [named] : choices.flatMap((choice) => everyAlternative(root, choice));
}

function alternativesOf(root: Node, node: Node, value: unknown): Node[] {
  // What may hold itself, such as `all` in a rule, is written once and referred to.
  const name = node.$ref?.replace('#/$defs/', '');
  const named = name === undefined ? node : root.$defs?.[name];
  if (named === undefined) return [];
  if (name !== undefined && named.$ref !== undefined) return alternativesOf(root, named, value);
  const choices = named.oneOf ?? named.anyOf;
  if (choices === undefined) return [named];
  return choices
    .filter((choice) => fits(choice, value))
    .flatMap((choice) => alternativesOf(root, choice, value));
}

/** Does the value agree with the constants of an alternative, such as `kind: rolling`, and with what tells it from others? */
function fits({ properties = {}, required = [] }: Node, value: unknown): boolean {
  if (required.length > 0 && !required.some((key) => isRecord(value) && Object.hasOwn(value, key)))
    return false;
  return Object.entries(properties).every(
    ([key, property]) =>
      typeof property === 'boolean' ||
      // What may be left out tells nothing where it is.
      (!required.includes(key) && !(isRecord(value) && Object.hasOwn(value, key))) ||
      (property.const === undefined && (property.enum === undefined || !required.includes(key))) ||
      (isRecord(value) && (property.enum ?? [property.const]).some((allowed) => allowed === value[key])),
  );
}

function childrenOf(node: Node, step: string | number): Node[] {
  const children =
    typeof step === 'number' ? [node.items].flat() : [node.properties?.[step] ?? node.additionalProperties];
  return children.filter((child) => typeof child === 'object');
}

function namesOf(names: Node['propertyNames']): string[] | undefined {
  return typeof names === 'object' ? names.enum?.map(String) : undefined;
}
