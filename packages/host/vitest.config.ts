import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // As where nothing goes by shared memory, see `scripts/lib/suites.mjs`.
    setupFiles: process.env.WASM_PLUGIN_LANE === 'off' ? ['test/helpers/without-lane.ts'] : [],
    globalSetup: 'test/guests/build.mjs',
    testTimeout: 60_000,
    // Collection is forced in tests of what happens to forgotten objects.
    execArgv: ['--expose-gc'],
  },
})
