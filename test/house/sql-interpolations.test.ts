/**
 * What is written into the text of a statement is quoted, a number, or a text of the code itself. Values are parameters; names that people
 * choose go through `identifierSql` and `textSql` (test/sql/identifiers.test.ts tries these with hostile names on the real server).
 */

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { unquotedInterpolations } from './sql-interpolations.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folders = ['sql', 'activities', 'worker', 'console', 'client', 'cli', 'schedules'];

interface Allowed {
  readonly why: string;
  /** As they are written. */
  readonly texts: readonly string[];
}

/** File -> what the types do not tell, and why it is no text of anybody's. */
const allowed: Readonly<Record<string, Allowed>> = {
  'activities/alerts/held-deliveries.ts': {
    why: 'one of two conditions of this file, whose values are parameters',
    texts: ['condition'],
  },
  'activities/comparison/compared-rows.ts': {
    why: 'classes are parameters by `bind`; the other texts are columns that this folder names',
    texts: ['probabilities', 'label', 'own', 'numbers[1 - i]', "usable.join(' and ')"],
  },
  'activities/comparison/loss-sums.ts': {
    why: 'expressions of this folder over its own columns, with classes and instants as parameters by `bind`',
    texts: [
      'bind(positiveClass)',
      'sumOf(`-ln(least(greatest(${ofActual}, ${epsilon}), 1 - ${epsilon}))`)',
      'sumOf(brierOf(ofActual, classCount))',
      'compared.expressions',
      'blockOf(of, bind)',
      'columns',
      'score',
      'term',
    ],
  },
  'activities/importance/findings-store.ts': {
    why: 'one of two tables that the loop lists',
    texts: ['table'],
  },
  'activities/performance/serving-rows.ts': {
    why: 'of `placement`: features by textSql, and bounds are numbers; columns that this folder names',
    texts: ['levels', 'horizons', "read.map(([sql]) => sql).join(', ')"],
  },
  'activities/profiles/store.ts': {
    why: 'a column and a join of this file, whose values are by textSql',
    texts: ['features', 'joined'],
  },
  'activities/sources/large-hours.ts': {
    why: 'made by table-statements.ts, as for table-reader.ts',
    texts: ['source', 'eventTime', 'isUsual(eventTime)', 'hourSql(eventTime)', 'hour'],
  },
  'activities/sources/table-reader.ts': {
    why: 'made by table-statements.ts of quoted names and texts; tried with a hostile name in test/activities/sources',
    texts: [
      'values',
      'source',
      'condition',
      'sql.from',
      'sql.hash',
      'isUsual(sql.eventTime)',
      'hourSql(sql.eventTime)',
      'odd',
    ],
  },
  'activities/sources/table-statements.ts': {
    why: 'made above, of quoted names',
    texts: ['changedAt', 'hash'],
  },
  'activities/storage/result-tables.ts': {
    why: 'tables, columns and conditions that this file lists',
    texts: ['where', 'from', 'at', 'of.table', 'old(of)'],
  },
  'cli/export/queries.ts': { why: 'conditions made above, by textSql', texts: ["conditions.join(' and ')"] },
  'cli/init/told.ts': { why: 'no statement, but a sentence', texts: ['file'] },
  'cli/schedules/backfill-findings.ts': {
    why: 'one of the statements that the table of this file holds',
    texts: ['select'],
  },
  'cli/open-table.ts': {
    why: 'the table or query that whoever runs the command has typed, with the rights of their own login, read-only',
    texts: ['text'],
  },
  'client/store-rows.ts': {
    why: 'a staging table and columns of this file',
    texts: ['key', 'stamp', 'staged'],
  },
  'console/pages/audit/audit.ts': {
    why: 'no statement, but a sentence',
    texts: ['formatCount(Number(unrecorded))'],
  },
  'sql/copy.ts': {
    why: 'tables, columns and types of the callers in client/; queries that are themselves looked at here, or in cli/open-table.ts',
    texts: ['staged', "definitions.join(', ')", 'query', 'of(query)', 'copyOptions'],
  },
  'sql/database.ts': { why: 'one of two functions of Postgres', texts: ['lock'] },
  'sql/roles.ts': {
    why: 'names of this file, and those of the installation as quote_ident and regclass give them',
    texts: [
      'tables',
      'everybody',
      'database',
      'schema',
      "privileges.join(', ')",
      'named(table)',
      'named(name)',
      'partition',
      'owner',
      'role',
    ],
  },
  'sql/table-file.ts': {
    why: 'a relation that table-source.ts has made by textSql, and expressions of table-types.ts',
    texts: ['relation', 'asText', "expressions.join(', ')", 'where'],
  },
  'sql/teams.ts': {
    why: 'roles by identifierSql, and names of the installation as quote_ident gives them',
    texts: [
      'table',
      'toConsole',
      'members',
      'ofTeam',
      'all',
      'database',
      'schema',
      'name',
      "privileges.join(', ')",
      "all.join(', ')",
      'role',
    ],
  },
  'sql/table-levels.ts': {
    why: 'an expression of table-types.ts and the relation of sql/table-file.ts',
    texts: ['level', 'isInvalid', 'relation', 'counted'],
  },
};

describe('an interpolation into a statement', () => {
  it('is quoted, a number or a text of the code, or stands in the table with a reason', () => {
    const found = unquotedInterpolations(root, folders);
    const unknown = found.filter(({ file, text }) => !allowed[file]?.texts.includes(text));
    expect(unknown.map(({ file, line, text }) => `${file}:${line} \${${text}}`)).toEqual([]);
    // What is not there any more is not allowed any more.
    const there = new Set(found.map(({ file, text }) => `${file} ${text}`));
    const stale = Object.entries(allowed).flatMap(([file, { texts }]) =>
      texts.filter((text) => !there.has(`${file} ${text}`)).map((text) => `${file} ${text}`),
    );
    expect(stale).toEqual([]);
  });

  it('is found where it is neither, and only there', async () => {
    const house = await mkdtemp(join(tmpdir(), 'tidewatch-sql-'));
    const write = async (file: string, text: string): Promise<void> => {
      await mkdir(dirname(join(house, file)), { recursive: true });
      await writeFile(join(house, file), text);
    };
    await symlink(join(root, 'node_modules'), join(house, 'node_modules'));
    await write('package.json', '{ "type": "module" }');
    await write(
      'tsconfig.json',
      '{ "compilerOptions": { "strict": true, "module": "NodeNext", "target": "ES2023", "types": [], "noEmit": true, "allowImportingTsExtensions": true }, "include": ["sql"] }',
    );
    await write(
      'sql/quoting.ts',
      'export const identifierSql = (name: string): string => JSON.stringify(name);\nexport const columns = ["a", "b"] as const;\nexport const wide = `a, ${columns[0]}`;\n',
    );
    await write(
      'sql/cases.ts',
      `import { columns, identifierSql as quoted, identifierSql, wide } from './quoting.ts';
declare const database: { query(text: string, values?: readonly unknown[]): void };
declare const given: string;
declare const side: 'left' | 'right';
declare const count: number;
const table = 'predictions';
const by = (name: string): string => \`order by \${name}\`;
const made = count > 1 ? \`where x = \${count}\` : '';
export const right = [
  \`select \${wide}, \${columns.join(', ')} from \${table} \${made} limit \${count}\`,
  \`select \${side} from \${identifierSql(given)} \${by('a')} \${[given, 'x'].map(identifierSql).join(', ')}\`,
];
export const wrong = [
  \`select * from \${given}\`,
  \`delete from predictions where model = '\${given}'\`,
  \`select 1 \${by(given)}\`,
  \`select \${[given].join(', ')}\`,
  \`select \${quoted(given)}\`,
];
database.query(\`analyze \${given}\`);
export const sentence = \`The table \${given} was selected from others\`;
`,
    );
    const found = unquotedInterpolations(house, ['sql']).filter(({ file }) => file === 'sql/cases.ts');
    await rm(house, { recursive: true });
    expect(found.map(({ text }) => text).sort()).toEqual(
      ['given', 'given', 'by(given)', 'name', "[given].join(', ')", 'quoted(given)', 'given'].sort(),
    );
  });
});
