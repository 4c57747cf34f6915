import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['test/**/*.test.ts'], globalSetup: 'test/guests/build.mjs', testTimeout: 20_000 },
})
