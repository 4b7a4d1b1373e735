/** A gate in front of a mail server that knows where in a message a conversation is. */

import { armed, type Armed } from './armed.ts';
import { openGate, type Gate, type Passage, type Watcher } from './gate.ts';

/** While a message is transferred, and when the server has taken it and nobody knows. */
export type MailMoment = 'mid-message' | 'taken';

export interface SmtpGate extends Gate, Pick<Armed<MailMoment, undefined, 'pass' | 'cut'>, 'arm'> {}

const end = '\r\n.\r\n';

export async function openSmtpGate(): Promise<SmtpGate> {
  const traps = armed<MailMoment, undefined, 'pass' | 'cut'>();

  function watch(passage: Passage): Watcher {
    let isTransferring = false;
    let isSent = false;
    let tail = '';
    return {
      async fromClient(data) {
        if (isTransferring) {
          if ((await traps.spring('mid-message', undefined)) === 'cut') {
            passage.toServer(data.subarray(0, data.length / 2));
            return passage.cut();
          }
          tail = (tail + data.toString('latin1')).slice(-end.length);
          isSent = tail === end;
        }
        passage.toServer(data);
      },
      async fromServer(data) {
        // Several commands may have been sent together: what counts is the answer to the last.
        const answer = data.toString('latin1').trimEnd().split('\r\n').at(-1)!;
        if (isSent) {
          isSent = false;
          isTransferring = false;
          if (answer.startsWith('250') && (await traps.spring('taken', undefined)) === 'cut')
            return passage.cut();
        }
        if (answer.startsWith('354')) {
          isTransferring = true;
          tail = '';
        }
        passage.toClient(data);
      },
    };
  }

  return { ...(await openGate(watch)), arm: traps.arm };
}
