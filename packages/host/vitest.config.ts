import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/guests/build.mjs',
    testTimeout: 60_000,
    // Collection is forced in tests of what happens to forgotten objects.
    execArgv: ['--expose-gc'],
  },
})
