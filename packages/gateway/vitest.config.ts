import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The plugin that answers requests is that of the host's tests.
    globalSetup: '../host/test/guests/build.mjs',
    testTimeout: 60_000,
  },
})
