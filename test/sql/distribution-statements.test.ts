/**
 * A distributed database places rows by their model. Each statement that the product sends, and each that is written in its sources, is
 * about one model, so that one node answers it; or it stands in a list below, and asks nothing that several nodes cannot do together.
 */

import { readFile } from 'node:fs/promises';

import { beforeAll, describe, expect, it } from 'vitest';

import { installationTables } from '../../sql/installation-tables.ts';
import { openWorld } from '../idempotency/arrangement.ts';
import { createTestDatabase } from '../setup/servers.ts';
import { unboundTables } from './bound-statement.ts';
import { productUses } from './product-uses.ts';
import { partsForNoNode, partsForOneNode, type Volatility } from './refused-parts.ts';
import { noteStatements } from './sent-statements.ts';
import { nodesOf, parseStatements } from './statement-tree.ts';
import { onOneLine, writtenIn, writtenStatements } from './written-statements.ts';

/** Why a statement is about several models, the files that have such ones, and the tables that these read or write so. */
const aboutSeveral: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'messages tell of alerts of several models': {
    'activities/alerts/deliveries.ts': 'alert_deliveries alert_events alerts monitors',
    'activities/alerts/held-deliveries.ts': 'alert_deliveries alerts',
    'activities/alerts/message-outcome.ts': 'alert_deliveries',
    'activities/alerts/takeover.ts': 'alert_deliveries',
  },
  'retention goes through all models': {
    'activities/monitors/store.ts': 'monitors',
    'activities/storage/retention-store.ts': 'predictions removals removed_ranges',
  },
  'lists of all models in the console': {
    'activities/reports/store.ts': 'drift_runs reports',
    'console/pages/health/load.ts':
      'dirty_windows monitors process_watermarks rejected_rows removals watched_processes',
    'console/pages/models/load.ts':
      'alerts drift_runs ingest_progress model_versions monitors outcome_summaries performance_evaluations predictions process_watermarks retraining_runs',
    'console/pages/monitors/load.ts': 'monitors',
    'console/pages/reports/load.ts': 'drift_runs reports',
    'console/pages/scheduled-processes.ts': 'monitors process_watermarks watched_processes',
    'console/pages/run/load.ts': 'monitors process_watermarks',
    'sql/read-alerts.ts': 'alert_deliveries alerts',
    'sql/read-retrainings.ts': 'monitors retraining_runs',
  },
  'commands that take all models, or none': {
    'cli/alerts/require-alert.ts': 'alerts',
    'cli/export/open-lineage.ts': 'drift_results drift_runs performance_evaluations',
    'cli/export/queries.ts': 'alerts drift_results drift_runs performance_evaluations retraining_runs',
    'sql/read-headlines.ts': 'alerts degradation_checks drift_results drift_runs monitors',
    'sql/read-removals.ts': 'removals rolled_up_days',
    'sql/teams.ts': 'monitors',
    'worker/next-step.ts': 'monitors',
  },
  'pending work in `tidewatch doctor`': {
    'cli/doctor/people.ts': 'alerts',
    'cli/doctor/processes.ts': 'monitors process_watermarks watched_processes',
    'cli/doctor/pushes.ts': 'process_watermarks',
    'cli/doctor/storage.ts': 'actuals_default monitors outcomes_default predictions_default',
  },
  'rows that are loaded bring their model': { 'client/store-rows.ts': 'actuals predictions' },
  '`tidewatch forget` looks for who else is told, and for all names': {
    'activities/storage/forget-store.ts': 'alert_deliveries monitors predictions process_watermarks',
  },
};

/** What several nodes cannot do together, and is asked all the same. */
const notThere: Readonly<Record<string, readonly string[]>> = {
  // A step into the index for each model; there, only the names of monitors and processes can be listed.
  'activities/storage/forget-store.ts': ['with recursive'],
};

/** Functions of the schema that statements call. They run on the coordinator. */
const calledFunctions = [
  'drop_removed_partition',
  'ensure_partitions',
  'move_strays',
  'partition_gaps',
  'partition_ranges',
  'partition_width',
  'remove_rows',
  'removed_partitions',
  'set_aside_late_rows',
  'stray_days',
];

/**
 * Statements that cannot be read as they are written, and that nothing sends here: they read tables and files of users; that of losses has
 * the pairs of another one, for classes.
 */
const notRead = [
  'activities/comparison/loss-sums.ts',
  'activities/feature-rows/placed-rows.ts',
  'activities/sources/large-hours.ts',
  'activities/sources/table-reader.ts',
  'sql/table-file.ts',
  'sql/table-levels.ts',
];

interface Read {
  readonly text: string;
  readonly file: string;
}

let statements: readonly Read[];
let unread: readonly string[];
let placed: ReadonlySet<string>;
let functions: readonly string[];
let volatilities: ReadonlyMap<string, Volatility>;

beforeAll(async () => {
  const world = await openWorld();
  const noting = noteStatements();
  const uses = [...productUses];
  async function useThem(): Promise<void> {
    for (let next = uses.shift(); next !== undefined; next = uses.shift()) {
      const { prepare, use } = next;
      const test = await createTestDatabase();
      await prepare(test, world);
      await noting.while(() => use(test, world));
      await test.drop();
    }
  }
  await Promise.all([useThem(), useThem(), useThem()]);
  noting.stop();
  await world.stop();
  await readCatalog();
  await readStatements([...noting.texts].map(onOneLine));
}, 300_000);

async function readCatalog(): Promise<void> {
  const { database, drop } = await createTestDatabase();
  const tables = await database.query<{ name: string }>(
    `select relname::text as name from pg_class
     join pg_attribute on attrelid = pg_class.oid and attname = 'model'
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')`,
  );
  placed = new Set(tables.map(({ name }) => name).filter((name) => !(name in installationTables)));
  const known = await database.query<{ name: string; isOurs: boolean; volatility: Volatility }>(
    `select proname::text as name, bool_or(pronamespace = 'public'::regnamespace) as "isOurs",
       case when bool_or(provolatile = 'v') then 'volatile' when bool_or(provolatile = 's') then 'stable'
         else 'immutable' end as volatility
     from pg_proc group by proname`,
  );
  functions = known.flatMap(({ name, isOurs }) => (isOurs ? [name] : []));
  volatilities = new Map(known.map(({ name, volatility }) => [name, volatility]));
  await drop();
}

/** As they are sent; what nothing sends, as it is written. */
async function readStatements(sent: readonly string[]): Promise<void> {
  const written = await writtenStatements();
  const made = sent.map((text) => ({ text, of: writtenIn(text, written) }));
  const used = new Set(made.flatMap(({ of }) => of));
  const others = written.filter((one) => !used.has(one));
  const readable = others.filter(({ text }) => isStatement(text));
  statements = [
    ...made.map(({ text, of }) => ({ text, file: of[0]?.file ?? 'nowhere' })),
    ...readable.map(({ text, file }) => ({ text, file })),
  ];
  unread = [
    ...new Set(
      others.flatMap(({ text, file, pieces }) => (!isStatement(text) && pieces.length > 1 ? [file] : [])),
    ),
  ].sort();
}

function isStatement(text: string): boolean {
  try {
    return parseStatements(text).length > 0;
  } catch {
    return false;
  }
}

/** File -> what its statements have, each once and sorted. */
function byFile(of: (text: string) => readonly string[]): Readonly<Record<string, string>> {
  const found = new Map<string, Set<string>>();
  for (const { text, file } of statements)
    for (const one of of(text)) found.set(file, (found.get(file) ?? new Set()).add(one));
  return Object.fromEntries([...found].map(([file, all]) => [file, [...all].sort().join(' ')]));
}

const isOfSeveral = (text: string): boolean => unboundTables(text, placed, 'to one model').length > 0;

describe('every statement', () => {
  it('is read: hundreds are sent, and the others read as they are written', () => {
    expect(statements.length).toBeGreaterThan(600);
    expect(unread).toEqual(notRead);
  });

  it('is about one model, but for those that are listed', () => {
    const listed = Object.assign({}, ...Object.values(aboutSeveral)) as Readonly<Record<string, string>>;
    expect(byFile((text) => unboundTables(text, placed, 'to one model'))).toEqual(listed);
  });

  it('joins its tables by model, whichever it is', () => {
    expect(byFile((text) => unboundTables(text, placed, 'by model'))).toEqual({});
  });

  it('asks nothing about several models that nodes cannot do together, but for what is listed', () => {
    const found = byFile((text) => (isOfSeveral(text) ? partsForOneNode(text) : []));
    expect(found).toEqual(
      Object.fromEntries(Object.entries(notThere).map(([file, parts]) => [file, parts.join(' ')])),
    );
  });

  it('changes no model of a row, and asks no clock and no time zone where rows are changed', () => {
    const volatilityOf = (name: string): Volatility => volatilities.get(name) ?? 'immutable';
    expect(byFile((text) => partsForNoNode(text, volatilityOf))).toEqual({});
  });

  it('calls no functions of the schema but those that are listed', () => {
    const called = statements.flatMap(({ text }) =>
      functions.filter((name) =>
        parseStatements(text).some((tree) =>
          nodesOf('FuncCall', tree).some(
            ({ funcname }) => nodesOf('String', funcname).at(-1)?.['sval'] === name,
          ),
        ),
      ),
    );
    expect([...new Set(called)].sort()).toEqual(calledFunctions);
  });
});

it('reasons and functions are named in docs/scale.md', async () => {
  const page = await readFile(new URL('../../docs/scale.md', import.meta.url), 'utf8');
  for (const reason of Object.keys(aboutSeveral)) expect(page).toContain(reason);
  for (const name of calledFunctions) expect(page).toContain(`\`${name}\``);
});
