/** What the planner makes of the statements that a function sends. */

import type { Client, Queryable } from '../../sql/database.ts';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Loops'?: number;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly Plans?: readonly PlanNode[];
}

export interface Explained {
  /** Every partition or table that would be looked into, and by what. Nodes that were never reached are left out where it was run. */
  readonly scans: readonly {
    readonly relation: string;
    readonly by: string;
    /** Its name; undefined where none is used, or several. */
    readonly index: string | undefined;
  }[];
  /** Pages looked at, where it was run: statements that only read are. */
  readonly pages: number;
}

/** Asks for the plan of each statement before it is sent; `plans` is filled in their order. */
export function explaining(connection: Queryable): {
  readonly connection: Queryable;
  readonly plans: Explained[];
} {
  const plans: Explained[] = [];
  async function explain(text: string, values: readonly unknown[] | undefined): Promise<void> {
    const statement = text
      .replace(/^\s*declare .*? cursor for/s, '')
      .replace(/^\s*copy \((.*)\) to stdout.*?$/s, '$1')
      .trim();
    if (!/^(select|with|insert|update|delete)\b/i.test(statement)) return;
    const isRead = !/\b(insert into|update \w+|delete from)\b/i.test(statement);
    const options = isRead ? 'format json, analyze, buffers, timing off' : 'format json';
    const [row] = await connection.query<{ 'QUERY PLAN': readonly [{ readonly Plan: PlanNode }] }>(
      `explain (${options}) ${statement}`,
      values,
    );
    const root = row!['QUERY PLAN'][0].Plan;
    plans.push({
      scans: scansOf(root),
      pages: (root['Shared Hit Blocks'] ?? 0) + (root['Shared Read Blocks'] ?? 0),
    });
  }
  const { client } = connection;
  return {
    plans,
    connection: {
      // Rows are copied after the answer to what was asked before.
      ...(client && { client: tellingOfCopies(client, (text) => void explain(text, undefined)) }),
      query: async (text, values) => {
        await explain(text, values);
        return connection.query(text, values);
      },
      execute: async (text, values) => {
        await explain(text, values);
        return connection.execute(text, values);
      },
    },
  };
}

/** The connection of a transaction, which tells of the queries whose rows are copied before they are sent. */
export function tellingOfCopies(client: Client, tell: (text: string) => void): Client {
  return new Proxy(client, {
    get: (of, name) => {
      const value: unknown = Reflect.get(of, name);
      if (name !== 'query') return value;
      return (copy: { readonly text: string }): unknown => {
        tell(copy.text);
        return of.query(copy as never);
      };
    },
  });
}

function scansOf(node: PlanNode): Explained['scans'] {
  const isReached = node['Actual Loops'] === undefined || node['Actual Loops'] > 0;
  const isRead = !['ModifyTable'].includes(node['Node Type']);
  const relation = node['Relation Name'];
  const here =
    relation !== undefined && isReached && isRead
      ? [
          {
            relation,
            by: node['Node Type'] === 'Bitmap Heap Scan' ? 'Bitmap Index Scan' : node['Node Type'],
            index: node['Index Name'] ?? node.Plans?.[0]?.['Index Name'],
          },
        ]
      : [];
  return [...here, ...(node.Plans ?? []).flatMap(scansOf)];
}
