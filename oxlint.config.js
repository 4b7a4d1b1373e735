// Lint rules, and the dependency rule of the house: which folder may import which, and which file owns which client.

/** folder -> folders whose values it may import (its own is always allowed) */
const mayImport = {
  core: [],
  workflows: ['core'],
  sql: ['core'],
  schedules: ['core'],
  client: ['core', 'sql'],
  console: ['core', 'sql'],
  activities: ['core', 'sql', 'client', 'console'],
  worker: ['core', 'workflows', 'sql', 'schedules', 'activities', 'console'],
  ops: ['core'],
  cli: ['core', 'workflows', 'sql', 'schedules', 'activities', 'worker', 'client', 'console'],
};
const folders = [...Object.keys(mayImport), 'demo', 'bench', 'test'];

/** folder -> folders of which it may import types only */
const mayImportTypes = { workflows: ['activities'] };

/** third-party client -> the adapter, or the folder of them, that owns it; nothing else in the product imports it */
const ownedBy = {
  pg: 'sql/database.ts',
  'pg-copy-streams': 'sql/copy.ts',
  'prom-client': 'activities/metrics/pushgateway.ts',
  '@slack/webhook': 'activities/alerts/slack.ts',
  nodemailer: 'activities/alerts/email.ts',
  yaml: 'cli/yaml-source.ts',
  papaparse: 'cli/ingest/csv-rows.ts',
  echarts: 'console/charts.ts',
  undici: 'worker/outgoing-guard.ts',
  s3mini: 'activities/sources/object-store.ts',
  marked: 'console/markdown.ts',
  '@resvg/resvg-js': 'activities/reports/png.ts',
  '@duckdb/node-api': 'sql/table-file.ts',
  hono: 'console/server/**/*.ts',
  '@hono/node-server': 'console/server/**/*.ts',
  '@opentelemetry/context-async-hooks': 'worker/tracing/*.ts',
  '@opentelemetry/core': 'worker/tracing/*.ts',
  '@opentelemetry/exporter-trace-otlp-proto': 'worker/tracing/*.ts',
  '@opentelemetry/resources': 'worker/tracing/*.ts',
  '@opentelemetry/sdk-trace-base': 'worker/tracing/*.ts',
  'openid-client': 'console/server/access/oidc.ts',
};
/** what else answers scrapes: the worker itself, and services through the client */
const alsoOwns = { 'worker/http.ts': ['prom-client'], 'client/service-metrics.ts': ['prom-client'] };

const temporal = ['worker', 'client', 'workflow', 'activity', 'testing'].map((name) => `@temporalio/${name}`);
const node = ['node:*', 'node:*/**'];
/** folder -> packages that it must not import at all */
const foreign = {
  core: [...temporal, '@temporalio/common', ...node, 'pino', 'commander'],
  workflows: ['@temporalio/worker', '@temporalio/client', '@temporalio/activity', ...node, 'pino'],
  activities: ['@temporalio/worker', '@temporalio/workflow', 'commander'],
  schedules: ['@temporalio/worker', '@temporalio/workflow', '@temporalio/activity', 'commander'],
  sql: [...temporal, 'commander'],
  client: [...temporal, 'commander'],
  console: [...temporal, ...node, 'pino', 'commander'],
};

const otherFolders = (folder, except) =>
  folders.filter((other) => other !== folder && !except.includes(other)).map((other) => `**/${other}/**`);

function importRule(folder, ownedHere) {
  const values = mayImport[folder];
  const typesOnly = mayImportTypes[folder] ?? [];
  const patterns = [
    {
      group: otherFolders(folder, [...values, ...typesOnly]),
      message: `${folder}/ may import only ${[folder, ...values].join(', ')} (see "The house" in the README).`,
    },
    {
      group: Object.keys(ownedBy)
        .filter((name) => !ownedHere.includes(name))
        .map((name) => `${name}/**`),
      message: 'Only the owner of a client talks to it (see ownedBy).',
    },
    ...(foreign[folder]
      ? [{ group: foreign[folder], message: `${folder}/ must not know this package.` }]
      : []),
    ...(typesOnly.length > 0
      ? [
          {
            group: typesOnly.map((name) => `**/${name}/**`),
            allowTypeImports: true,
            message: `${folder}/ may import only types of ${typesOnly.join(', ')}.`,
          },
        ]
      : []),
  ];
  const paths = Object.entries(ownedBy)
    .filter(([name]) => !ownedHere.includes(name))
    .map(([name, owner]) => ({ name, message: `Only ${owner} talks to ${name}.` }));
  return ['error', { patterns, paths }];
}

const adapters = new Map();
for (const [name, file] of Object.entries(ownedBy)) adapters.set(file, [...(adapters.get(file) ?? []), name]);
for (const [file, names] of Object.entries(alsoOwns))
  adapters.set(file, [...(adapters.get(file) ?? []), ...names]);

export default {
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'promise', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/explicit-module-boundary-types': 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    eqeqeq: 'error',
    'no-console': 'error',
    'unicorn/prefer-node-protocol': 'error',
    // Sequential awaits are the point: batches heartbeat in order, and one connection runs one statement at a time.
    'no-await-in-loop': 'off',
    // Shadowing across small functions reads well here (`window`, `model`).
    'no-shadow': 'off',
    // Exhaustive switches return in every case; switch-exhaustiveness-check holds that.
    'typescript/consistent-return': 'off',
    // Rows of the database and parsed JSON get their type where they are decoded, once.
    'typescript/no-unsafe-type-assertion': 'off',
    // A two-word helper beside its only use reads better than at the end of the file.
    'unicorn/consistent-function-scoping': 'off',
    // Type imports for side effects do not occur; CSS-like side-effect imports neither.
    'import/no-unassigned-import': 'off',
    // Arrays made in the same expression are sorted in place on purpose.
    'unicorn/no-array-sort': 'off',
    // Node 20 has no Array.prototype.toReversed on typed arrays of every kind.
    'unicorn/no-array-reverse': 'off',
  },
  overrides: [
    ...Object.keys(mayImport).map((folder) => ({
      files: [`${folder}/**/*.ts`],
      rules: { 'no-restricted-imports': importRule(folder, []) },
    })),
    ...[...adapters].map(([file, names]) => ({
      files: [file],
      rules: { 'no-restricted-imports': importRule(file.split('/')[0], names) },
    })),
    {
      // The clock, randomness and the process are arguments in core, and belong to Temporal in workflows.
      files: ['core/**/*.ts', 'console/**/*.ts'],
      rules: {
        'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'fetch', 'performance'],
        'no-restricted-properties': [
          'error',
          { object: 'Date', property: 'now', message: 'No clock here: pass the instant in.' },
          { object: 'Math', property: 'random', message: 'No randomness here: pass it in.' },
        ],
      },
    },
    {
      // Demo and benchmarks print; the commands do by cli/print.ts, which lets no name move the cursor.
      files: ['cli/print.ts', 'demo/**', 'bench/**', 'test/**', '*.ts', '*.js'],
      rules: { 'no-console': 'off' },
    },
    { files: ['*.config.ts', '*.config.js'], rules: { 'import/no-default-export': 'off' } },
    {
      files: ['test/**'],
      rules: {
        'typescript/explicit-module-boundary-types': 'off',
        // Tables of cases share their assertions in functions, and say with `expect(value, message)` which case failed.
        'vitest/expect-expect': 'off',
        'vitest/no-conditional-expect': 'off',
        'vitest/no-standalone-expect': 'off',
        'vitest/valid-expect': ['error', { maxArgs: 2 }],
        // Dependencies are records of functions; none of them uses `this`.
        'typescript/unbound-method': 'off',
      },
    },
  ],
  ignorePatterns: ['dist', 'node_modules', 'demo/stack/tools'],
};
