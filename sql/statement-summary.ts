/** What a statement does to which tables, for people who look at traces: never a value. */

/** Words that stand where a table could. */
const noTables = new Set(['lateral', 'only', 'select', 'set', 'values', 'unnest', 'of', 'skip', 'nowait']);
const longest = 100;

/** Comments, and everything that may hold a value: strings of each kind. Quoted names go as well: they may be anything. */
const hidden =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"/g;
/** What reads like "from <table>" and is not. */
const noFrom =
  /\bextract\s*\([^()]*\)|\bdistinct\s+from\b|\bfor\s+(?:no\s+key\s+)?update\b|\bdo\s+update\b/gi;
const name = String.raw`([a-z_][\w$]*(?:\.[a-z_][\w$]*)*)`;
const writes = String.raw`\b(insert\s+into|merge\s+into|delete\s+from|update|copy)\s+(?:only\s+)?${name}`;
// A name before a bracket is a function.
const reads = String.raw`\b(from|join)\s+(?:only\s+)?${name}(?![\w$.]|\s*\()`;

/**
 * The operations of a statement and their tables, what it writes before what it reads, at most 100 characters; where it names no table,
 * its first words. Strings, quoted names and numbers are left out, so that no value can be in it.
 *
 * @example statementSummary("insert into outcomes (value) select a.value from actuals a where a.model = 'x'") // 'insert outcomes select actuals'
 * @example statementSummary('select pg_advisory_xact_lock($1)') // 'select pg_advisory_xact_lock'
 */
export function statementSummary(text: string): string {
  const plain = text.replaceAll(hidden, ' ').replaceAll(noFrom, ' ');
  const named = new Set(
    [...plain.matchAll(new RegExp(String.raw`\b${name}\s+as\s+(?:not\s+)?(?:materialized\s+)?\(`, 'gi'))].map(
      ([, cte]) => cte!.toLowerCase(),
    ),
  );
  const tables = new Map<string, Set<string>>();
  for (const match of plain.matchAll(new RegExp(`${writes}|${reads}`, 'gi'))) {
    const [, write, written, , read] = match;
    const table = (written ?? read ?? '').toLowerCase();
    if (table === '' || noTables.has(table) || named.has(table)) continue;
    const operation = write === undefined ? 'select' : write.toLowerCase().split(/\s/)[0]!;
    tables.set(operation, (tables.get(operation) ?? new Set()).add(table));
  }
  const ordered = [...tables].sort(([a], [b]) => Number(a === 'select') - Number(b === 'select'));
  const summary = ordered.map(([operation, names]) => `${operation} ${[...names].join(' ')}`).join(' ');
  return (summary || firstWords(plain)).slice(0, longest);
}

function firstWords(plain: string): string {
  const [, verb = 'statement', object] = /^\s*([a-z_]+)(?:\s+([a-z_]+))?/i.exec(plain) ?? [];
  return [verb, object]
    .filter((word) => word !== undefined)
    .join(' ')
    .toLowerCase();
}
