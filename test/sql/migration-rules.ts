/**
 * What a migration may not do while workers of the release before are at work: take away what they use, ask for what they do not
 * write, or lock a big table for longer than a moment. And what it may not do if it says that any older code works with it.
 * docs/upgrade-workflows.md says what to write instead.
 */

/** Of these an installation has millions of rows. */
const bigTables = [
  'predictions',
  'actuals',
  'outcomes',
  'rejected_rows',
  'profiles',
  'outcome_summaries',
  'dirty_windows',
  'drift_results',
  'performance_evaluations',
] as const;
const big = `(?:public\\.)?(?:${bigTables.join('|')})`;

interface Rule {
  readonly name: string;
  readonly found: RegExp;
}

const rules: readonly Rule[] = [
  { name: 'drops what old workers use', found: /\bdrop\s+(table|column|view|type|schema)\b/ },
  { name: 'drops a function that old workers call', found: /\bdrop\s+(function|procedure|aggregate)\b/ },
  { name: 'renames what old workers use', found: /\balter\b.*\brename\b/ },
  {
    name: 'rewrites a table',
    found: /\balter\s+table\b.*\balter\s+(column\s+)?\w+\s+(set\s+data\s+)?type\b/,
  },
  { name: 'asks for a value that old workers do not write', found: /\bset\s+not\s+null\b/ },
  {
    name: 'asks for a value that old workers do not write',
    found:
      /\badd\s+(column\s+)?(if\s+not\s+exists\s+)?(?!constraint)\w+\s+(?!.*\bdefault\b)(?!.*\bgenerated\b).*\bnot\s+null\b/,
  },
  {
    name: 'locks a big table while it builds an index',
    found: new RegExp(
      `\\bcreate\\s+(unique\\s+)?index\\s+(?!concurrently\\b).*?\\bon\\s+(only\\s+)?${big}\\b`,
    ),
  },
  {
    name: 'locks a big table while it checks every row',
    found: new RegExp(
      `\\balter\\s+table\\s+(if\\s+exists\\s+)?(only\\s+)?${big}\\b.*\\badd\\s+(constraint\\b(?!.*\\bnot\\s+valid\\b)|primary\\s+key|unique)`,
    ),
  },
  {
    name: 'changes every row of a big table at once',
    found: new RegExp(
      `^\\s*(update\\s+${big}\\b(?!.*\\bwhere\\b)|delete\\s+from\\s+${big}\\b(?!.*\\bwhere\\b))`,
    ),
  },
  {
    name: 'takes a lock for as long as it runs',
    found: /^\s*(lock\b|truncate\b|vacuum\s+full\b|cluster\b|reindex\s+(?!.*concurrently))/,
  },
];

export interface Danger {
  readonly rule: string;
  /** Its beginning. */
  readonly statement: string;
}

/** What is dangerous in the text of a migration; a statement below a comment that begins with `-- safe:` and a reason is not. */
export function dangersIn(text: string): Danger[] {
  return statementsOf(text).flatMap(({ sql, isSafe }) =>
    isSafe
      ? []
      : rules
          .filter(({ found }) => found.test(sql))
          .map(({ name }) => ({ rule: name, statement: sql.slice(0, 80) })),
  );
}

/**
 * What in the text of a migration older code could stumble over: all but plain additions of which code that does not know them notices
 * nothing. A reason after `-- safe:` does not count, since it speaks of the release before only. Tables that the file makes itself may
 * be changed as it likes, and a view or function may be replaced by one that gives the same: see `replacementsIn`.
 *
 * @param earlier the text of all migrations before: a column or function with a name of theirs may make a statement of older code
 * ambiguous
 */
export function obstaclesIn(text: string, earlier = ''): Danger[] {
  const used = new Set(
    withoutQuotes(earlier)
      .toLowerCase()
      .match(/[a-z_]\w*/g),
  );
  const statements = statementsOf(text).filter(({ sql }) => sql !== '');
  const own = new Set(
    statements.flatMap(({ sql }) => {
      const [, name] = /^create table (?!if not exists)(\w+)/.exec(sql) ?? [];
      return name === undefined ? [] : [name];
    }),
  );
  return statements
    .filter(({ givesTheSame }) => !givesTheSame)
    .flatMap(({ sql }) =>
      [...obstaclesOf(sql, own), ...ambiguitiesOf(sql, own, used)].map((rule) => ({
        rule,
        statement: sql.slice(0, 80),
      })),
    );
}

/** A view or function that takes the place of another one of which older code notices nothing. */
export interface Replacement {
  readonly kind: 'view' | 'function';
  readonly name: string;
  /** The test that shows that it gives the same. */
  readonly shownBy: string;
}

/** The beginning of one, right below a line that names its test. */
const replacement = /^-- same result: (test\/\S+\.test\.ts)\n(create or replace (view|function) (\w+)\b)/gm;

export function replacementsIn(text: string): Replacement[] {
  return [...text.matchAll(replacement)].map(([, shownBy = '', , kind, name = '']) => ({
    kind: kind as Replacement['kind'],
    name,
    shownBy,
  }));
}

function obstaclesOf(sql: string, own: ReadonlySet<string>): readonly string[] {
  const isOwn = (pattern: RegExp): boolean => own.has(pattern.exec(sql)?.[1] ?? '');
  if (sql.startsWith('create table '))
    return /\b(partition of|inherits)\b/.test(sql)
      ? ['gives a table of older code other rows']
      : holding(sql, own);
  if (isOwn(/^alter table (?:only )?(\w+) /)) return holding(sql, own);
  if (
    isOwn(/^create (?:unique index|trigger|constraint trigger) .*? on (?:only )?(\w+)/) ||
    isOwn(/^(?:insert into|update|delete from) (\w+)/) ||
    /^(create (index|statistics|view|materialized view|function|procedure|aggregate|type|domain|sequence)|comment on|grant|analyze) /.test(
      sql,
    )
  )
    return [];
  const [, actions] = /^alter table (?:if exists )?(?:only )?\w+ (.*)$/.exec(sql) ?? [];
  if (actions === undefined) return ['does more than add'];
  return topLevelParts(actions).flatMap((action) => obstaclesOfAction(action, own));
}

/** Of an `alter table` of a table that older code knows. */
function obstaclesOfAction(action: string, own: ReadonlySet<string>): readonly string[] {
  const { name, rest } = columnOf(action);
  if (name === undefined)
    return [action.startsWith('add ') ? 'holds older code to a constraint' : 'does more than add'];
  const isAskedFor = /\bnot null\b/.test(rest) && !/\b(default|generated)\b/.test(rest);
  const isConstrained =
    /\b(unique|primary key)\b/.test(rest) ||
    [...rest.matchAll(/\bcheck ?\((.*)\)/g)].some(([, condition = '']) => !isOf(name, condition));
  return [
    ...(isAskedFor ? ['asks for a value that older code does not write'] : []),
    ...(isConstrained ? ['holds older code to a constraint'] : []),
    ...holding(rest, own),
  ];
}

/** Names of what a statement adds to that older code may mean by them something else. */
function ambiguitiesOf(sql: string, own: ReadonlySet<string>, used: ReadonlySet<string>): readonly string[] {
  const [, made = ''] = /^create (?:function|procedure|aggregate) (\w+)/.exec(sql) ?? [];
  const [, table = '', actions = ''] = /^alter table (?:if exists )?(?:only )?(\w+) (.*)$/.exec(sql) ?? [];
  const columns = own.has(table) ? [] : topLevelParts(actions).map((action) => columnOf(action).name ?? '');
  return [made, ...columns].filter((name) => used.has(name)).map(() => 'gives a name a second meaning');
}

/** Of an action that adds one; without a name where it does something else. */
function columnOf(action: string): { readonly name?: string; readonly rest: string } {
  const [, name, rest = ''] =
    /^add (?:column )?(?:if not exists )?(?!(?:constraint|check|unique|primary|foreign|exclude)\b)(\w+) (.*)$/.exec(
      action,
    ) ?? [];
  return { ...(name !== undefined && { name }), rest };
}

const wordsOfConditions = new Set(['and', 'or', 'not', 'in', 'is', 'null', 'between', 'true', 'false']);

/** A condition of the new column alone, which older code never writes. */
function isOf(column: string, condition: string): boolean {
  return (condition.match(/[a-z_]\w*/g) ?? []).every(
    (word) => word === column || wordsOfConditions.has(word),
  );
}

/** A row that newer code has written must not keep older code from deleting the row that it refers to. */
function holding(sql: string, own: ReadonlySet<string>): readonly string[] {
  const references = sql.matchAll(/\breferences (\w+)(?: ?\([^)]*\))?( on delete (?:cascade|set null)\b)?/g);
  return [...references].some(([, table = '', letsGo]) => letsGo === undefined && !own.has(table))
    ? ['holds rows that older code deletes']
    : [];
}

/** What is between commas that are in no parentheses. */
function topLevelParts(list: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of list) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

interface Statement {
  /** Lower case, in one line, without comments and without what is quoted. */
  readonly sql: string;
  readonly isSafe: boolean;
  readonly givesTheSame: boolean;
}

/** Bodies of functions stay: names in them are used. */
function withoutQuotes(text: string): string {
  return text.replaceAll(/'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
}

function statementsOf(text: string): Statement[] {
  // A body in dollar quotes, a text and a comment: what looks like a statement in them is none of the migration's.
  const marked = text.replaceAll(replacement, '@same $2');
  const bare = marked.replaceAll(/(\$\w*\$)[\s\S]*?\1|'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g, (quoted) =>
    quoted.startsWith('--') && /^--\s*safe:\s*\S{3,}/.test(quoted)
      ? ' @safe '
      : quoted.startsWith("'") || quoted.startsWith('$')
        ? "''"
        : ' ',
  );
  return bare.split(';').map((statement) => ({
    isSafe: statement.includes('@safe'),
    givesTheSame: statement.includes('@same'),
    sql: statement
      .replaceAll(/@safe|@same/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim()
      .toLowerCase(),
  }));
}
