import type { AlertStatus } from '../../core/alert/message.ts';

/** One colour a status in every channel; each has a contrast of at least 4.5 to white. */
export const statusColors: Readonly<Record<AlertStatus, string>> = {
  info: '#1f6feb',
  warning: '#9a6700',
  critical: '#cf222e',
  resolved: '#1a7f37',
};
