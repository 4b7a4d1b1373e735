import { readConfiguration } from '../worker/configuration.ts';
import { noWorker } from './follow-run.ts';
import type { UpdateSettings } from '../worker/send-update.ts';

/** How the commands send updates: who types is told of a silence, and can end the waiting. */
export function updateSettings(): UpdateSettings {
  return {
    temporal: readConfiguration(process.env).temporal,
    onSilence: () => console.error(noWorker),
  };
}
