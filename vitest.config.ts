import { defineConfig } from 'vitest/config';

import { CountReporter } from './test/setup/count-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/global.ts'],
    reporters: ['default', new CountReporter()],
    // By default one fewer than the cores: one on a small machine, where most tests wait for servers anyway.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
