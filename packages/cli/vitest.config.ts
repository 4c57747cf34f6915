import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/kitchen.ts'],
    testTimeout: 60_000,
    hookTimeout: 240_000,
  },
})
