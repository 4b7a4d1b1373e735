/** The dependency rule, tried: one small file for each import, linted in a copy of the house outside the tree. */

import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;

/** Each folder, and the folders whose values it may import. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  workflows: ['core'],
  sql: ['core'],
  schedules: ['core'],
  client: ['core', 'sql'],
  console: ['core', 'sql'],
  activities: ['core', 'sql', 'client', 'console'],
  worker: ['core', 'workflows', 'sql', 'schedules', 'activities', 'console'],
  cli: ['core', 'workflows', 'sql', 'schedules', 'activities', 'worker', 'client', 'console'],
};
const folders = [...Object.keys(mayImport), 'demo', 'bench', 'test'];

/** Each third-party client, and the files that talk to it. */
const owners: Readonly<Record<string, readonly string[]>> = {
  pg: ['sql/database.ts'],
  'pg-copy-streams': ['sql/copy.ts'],
  'prom-client': ['activities/metrics/pushgateway.ts', 'worker/http.ts', 'client/service-metrics.ts'],
  '@slack/webhook': ['activities/alerts/slack.ts'],
  nodemailer: ['activities/alerts/email.ts'],
  yaml: ['cli/yaml-source.ts'],
  echarts: ['console/charts.ts'],
  s3mini: ['activities/sources/object-store.ts'],
  '@resvg/resvg-js': ['activities/reports/png.ts'],
  '@duckdb/node-api': ['sql/table-file.ts'],
};

/** Packages that a folder must not know. */
const foreign: Readonly<Record<string, readonly string[]>> = {
  core: [
    '@temporalio/common',
    '@temporalio/workflow',
    '@temporalio/client',
    'node:fs',
    'node:fs/promises',
    'node:crypto',
    'pino',
  ],
  workflows: ['@temporalio/worker', '@temporalio/client', '@temporalio/activity', 'node:fs', 'pino'],
  activities: ['@temporalio/workflow', '@temporalio/worker', 'commander'],
  schedules: ['@temporalio/worker', '@temporalio/workflow', '@temporalio/activity'],
  sql: ['@temporalio/client', 'commander'],
  client: ['@temporalio/client', '@temporalio/worker', 'commander'],
  console: ['@temporalio/client', 'node:fs', 'pino', 'commander'],
};

const value = (from: string): string => `import { thing } from '${from}';\nexport const used = thing;\n`;
const type = (from: string): string => `import type { Thing } from '${from}';\nexport type Used = Thing;\n`;

interface Case {
  readonly name: string;
  /** The file of the house that has this text. */
  readonly file: string;
  readonly text: string;
  /** What the linter says, or `allowed`. */
  readonly says: string;
}

const betweenFolders = Object.entries(mayImport).flatMap(([folder, allowed]) =>
  folders
    .filter((other) => other !== folder)
    .flatMap((other): Case[] => {
      const mayTypes = folder === 'workflows' && other === 'activities';
      const forbidden = mayTypes
        ? 'workflows/ may import only types of activities.'
        : `${folder}/ may import only ${[folder, ...allowed].join(', ')} (see "The house" in the README).`;
      const says = allowed.includes(other) ? 'allowed' : forbidden;
      return [
        {
          name: `a value of ${other}`,
          file: `${folder}/value-of-${other}.ts`,
          text: value(`../${other}/thing.ts`),
          says,
        },
        {
          name: `a type of ${other}`,
          file: `${folder}/deep/type-of-${other}.ts`,
          text: type(`../../${other}/deep/thing.ts`),
          says: mayTypes ? 'allowed' : says,
        },
      ].map((example) => ({ ...example, name: `${folder} imports ${example.name}` }));
    }),
);

const otherWays: readonly Case[] = [
  {
    name: 'later',
    file: 'core/later.ts',
    text: `export const load = (): unknown => import('../sql/thing.ts');\n`,
  },
  { name: 'to pass it on', file: 'core/passed-on.ts', text: `export { thing } from '../sql/thing.ts';\n` },
  { name: 'for its effect', file: 'core/for-effect.ts', text: `import '../sql/thing.ts';\n` },
].map((way) => ({
  ...way,
  name: `core imports sql ${way.name}`,
  says: 'core/ may import only core (see "The house" in the README).',
}));

const ofClients = Object.entries(owners).flatMap(([client, files]): Case[] => {
  const file = client.replaceAll(/\W/g, '-');
  return [
    ...files.map((owner) => ({ name: `${owner} imports ${client}`, file: owner, text: '', says: 'allowed' })),
    ...['activities', 'cli', 'client', 'sql', 'worker'].map((folder) => ({
      name: `another file of ${folder} imports ${client}`,
      file: `${folder}/second-user-of-${file}.ts`,
      text: value(client),
      says: `Only ${files[0]!} talks to ${client}.`,
    })),
  ];
});

/** An owner may own several clients: its file imports all of them. */
const ofOwners = [...new Set(Object.values(owners).flat())].map((owner) => {
  const clients = Object.keys(owners).filter((client) => owners[client]!.includes(owner));
  return { file: owner, text: clients.map((client) => `export * from '${client}';\n`).join('') };
});

const ofPackages = Object.entries(foreign).flatMap(([folder, packages]) =>
  packages.map((name) => ({
    name: `${folder} imports ${name}`,
    file: `${folder}/user-of-${name.replaceAll(/\W/g, '-')}.ts`,
    text: value(name),
    says: `${folder}/ must not know this package.`,
  })),
);

const cases: readonly Case[] = [...betweenFolders, ...otherWays, ...ofClients, ...ofPackages];

let house: string;
/** file -> what the linter says about its imports. */
const findings = new Map<string, string>();

beforeAll(async () => {
  house = await mkdtemp(join(tmpdir(), 'tidewatch-house-'));
  await copyFile(join(root, 'oxlint.config.js'), join(house, 'oxlint.config.js'));
  await writeFile(join(house, 'package.json'), '{ "type": "module" }');
  for (const { file, text } of [...cases.filter(({ text }) => text !== ''), ...ofOwners]) {
    await mkdir(dirname(join(house, file)), { recursive: true });
    await writeFile(join(house, file), text);
  }
  for (const { filename, code, help } of await lint(house)) {
    if (code === 'eslint(no-restricted-imports)') findings.set(filename, help);
  }
});
afterAll(() => rm(house, { recursive: true, force: true }));

interface Diagnostic {
  readonly filename: string;
  readonly code: string;
  readonly help: string;
}

/** The linter ends with 1 when it finds something, which is what it is run for. */
function lint(directory: string): Promise<readonly Diagnostic[]> {
  const oxlint = join(root, 'node_modules/.bin/oxlint');
  const options = { cwd: directory, maxBuffer: 2 ** 26 };
  return new Promise((resolve, reject) => {
    execFile(oxlint, ['-c', 'oxlint.config.js', '--format', 'json'], options, (_, stdout, stderr) => {
      try {
        resolve((JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics);
      } catch {
        reject(new Error(`oxlint says:\n${stdout}${stderr}`));
      }
    });
  });
}

/** What the linter says about each import of a folder, by name. */
function verdicts(of: readonly Case[], source: 'expected' | 'found'): Readonly<Record<string, string>> {
  const words = ({ file, says }: Case): string =>
    source === 'expected' ? says : (findings.get(file) ?? 'allowed');
  return Object.fromEntries(of.map((example) => [example.name, words(example)]));
}

describe('the dependency rule', () => {
  it.each(Object.keys(mayImport))('lets %s/ import what the house says, and nothing else', (folder) => {
    const of = [...betweenFolders, ...otherWays].filter(({ file }) => file.startsWith(`${folder}/`));
    expect(verdicts(of, 'found')).toEqual(verdicts(of, 'expected'));
  });

  it.each(Object.keys(owners))('lets nobody talk to %s but its owner', (client) => {
    const of = ofClients.filter(({ name }) => name.endsWith(` imports ${client}`));
    expect(verdicts(of, 'found')).toEqual(verdicts(of, 'expected'));
  });

  it.each(Object.keys(foreign))('keeps packages out of %s/ that it must not know', (folder) => {
    const of = ofPackages.filter(({ file }) => file.startsWith(`${folder}/`));
    expect(verdicts(of, 'found')).toEqual(verdicts(of, 'expected'));
  });
});
