export type BinaryName = 'temporal' | 'pushgateway';

/** `linux-amd64`, `darwin-arm64`, ...: the words that both projects use in the names of their archives. */
export type Platform = string;

export interface ServerBinary {
  readonly title: string;
  readonly version: string;
  /** The environment variable that names a binary to use instead of looking for one. */
  readonly variable: string;
  /** Argument lists that a fitting binary answers with exit code 0. */
  readonly answers: readonly (readonly string[])[];
  readonly release: Release;
  readonly goPackage: string;
  /** The Go variable that holds the version a binary prints. */
  readonly goVersionVariable: string;
  readonly goBuildTime: string;
  readonly installHint: string;
}

export interface Release {
  readonly baseUrl: string;
  readonly archive: (platform: Platform) => string;
  /** Where the executable is inside the archive. */
  readonly member: (platform: Platform) => string;
  /** The file of the same release that lists the SHA-256 of every archive. */
  readonly checksumFile: string;
  /**
   * SHA-256 known in advance, by platform. For a platform that is not listed the archive is verified against the
   * release's own checksum file: that catches a damaged download, but not a replaced release.
   */
  readonly sha256: Readonly<Partial<Record<Platform, string>>>;
}

/** Keep the versions in step with tools/go.mod. */
export const serverCatalog: Readonly<Record<BinaryName, ServerBinary>> = {
  temporal: {
    title: 'Temporal dev server',
    version: '1.5.1',
    variable: 'TIDEWATCH_TEMPORAL',
    answers: [['--version'], ['server', 'start-dev', '--help']],
    release: {
      baseUrl: 'https://github.com/temporalio/cli/releases/download/v1.5.1',
      archive: (platform) => `temporal_cli_1.5.1_${platform.replace('-', '_')}.tar.gz`,
      member: () => 'temporal',
      checksumFile: 'checksums.txt',
      sha256: {
        'linux-amd64': 'ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d',
        'linux-arm64': 'bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5',
        'darwin-amd64': 'bbb73e2a31135abe50a1f1cdb35030c42961df618e8ce9c60ae89f201540c5d9',
        'darwin-arm64': 'cca01b7ea35ad56e2a328d9ae596bf716bd22313ef63c7a761c88354457c2415',
      },
    },
    goPackage: 'github.com/temporalio/cli/cmd/temporal',
    goVersionVariable: 'github.com/temporalio/cli/temporalcli.Version',
    goBuildTime: 'about 3 minutes the first time',
    installHint: 'the Temporal CLI (https://docs.temporal.io/cli)',
  },
  pushgateway: {
    title: 'Pushgateway',
    version: '1.11.1',
    variable: 'TIDEWATCH_PUSHGATEWAY',
    answers: [['--version']],
    release: {
      baseUrl: 'https://github.com/prometheus/pushgateway/releases/download/v1.11.1',
      archive: (platform) => `pushgateway-1.11.1.${platform}.tar.gz`,
      member: (platform) => `pushgateway-1.11.1.${platform}/pushgateway`,
      checksumFile: 'sha256sums.txt',
      sha256: {
        'linux-amd64': '6ce6ffab84d0d71195036326640295c02165462abd12b8092b0fa93188f5ee37',
        'linux-arm64': 'b6dc1c1c46d1137e5eda253f6291247e39330d3065a839857b947e59b4f3e64b',
      },
    },
    goPackage: 'github.com/prometheus/pushgateway',
    goVersionVariable: 'github.com/prometheus/common/version.Version',
    goBuildTime: 'about 20 seconds the first time',
    installHint: 'the Pushgateway (https://github.com/prometheus/pushgateway/releases)',
  },
};
