import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The plugins that are looked at are those of the host's tests.
    globalSetup: '../host/test/guests/build.mjs',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
