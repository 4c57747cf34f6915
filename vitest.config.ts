import { defineConfig } from 'vitest/config'

/** The tests of the repository as a whole; each package has its own. */
export default defineConfig({
  test: {
    include: ['test/*.test.ts'],
    // The first test of a file may start a browser, a compiler or the demo.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
