import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one line that any CI can read: `N passed, N failed, N skipped`. */
export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1;
      // A file that cannot be loaded has no tests, and failed all the same.
      if (module.errors().length > 0) count.failed += 1;
    }
    const failed = count.failed + count.pending + errors.length;
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    // After the summary of the default reporter.
    process.once('exit', () => process.stdout.write(`${count.passed} passed, ${failed} failed${skipped}\n`));
  }
}
