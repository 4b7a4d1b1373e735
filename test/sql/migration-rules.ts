/**
 * What a migration may not do while workers of the release before are at work: take away what they use, ask for what they do not
 * write, or lock a big table for longer than a moment. docs/upgrade-workflows.md says what to write instead.
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

interface Statement {
  /** Lower case, in one line, without comments and without what is quoted. */
  readonly sql: string;
  readonly isSafe: boolean;
}

function statementsOf(text: string): Statement[] {
  // A body in dollar quotes, a text and a comment: what looks like a statement in them is none of the migration's.
  const bare = text.replaceAll(/(\$\w*\$)[\s\S]*?\1|'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g, (quoted) =>
    quoted.startsWith('--') && /^--\s*safe:\s*\S{3,}/.test(quoted)
      ? ' @safe '
      : quoted.startsWith("'") || quoted.startsWith('$')
        ? "''"
        : ' ',
  );
  return bare.split(';').map((statement) => ({
    isSafe: statement.includes('@safe'),
    sql: statement.replaceAll('@safe', ' ').replaceAll(/\s+/g, ' ').trim().toLowerCase(),
  }));
}
