import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parseAllDocuments } from 'yaml';
import { beforeAll, describe, expect, it } from 'vitest';

import { knownVariables } from './known-variables.ts';
import { readDockerfile } from './dockerfile.ts';
import { kubernetesSchemas, type Check } from './json-schema.ts';

const root = new URL('../..', import.meta.url).pathname;
const directory = join(root, 'ops/kubernetes');

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom: readonly {
    readonly configMapRef: { readonly name: string; readonly optional?: true };
  }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly resources: { readonly limits: { readonly memory: string } };
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}
interface PodSpec {
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext: { readonly runAsNonRoot: boolean; readonly runAsUser: number };
  readonly serviceAccountName: string;
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly name: string }[];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template?: { readonly metadata: { readonly labels: object }; readonly spec: PodSpec };
    readonly selector?: { readonly matchLabels?: object };
    readonly ports?: readonly { readonly port: number; readonly targetPort: string }[];
    readonly ingress?: readonly { readonly ports: readonly { readonly port: number }[] }[];
  };
}

let files: ReadonlyMap<string, readonly Manifest[]>;
let manifests: readonly Manifest[];
let check: Check;
beforeAll(async () => {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.yaml'));
  files = new Map(await Promise.all(names.map(async (name) => [name, await readManifests(name)] as const)));
  manifests = [...files].flatMap(([name, inFile]) => (name === 'kustomization.yaml' ? [] : inFile));
  check = await kubernetesSchemas();
});

async function readManifests(name: string): Promise<readonly Manifest[]> {
  return parseAllDocuments(await readFile(join(directory, name), 'utf8')).map(
    (document) => document.toJS() as Manifest,
  );
}

const find = (kind: string, name: string): Manifest =>
  manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name)!;
const pods = (): readonly (readonly [name: string, pod: PodSpec])[] =>
  manifests.flatMap(({ metadata, spec }) =>
    spec?.template === undefined ? [] : [[metadata.name, spec.template.spec] as const],
  );
const containerOf = (kind: string, name: string): Container =>
  find(kind, name).spec!.template!.spec.containers[0];

describe('the manifests of ops/kubernetes', () => {
  it('are what Kubernetes takes, and have no field that it does not know', () => {
    expect(
      manifests.flatMap((manifest) => check(manifest).map((line) => `${manifest.metadata.name}${line}`)),
    ).toEqual([]);
  });

  it('would be refused with a field that Kubernetes does not know', () => {
    const worker = find('Deployment', 'worker');
    expect(check({ ...worker, spec: { ...worker.spec, replica: 2 } })).toEqual([
      expect.stringContaining('"additionalProperty":"replica"'),
    ]);
  });

  it('are all in the kustomization, but for the examples', async () => {
    const { resources } = (await readManifests('kustomization.yaml'))[0] as unknown as {
      resources: string[];
    };
    const others = [...files.keys()].filter(
      (name) => !/^(kustomization|(secrets|sources)\.example)\.yaml$/.test(name),
    );
    expect(resources.toSorted()).toEqual(others.toSorted());
  });

  it('run the image of this project, whose version is that of the package', async () => {
    const { images } = (await readManifests('kustomization.yaml'))[0] as unknown as {
      images: { name: string; newTag: string }[];
    };
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(images.map(({ name, newTag }) => `${name}:${newTag}`)).toEqual([`tidewatch:${version}`]);
    expect(pods().map(([, { containers }]) => containers[0].image)).toEqual(pods().map(() => 'tidewatch'));
  });

  it('run nothing as root, and let nothing write outside of /tmp', async () => {
    const users = (await readDockerfile(join(root, 'Dockerfile')))
      .at(-1)!
      .instructions.filter(({ word }) => word === 'USER');
    // The image of Node.js has `node` as 1000.
    expect(users.map(({ text }) => text)).toEqual(['node']);
    for (const [name, pod] of pods()) {
      expect(pod.securityContext, name).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
      expect(pod.containers[0].securityContext, name).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(pod.containers[0].resources.limits.memory, name).toMatch(/^\d+[MG]i$/);
    }
  });

  it('mount volumes that they declare, and take settings from maps that are there', () => {
    for (const [name, { containers, volumes }] of pods()) {
      const [{ volumeMounts, envFrom }] = containers;
      expect(volumeMounts.map((mount) => mount.name).toSorted(), name).toEqual(
        volumes.map((volume) => volume.name).toSorted(),
      );
      expect(
        envFrom.filter(({ configMapRef }) => find('ConfigMap', configMapRef.name) === undefined),
        name,
      ).toEqual([]);
    }
  });

  it('set variables that Tidewatch knows', async () => {
    const known = knownVariables();
    const given = [
      ...Object.keys(find('ConfigMap', 'tidewatch').data!),
      ...Object.keys(find('ConfigMap', 'tidewatch-sources').data!),
      ...pods().flatMap(([, { containers }]) => (containers[0].env ?? []).map(({ name }) => name)),
    ];
    expect(given.filter((name) => !known(name))).toEqual([]);
  });

  it('select the pods that they make', () => {
    for (const { metadata, spec } of manifests.filter(({ kind }) => kind === 'Deployment'))
      expect(spec!.template!.metadata.labels, metadata.name).toMatchObject(spec!.selector!.matchLabels!);
  });

  it('open the ports that the processes listen on, and let people in there only', () => {
    const ports = { worker: 9464, console: 9465 };
    for (const [name, port] of Object.entries(ports)) {
      expect(containerOf('Deployment', name).ports).toEqual([{ name: 'http', containerPort: port }]);
      expect(find('Service', name).spec!.ports).toEqual([{ name: 'http', port, targetPort: 'http' }]);
    }
    expect(find('NetworkPolicy', 'tidewatch').spec!.ingress).toEqual([
      { ports: Object.values(ports).map((port) => ({ port })) },
    ]);
  });

  /** What is asked where: alive is the process itself, ready what it depends on; only the worker takes long to start. */
  const probes: Readonly<Record<string, object>> = {
    worker: { startupProbe: '/healthz', livenessProbe: '/healthz', readinessProbe: '/readyz' },
    console: { livenessProbe: '/healthz', readinessProbe: '/readyz' },
  };

  it('ask every container that runs for ever whether it is alive and whether it is ready', () => {
    const endless = manifests.filter(({ kind }) => /^(Deployment|StatefulSet|DaemonSet)$/.test(kind));
    const asked = endless.flatMap(({ spec }) =>
      spec!.template!.spec.containers.map((container) => [
        container.name,
        Object.fromEntries(
          (['startupProbe', 'livenessProbe', 'readinessProbe'] as const).flatMap((kind) => {
            const probe = container[kind];
            if (probe === undefined) return [];
            expect(probe.httpGet.port, `${container.name}: ${kind}`).toBe('http');
            return [[kind, probe.httpGet.path]];
          }),
        ),
      ]),
    );
    expect(Object.fromEntries(asked)).toEqual(probes);
  });

  it.each([
    ['worker', 'worker/http.ts', (path: string) => `'${path}':`],
    ['console', 'console/server/serve-probes.ts', (path: string) => `app.get('${path}'`],
  ] as const)('ask the %s what it answers', async (name, file, answered) => {
    const source = await readFile(join(root, file), 'utf8');
    for (const path of Object.values(probes[name]!) as string[]) expect(source).toContain(answered(path));
  });

  it('name files of the secret that its example has', () => {
    const keys = Object.keys(find('Secret', 'tidewatch').stringData!);
    const named = [
      ...Object.values(find('ConfigMap', 'tidewatch').data!),
      ...pods().flatMap(([, { containers }]) => (containers[0].env ?? []).map(({ value }) => value)),
    ].flatMap((value) => /^\/run\/secrets\/tidewatch\/(.+)$/.exec(value)?.[1] ?? []);
    expect([...new Set(named)].toSorted()).toEqual(keys.toSorted());
  });

  it.each([
    ['Deployment', 'worker'],
    ['Job', 'apply'],
  ])('let the %s %s read the sources that are there, and run where none are', (kind, name) => {
    const { containers, volumes } = find(kind, name).spec!.template!.spec;
    const [{ envFrom, volumeMounts }] = containers;
    expect(envFrom).toEqual([
      { configMapRef: { name: 'tidewatch' } },
      { configMapRef: { name: 'tidewatch-sources', optional: true } },
    ]);
    expect(volumes).toContainEqual({
      name: 'sources',
      secret: { secretName: 'tidewatch-sources', defaultMode: expect.anything(), optional: true },
    });
    expect(volumeMounts).toContainEqual({
      name: 'sources',
      mountPath: '/run/secrets/sources',
      readOnly: true,
    });
    const named = Object.values(find('ConfigMap', 'tidewatch-sources').data!).flatMap(
      (value) => /^\/run\/secrets\/sources\/(.+)$/.exec(value)?.[1] ?? [],
    );
    expect(named.toSorted()).toEqual(Object.keys(find('Secret', 'tidewatch-sources').stringData!).toSorted());
  });

  it('give what runs for ever time to end before it is killed', () => {
    const { terminationGracePeriodSeconds, containers } = find('Deployment', 'worker').spec!.template!.spec;
    const grace = containers[0].env!.find(({ name }) => name === 'TIDEWATCH_SHUTDOWN_GRACE')!.value;
    expect(grace).toMatch(/^\d+s$/);
    // After its activities it pushes spans and closes connections.
    expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(Number.parseInt(grace, 10) + 10);
    // The console ends what it is asking Postgres: 10 s for a connection, 5 s for a statement.
    expect(
      find('Deployment', 'console').spec!.template!.spec.terminationGracePeriodSeconds,
    ).toBeGreaterThanOrEqual(2 * (10 + 5));
  });

  it('leave a quarter of the memory of the worker to what is not the heap', () => {
    const { env, resources } = containerOf('Deployment', 'worker');
    const heap = env!.find(({ name }) => name === 'NODE_OPTIONS')!.value;
    expect(heap).toBe(`--max-old-space-size=${Number.parseInt(resources.limits.memory, 10) * 1024 * 0.75}`);
  });
});
