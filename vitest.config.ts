import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/check/fixtures/**'],
    // Nothing of ours keeps state in a module but `current`, so test files share one load of each module.
    pool: 'threads',
    isolate: false,
    globals: false,
    // That a test takes long says only that the computer has much else to do.
    testTimeout: 60_000,
    setupFiles: ['test/support/setup.ts'],
  },
})
