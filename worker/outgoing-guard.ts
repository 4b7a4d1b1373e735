/** Owns `undici`: where requests of this process may lead, whoever has configured their URL. */

import { lookup as resolveName, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP, isIPv6 } from 'node:net';

import { Agent, buildConnector, getGlobalDispatcher, setGlobalDispatcher } from 'undici';

import type { Environment, Problems } from './secret-files.ts';

type Network = readonly [address: string, prefix: number];

/**
 * The machine's own and the cloud's metadata, which give credentials to whoever asks from here: no trainer and no webhook is there. Link-local
 * addresses, also as IPv6 writes and translates them, and those of AWS, Google, Alibaba, Oracle and Azure that are elsewhere.
 */
const never: readonly Network[] = [
  ['169.254.0.0', 16],
  ['fe80::', 10],
  ['64:ff9b::a9fe:0', 112],
  ['2002:a9fe::', 32],
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
  ['100.100.100.200', 32],
  ['192.0.0.192', 32],
  ['168.63.129.16', 32],
];

const named: Readonly<Record<string, readonly Network[]>> = {
  loopback: [
    ['127.0.0.0', 8],
    ['0.0.0.0', 8],
    ['::', 127],
  ],
  private: [
    ['10.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    ['100.64.0.0', 10],
    ['fc00::', 7],
    ['fec0::', 10],
    ['64:ff9b::a00:0', 104],
  ],
};

export interface OutgoingRules {
  /** Beside those that are never reached. */
  readonly denied: readonly Network[];
  /** `host:port` that the environment itself names: who sets it may reach them whatever is denied to monitors. */
  readonly exempt: ReadonlySet<string>;
}

export function readOutgoing(environment: Environment, problems: Problems): OutgoingRules {
  const denied: Network[] = [];
  for (const part of (environment['TIDEWATCH_DENIED_ADDRESSES'] ?? '').split(',')) {
    const text = part.trim();
    const [address = '', prefix] = text.split('/');
    const longest = isIPv6(address) ? 128 : 32;
    if (text === '') continue;
    if (Object.hasOwn(named, text)) denied.push(...named[text]!);
    else if (
      isIP(address) !== 0 &&
      /^\d{1,3}$/.test(prefix ?? String(longest)) &&
      Number(prefix ?? longest) <= longest
    )
      denied.push([address, Number(prefix ?? longest)]);
    else
      problems.push(
        `  TIDEWATCH_DENIED_ADDRESSES: "${text}" is neither loopback nor private nor a network such as 10.0.0.0/8`,
      );
  }
  return { denied, exempt: new Set(Object.values(environment).flatMap((value) => hostsOf(value ?? ''))) };
}

function hostsOf(text: string): string[] {
  return text.split(',').flatMap((part) => {
    if (!/^https?:\/\//.test(part.trim()) || !URL.canParse(part.trim())) return [];
    const { hostname, port, protocol } = new URL(part.trim());
    return [`${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`];
  });
}

class DeniedAddress extends Error {
  override readonly name = 'DeniedAddress';
}

function listOf(networks: readonly Network[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of networks)
    list.addSubnet(address, prefix, isIPv6(address) ? 'ipv6' : 'ipv4');
  return list;
}

type Lookup = (
  name: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Lets every `fetch` of this process connect only to addresses that the rules allow. A name is resolved once for each connection, and the
 * connection goes to an address that was looked at: another answer the next time, and redirections, change nothing.
 *
 * @returns ends it, for tests
 */
export function guardOutgoing(rules: OutgoingRules, lookup: Lookup = resolveName): () => Promise<void> {
  const [always, also] = [listOf(never), listOf(rules.denied)];

  function denial(address: string, name: string, port: string): DeniedAddress | undefined {
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    const isDenied =
      always.check(address, family) || (also.check(address, family) && !rules.exempt.has(`${name}:${port}`));
    if (!isDenied) return undefined;
    const where = address === name ? address : `${name} is ${address}, which`;
    return new DeniedAddress(
      `${where} ${address === name ? 'is an address that ' : ''}no request may lead to (TIDEWATCH_DENIED_ADDRESSES, docs/security.md)`,
    );
  }

  const agent = new Agent({
    connect: (options, callback) => {
      const name = options.hostname.replace(/^\[|\]$/g, '');
      const port = options.port || (options.protocol === 'https:' ? '443' : '80');
      const literal = isIP(name) === 0 ? undefined : denial(name, name, port);
      if (literal !== undefined) {
        callback(literal, null);
        return;
      }
      const connect = buildConnector({
        timeout: 10_000,
        lookup: (host, asked, done) => {
          lookup(host, { ...asked, all: true }, (error, addresses) => {
            const denied = addresses?.map(({ address }) => denial(address, host, port)).find(Boolean);
            const [first] = addresses ?? [];
            if (error !== null || denied !== undefined || first === undefined)
              done(error ?? denied ?? new Error(`${host} has no address`), []);
            else if (asked.all) done(null, addresses);
            else done(null, first.address, first.family);
          });
        },
      });
      connect(options, callback);
    },
  });
  const before = getGlobalDispatcher();
  setGlobalDispatcher(agent);
  return async () => {
    setGlobalDispatcher(before);
    await agent.close();
  };
}
