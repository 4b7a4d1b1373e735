/** Statements as the parser of Postgres itself reads them. */

import { loadModule, parseSync } from 'libpg-query';

await loadModule();

/** A node is an object with its kind as the only key; this is one, or what the key holds. */
export type Tree = Readonly<Record<string, unknown>>;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}

/** The trees of a text, one a statement. */
export function parseStatements(text: string): readonly Tree[] {
  return listOf((parseSync(text) as unknown as Tree)['stmts']).map(({ stmt }) => stmt as Tree);
}

export function listOf(value: unknown): readonly Tree[] {
  return Array.isArray(value) ? value.filter((item) => isTree(item)) : [];
}

/** What a node of a kind holds; undefined where it is one of another kind. */
export const as = (kind: string, node: unknown): Tree | undefined =>
  isTree(node) && isTree(node[kind]) ? node[kind] : undefined;

/** What those of the nodes hold that are of a kind. */
export const allAs = (kind: string, nodes: unknown): readonly Tree[] =>
  listOf(nodes).flatMap((node) => {
    const held = as(kind, node);
    return held === undefined ? [] : [held];
  });

/** The text of a name. */
export function nameOf(node: unknown): string {
  const text = as('String', node)?.['sval'];
  return typeof text === 'string' ? text : '';
}

/** Everything that a tree is made of, however deep, by its key; what is below a key of `notBelow` is left out. */
export function partsOf(
  tree: unknown,
  notBelow: readonly string[] = [],
): readonly (readonly [key: string, part: Tree])[] {
  if (!isTree(tree)) return [];
  return Object.entries(tree).flatMap(([key, part]) =>
    isTree(part) && !notBelow.includes(key) ? [[key, part] as const, ...partsOf(part, notBelow)] : [],
  );
}

/** What the nodes of a kind hold, however deep. */
export const nodesOf = (kind: string, tree: unknown, notBelow: readonly string[] = []): readonly Tree[] =>
  partsOf(tree, notBelow).flatMap(([key, part]) => (key === kind ? [part] : []));
