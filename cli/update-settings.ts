import { readConfiguration } from '../worker/configuration.ts';
import { noWorker } from './follow-run.ts';
import type { UpdateSettings } from '../worker/send-update.ts';
import { printNote } from './print.ts';

/** How the commands send updates: who types is told of a silence, and can end the waiting. */
export function updateSettings(): UpdateSettings {
  return {
    temporal: readConfiguration(process.env).temporal,
    onSilence: () => printNote(noWorker),
  };
}
