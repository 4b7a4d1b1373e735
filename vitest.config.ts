import { defineConfig } from 'vitest/config';

import { CountReporter } from './test/setup/count-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/global.ts'],
    setupFiles: ['test/setup/property-seed.ts'],
    reporters: ['default', new CountReporter()],
    // By default one fewer than the cores: one on a small machine, where most tests wait for servers anyway.
    maxWorkers: 2,
    // Of tests that say they may run side by side: each starts a process.
    maxConcurrency: 3,
    // Much more than any needs on an idle machine: where all processors are taken, tests are slow, and not wrong.
    testTimeout: 120_000,
    // It says of each provider that it is not one for production.
    onConsoleLog: (text) => (text.includes('oidc-provider ') ? false : undefined),
    hookTimeout: 120_000,
  },
});
