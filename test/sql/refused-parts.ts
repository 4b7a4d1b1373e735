/**
 * What Citus refuses in statements on distributed tables, by the errors of its planner and its list of limits
 * (https://docs.citusdata.com/en/stable/develop/reference_workarounds.html).
 */

import { allAs, as, listOf, nameOf, nodesOf, parseStatements, partsOf, type Tree } from './statement-tree.ts';

/** How much a function may change from call to call, as the catalog says; of functions of one name the most. */
export type Volatility = 'immutable' | 'stable' | 'volatile';

/** What may be in a statement only if one node does all of it. */
export function partsForOneNode(text: string): readonly string[] {
  return parseStatements(text).flatMap((tree) => [
    ...nodesOf('LockingClause', tree).map(() => 'for update'),
    ...nodesOf('GroupingSet', tree).map(() => 'grouping sets'),
    ...nodesOf('RangeTableSample', tree).map(() => 'tablesample'),
    ...nodesOf('MergeStmt', tree).map(() => 'merge'),
    ...partsOf(tree).flatMap(([key, { recursive }]) =>
      key === 'withClause' && recursive === true ? ['with recursive'] : [],
    ),
    ...nodesOf('CommonTableExpr', tree).flatMap(({ ctequery }) =>
      ['InsertStmt', 'UpdateStmt', 'DeleteStmt'].some((kind) => as(kind, ctequery))
        ? ['a write in with']
        : [],
    ),
  ]);
}

/** What may be in no statement that writes, whomever it is about. */
export function partsForNoNode(text: string, volatilityOf: (name: string) => Volatility): readonly string[] {
  return parseStatements(text).flatMap((tree) => [
    ...nodesOf('InsertStmt', tree).flatMap(({ onConflictClause }) => {
      const conflict = (onConflictClause ?? {}) as Tree;
      return [
        ...setsModel(conflict),
        ...callsIn(conflict, volatilityOf).map(({ name }) => `${name} where rows conflict`),
      ];
    }),
    ...['UpdateStmt', 'DeleteStmt'].flatMap((kind) =>
      nodesOf(kind, tree).flatMap((written) => [
        ...setsModel(written),
        ...refusedOfWritten(written, volatilityOf),
      ]),
    ),
  ]);
}

const setsModel = ({ targetList }: Tree): readonly string[] =>
  allAs('ResTarget', targetList).flatMap(({ name }) => (name === 'model' ? ['another model of a row'] : []));

function refusedOfWritten(
  { targetList, whereClause }: Tree,
  volatilityOf: (name: string) => Volatility,
): readonly string[] {
  const written = { targetList, whereClause };
  const calls = callsIn(written, volatilityOf);
  const choices = ['CaseExpr', 'CoalesceExpr'].flatMap((kind) => nodesOf(kind, written, queries));
  return [
    ...calls.flatMap(({ name, volatility }) => (volatility === 'volatile' ? [name] : [])),
    ...calls.flatMap(({ name, ofColumn }) => (ofColumn ? [`${name} of a column`] : [])),
    ...callsIn(choices, volatilityOf).map(({ name }) => `${name} in a choice`),
  ];
}

/** Below these are queries of their own. */
const queries = ['SubLink'];

interface Call {
  readonly name: string;
  readonly volatility: Volatility;
  readonly ofColumn: boolean;
}

/** The calls that are not immutable: functions, the clock, and a time and an interval, whose sum depends on the time zone. */
function callsIn(tree: unknown, volatilityOf: (name: string) => Volatility): readonly Call[] {
  const functions = nodesOf('FuncCall', tree, queries).map(({ funcname, args }): Call => {
    const name = nameOf(listOf(funcname).at(-1));
    return { name, volatility: volatilityOf(name), ofColumn: hasColumn(args) };
  });
  const clocks = nodesOf('SQLValueFunction', tree, queries).map((): Call => ({
    name: 'the clock',
    volatility: 'stable',
    ofColumn: false,
  }));
  const sums = nodesOf('A_Expr', tree, queries)
    .filter(({ name }) => ['+', '-'].includes(nameOf(listOf(name)[0])))
    .filter(({ lexpr, rexpr }) => [lexpr, rexpr].some(isInterval))
    .map(({ lexpr }): Call => ({ name: 'an interval', volatility: 'stable', ofColumn: hasColumn([lexpr]) }));
  return [...functions, ...clocks, ...sums].filter(({ volatility }) => volatility !== 'immutable');
}

const hasColumn = (args: unknown): boolean => nodesOf('ColumnRef', args).length > 0;

function isInterval(node: unknown): boolean {
  const type = as('TypeCast', node)?.['typeName'] as Tree | undefined;
  const called = as('FuncCall', node);
  return (
    nameOf(listOf(type?.['names']).at(-1)) === 'interval' ||
    nameOf(listOf(called?.['funcname']).at(-1)) === 'make_interval'
  );
}
