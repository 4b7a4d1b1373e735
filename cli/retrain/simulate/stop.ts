export interface Stop {
  readonly signal: AbortSignal;
  readonly close: () => void;
}

/** Aborts at the first Ctrl-C or SIGTERM, so that there is time to clean up. A second one ends the process at once. */
export function openStop(): Stop {
  const controller = new AbortController();
  const onSignal = (): void => {
    close();
    controller.abort();
  };
  const close = (): void => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return { signal: controller.signal, close };
}
