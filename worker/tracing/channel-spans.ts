/** A span for each message to people, through whichever channel: to whom and what is not in it. */

import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

import type { Channels } from '../../activities/alerts/channels.ts';
import type { Channel } from '../../activities/alerts/channel.ts';
import { TidewatchError } from '../../core/errors.ts';

const tracer = trace.getTracer('tidewatch/channels');

export function channelsWithSpans({ email, ...others }: Channels): Channels {
  return {
    ...Object.fromEntries(
      Object.entries(others).map(([name, channel]) => [name, { ...channel, ...sendsIn(name, channel) }]),
    ),
    ...(email !== undefined && {
      email: {
        ...email,
        ...sendsIn('email', email),
        sendReport: (report, address) => inSpan('email', () => email.sendReport(report, address)),
      },
    }),
  };
}

function sendsIn(name: string, channel: Channel): Pick<Channel, 'send'> {
  return { send: (message, recipient) => inSpan(name, () => channel.send(message, recipient)) };
}

function inSpan<T>(channel: string, send: () => Promise<T>): Promise<T> {
  const options = { kind: SpanKind.CLIENT, attributes: { channel } };
  return tracer.startActiveSpan(`send ${channel}`, options, async (span) => {
    try {
      return await send();
    } catch (error) {
      span.setAttribute('error.type', error instanceof TidewatchError ? error.code : 'Error');
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
