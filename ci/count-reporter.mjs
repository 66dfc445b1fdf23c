import { writeFileSync } from 'node:fs';

/**
 * Counts what a Vitest run did and writes it to the file named by ROOMKEY_COUNT_FILE.
 *
 * Unhandled errors and modules that failed to load count as failures: Vitest's own tally of
 * tests does not hold them.
 */
// biome-ignore lint/style/noDefaultExport: Vitest takes a reporter by its default export.
export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length };
    for (const module of modules) {
      count.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') count.passed += 1;
        else if (state === 'failed') count.failed += 1;
      }
    }
    writeFileSync(process.env.ROOMKEY_COUNT_FILE, JSON.stringify(count));
  }
}
