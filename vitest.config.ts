import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/check/fixtures/**'],
    // Nothing of ours keeps state in a module but `current`, so test files share one load of each module.
    pool: 'threads',
    isolate: false,
    globals: false,
    setupFiles: ['test/support/setup.ts'],
  },
})
