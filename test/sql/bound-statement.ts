/** Which tables of a statement are bound to one model, each in the query that it is in, as a database that places rows by it asks. */

import { allAs, as, listOf, nameOf, nodesOf, parseStatements, type Tree } from './statement-tree.ts';

/**
 * Whether the rows of each table are of one model, which is a value (one node does it all); or whether tables that are read together are
 * joined by model, whichever it is (each node does it for its own models).
 */
export type Binding = 'to one model' | 'by model';

/** Of what surrounds a query: names of `with`, which are no tables, and of tables whose model is known. */
interface Surroundings {
  readonly withs: readonly string[];
  readonly bound: ReadonlySet<string>;
}

/** An equality of two models, or of a model and a value, and of which tables it chooses rows: an outer join leaves those of the other side. */
interface Equality {
  readonly sides: readonly [unknown, unknown];
  readonly chooses: (name: string) => boolean;
}

/** Every table placed by model that a query of these statements reads, or that is written, without being bound. */
export function unboundTables(
  text: string,
  placed: ReadonlySet<string>,
  binding: Binding,
): readonly string[] {
  return parseStatements(text).flatMap((tree) =>
    unboundIn(tree, placed, binding, { withs: [], bound: new Set() }),
  );
}

function unboundIn(
  node: unknown,
  placed: ReadonlySet<string>,
  binding: Binding,
  around: Surroundings,
): readonly string[] {
  if (Array.isArray(node)) return node.flatMap((inside) => unboundIn(inside, placed, binding, around));
  if (typeof node !== 'object' || node === null) return [];
  const query = node as Tree;
  const ctes = allAs('CommonTableExpr', (query['withClause'] as Tree | undefined)?.['ctes']);
  const withs = [...around.withs, ...ctes.map(({ ctename }) => String(ctename))];
  // COPY puts each row where it belongs.
  const isQuery =
    ('fromClause' in query || 'usingClause' in query || 'relation' in query) && !('is_from' in query);
  const here =
    isQuery && !('jointype' in query)
      ? readQuery(query, placed, binding, { withs, bound: around.bound })
      : { unbound: [], bound: around.bound };
  return [
    ...here.unbound,
    ...Object.values(query).flatMap((inside) =>
      unboundIn(inside, placed, binding, { withs, bound: here.bound }),
    ),
  ];
}

/** Of one query, without those inside of it. */
function readQuery(
  query: Tree,
  placed: ReadonlySet<string>,
  binding: Binding,
  { withs, bound: outside }: Surroundings,
): { readonly unbound: readonly string[]; readonly bound: ReadonlySet<string> } {
  const from = [...listOf(query['fromClause']), ...listOf(query['usingClause'])];
  const target = query['relation'] as Tree | undefined;
  const isInsert = 'selectStmt' in query;
  const used = [...(target && !isInsert ? [target] : []), ...from.flatMap(tablesIn)].filter(
    ({ relname }) => placed.has(String(relname)) && !withs.includes(String(relname)),
  );
  const tables = used.map(aliasOf);
  const equalities = [
    ...equalitiesOf(query['whereClause'], () => true),
    ...from.flatMap((item) => joinEqualities(item, tables, binding)),
  ];
  const isInside = binding === 'by model' && isAbout(query, outside);
  const known = new Set(isInside ? [...outside].filter((name) => !tables.includes(name)) : []);
  const bound = boundNames(tables, equalities, known);
  // Whichever model it is: the others have to be of the same.
  const [first] = tables;
  const joined =
    binding === 'by model' && !isInside && bound.size === 0 && first !== undefined
      ? boundNames(tables, equalities, new Set([first]))
      : bound;
  const unbound = used.filter((table) => !joined.has(aliasOf(table)));
  const isMixed =
    isInsert &&
    target !== undefined &&
    placed.has(String(target['relname'])) &&
    !isInsertOfOne(query, (select) => isOfBound(select, placed, binding, withs));
  return {
    unbound: (isMixed ? [...unbound, target] : unbound).map(({ relname }) => String(relname)),
    bound: binding === 'by model' ? new Set([...outside, ...joined]) : new Set(),
  };
}

/** Does it name a table of a query around it? */
function isAbout(query: Tree, outside: ReadonlySet<string>): boolean {
  return nodesOf('ColumnRef', query).some(({ fields }) => {
    const names = listOf(fields).map(nameOf);
    return names.length > 1 && outside.has(names[0]!);
  });
}

const aliasOf = ({ alias, relname }: Tree): string =>
  String((alias as Tree | undefined)?.['aliasname'] ?? relname);

function tablesIn(item: Tree): readonly Tree[] {
  const join = as('JoinExpr', item);
  if (join) return [join['larg'], join['rarg']].flatMap((side) => tablesIn(side as Tree));
  const table = as('RangeVar', item);
  return table ? [table] : [];
}

/** Of `a join b using (model)`, and of `a join b on a.model = b.model`. */
function joinEqualities(item: Tree, tables: readonly string[], binding: Binding): readonly Equality[] {
  const join = as('JoinExpr', item);
  if (!join) return [];
  const [left, right] = [join['larg'] as Tree, join['rarg'] as Tree];
  const namesIn = (side: Tree): readonly string[] =>
    tablesIn(side)
      .map(aliasOf)
      .filter((name) => tables.includes(name));
  const chosen = { JOIN_INNER: [left, right], JOIN_LEFT: [right], JOIN_RIGHT: [left], JOIN_FULL: [] }[
    String(join['jointype'])
  ]!.flatMap(namesIn);
  const chooses = (name: string): boolean => binding === 'by model' || chosen.includes(name);
  const isUsing = listOf(join['usingClause']).some((column) => nameOf(column) === 'model');
  const [[ofLeft], [ofRight]] = [namesIn(left), namesIn(right)];
  return [
    ...(isUsing && ofLeft !== undefined && ofRight !== undefined
      ? [{ sides: [modelOf(ofLeft), modelOf(ofRight)] as const, chooses }]
      : []),
    ...equalitiesOf(join['quals'], chooses),
    ...joinEqualities(left, tables, binding),
    ...joinEqualities(right, tables, binding),
  ];
}

const modelOf = (name: string): Tree => ({
  ColumnRef: { fields: [{ String: { sval: name } }, { String: { sval: 'model' } }] },
});

/** What must be equal for a condition to hold. */
function equalitiesOf(condition: unknown, chooses: Equality['chooses']): readonly Equality[] {
  const all = as('BoolExpr', condition);
  if (all?.['boolop'] === 'AND_EXPR') return listOf(all['args']).flatMap((one) => equalitiesOf(one, chooses));
  const compared = as('A_Expr', condition);
  if (compared?.['kind'] !== 'AEXPR_OP' || nameOf(listOf(compared['name'])[0]) !== '=') return [];
  const [left, right] = [compared['lexpr'], compared['rexpr']].map((side) =>
    listOf(as('RowExpr', side)?.['args'] ?? [side]),
  );
  return left!.map((one, at) => ({ sides: [one, right![at]], chooses }));
}

/** The tables whose model is a value, or that of one that is known. */
function boundNames(
  tables: readonly string[],
  equalities: readonly Equality[],
  known: ReadonlySet<string>,
): ReadonlySet<string> {
  const bound = new Set(known);
  const tableOf = (side: unknown): string | undefined => {
    const fields = listOf(as('ColumnRef', side)?.['fields']).map(nameOf);
    if (fields.at(-1) !== 'model') return undefined;
    // Without the name of a table it is that of all that are joined by it.
    return fields.length === 1 ? tables[0] : fields[0];
  };
  for (let before = -1; before < bound.size;) {
    before = bound.size;
    for (const { sides, chooses } of equalities) {
      for (const [one, other] of [sides, [sides[1], sides[0]]]) {
        const name = tableOf(one);
        if (name !== undefined && chooses(name) && (isValue(other) || bound.has(tableOf(other) ?? '')))
          bound.add(name);
      }
    }
  }
  return bound;
}

function isValue(node: unknown): boolean {
  const cast = as('TypeCast', node);
  return cast
    ? isValue(cast['arg'])
    : as('ParamRef', node) !== undefined || as('A_Const', node) !== undefined;
}

/** Is the model of every row that is inserted a value, or that of a table that is bound? */
function isInsertOfOne({ cols, selectStmt }: Tree, isBound: (select: Tree) => boolean): boolean {
  const at = allAs('ResTarget', cols).findIndex(({ name }) => name === 'model');
  const select = as('SelectStmt', selectStmt);
  if (at < 0 || select === undefined) return false;
  const rows = listOf(select['valuesLists']).map((row) => listOf(as('List', row)?.['items'])[at]);
  const [selected] = allAs('ResTarget', select['targetList']).slice(at);
  const column = nameOf(listOf(as('ColumnRef', selected?.['val'])?.['fields']).at(-1));
  return rows.length > 0
    ? rows.every(isValue)
    : isValue(selected?.['val']) || (column === 'model' && isBound(select));
}

/** Does a query read tables that are placed by model, each of them bound? Of several models, rows may also come with theirs. */
function isOfBound(
  select: Tree,
  placed: ReadonlySet<string>,
  binding: Binding,
  withs: readonly string[],
): boolean {
  if (binding === 'by model') return true;
  const reads = listOf(select['fromClause'])
    .flatMap(tablesIn)
    .some(({ relname }) => placed.has(String(relname)) && !withs.includes(String(relname)));
  return reads && unboundIn(select, placed, binding, { withs, bound: new Set() }).length === 0;
}
