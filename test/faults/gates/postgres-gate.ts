/** A gate in front of Postgres that reads along: it knows statements, commits, copies and errors. */

import { armed, type Armed } from './armed.ts';
import { openGate, type Gate, type Passage, type Watcher } from './gate.ts';

/** Before and after what is stored for good: a commit, or a statement that writes in a transaction of its own. */
export type SqlMoment = 'before commit' | 'after commit' | 'statement in a transaction' | 'copied rows';

/** `pass`; `cut`: the connection breaks there; or the statement fails, and its transaction with it, with this SQLSTATE. */
export type SqlVerdict = 'pass' | 'cut' | { readonly sqlState: string };

/** A statement, and the server process of its session. */
export interface SqlEvent {
  readonly sql: string;
  readonly pid: number;
}

export interface PostgresGate extends Gate, Pick<Armed<SqlMoment, SqlEvent, SqlVerdict>, 'arm'> {
  /** SQLSTATE -> how often the server has answered it. */
  errors(): Readonly<Record<string, number>>;
}

interface Message {
  readonly type: string;
  readonly body: Buffer;
  /** As it came. */
  readonly whole: Buffer;
}

/** Cuts a stream into messages. The first one of a client has no type. */
function messageReader(startsWithout: 'type' | 'nothing'): (data: Buffer) => Message[] {
  let rest: Buffer = Buffer.alloc(0);
  let typeLength = startsWithout === 'type' ? 0 : 1;
  return (data) => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
    const messages: Message[] = [];
    while (rest.length >= typeLength + 4) {
      const length = typeLength + rest.readUInt32BE(typeLength);
      if (rest.length < length) break;
      messages.push({
        type: rest.toString('latin1', 0, typeLength),
        body: rest.subarray(typeLength + 4, length),
        whole: rest.subarray(0, length),
      });
      rest = rest.subarray(length);
      typeLength = 1;
    }
    return messages;
  };
}

const textAt = (body: Buffer, from: number): string => body.toString('utf8', from, body.indexOf(0, from));
const writes = /\b(insert|update|delete)\b/i;

/** The SQL of a message, if it brings any. */
function sqlOf({ type, body }: Message): string | undefined {
  if (type === 'Q') return textAt(body, 0);
  if (type === 'P') return textAt(body, body.indexOf(0) + 1);
  return undefined;
}

function errorCode(body: Buffer): string {
  for (let at = 0; at < body.length && body[at] !== 0; at = body.indexOf(0, at) + 1) {
    if (body[at] === 'C'.charCodeAt(0)) return textAt(body, at + 1);
  }
  return '';
}

function query(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(5);
  head.write('Q');
  head.writeUInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}

const failWith = (sqlState: string): Buffer =>
  query(`do $$ begin raise exception 'injected' using errcode = '${sqlState}'; end $$`);

export async function openPostgresGate(): Promise<PostgresGate> {
  const traps = armed<SqlMoment, SqlEvent, SqlVerdict>();
  const errors: Record<string, number> = {};

  function watch(passage: Passage): Watcher {
    const readClient = messageReader('type');
    const readServer = messageReader('nothing');
    let isInTransaction = false;
    let pid = 0;
    /** What is to happen when the server has answered. */
    let afterwards: (() => Promise<SqlVerdict>) | undefined;
    /** A failure that takes the place of all messages until the next Sync. */
    let failure: string | undefined;

    /** Of a statement, before it goes to the server. */
    async function meet(sql: string): Promise<SqlVerdict> {
      const isCommit = /^\s*commit\b/i.test(sql);
      const stores = isCommit || (!isInTransaction && writes.test(sql));
      const moment = stores ? 'before commit' : isInTransaction ? 'statement in a transaction' : undefined;
      const met = moment === undefined ? undefined : traps.spring(moment, { sql, pid });
      if (met !== undefined) return met;
      if (stores) afterwards = async () => (await traps.spring('after commit', { sql, pid })) ?? 'pass';
      return 'pass';
    }
    return {
      async fromClient(data) {
        for (const message of readClient(data)) {
          if (failure !== undefined) {
            if (message.type === 'S') {
              passage.toServer(failWith(failure));
              failure = undefined;
            }
            continue;
          }
          if (message.type === 'd' && (await traps.spring('copied rows', { sql: '', pid })) === 'cut')
            return passage.cut();
          const sql = sqlOf(message);
          const verdict = sql === undefined ? 'pass' : await meet(sql);
          if (verdict === 'cut') return passage.cut();
          if (verdict === 'pass') passage.toServer(message.whole);
          else if (message.type === 'Q') passage.toServer(failWith(verdict.sqlState));
          else failure = verdict.sqlState;
        }
      },
      async fromServer(data) {
        for (const { type, body } of readServer(data)) {
          if (type === 'K') pid = body.readInt32BE(0);
          if (type === 'E') {
            const code = errorCode(body);
            errors[code] = (errors[code] ?? 0) + 1;
            afterwards = undefined;
          }
          if (type === 'd' && (await traps.spring('copied rows', { sql: '', pid })) === 'cut')
            return passage.cut();
          if (type !== 'Z') continue;
          isInTransaction = body.toString('latin1') === 'T';
          const act = afterwards;
          afterwards = undefined;
          if (act !== undefined && (await act()) === 'cut') return passage.cut();
        }
        passage.toClient(data);
      },
    };
  }

  return { ...(await openGate(watch)), arm: traps.arm, errors: () => ({ ...errors }) };
}
