import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // As where nothing goes by shared memory, or every plugin has a process of its own: see `scripts/lib/suites.mjs`.
    setupFiles: [
      ...(process.env.WASM_PLUGIN_LANE === 'off' ? ['test/helpers/without-lane.ts'] : []),
      ...(process.env.WASM_PLUGIN_WALL === 'process' ? ['test/helpers/in-processes.ts'] : []),
    ],
    globalSetup: 'test/guests/build.mjs',
    testTimeout: 60_000,
    // Collection is forced in tests of what happens to forgotten objects.
    execArgv: ['--expose-gc'],
  },
})
