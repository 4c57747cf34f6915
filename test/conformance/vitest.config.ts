import { defineConfig } from 'vitest/config'

export default defineConfig({
  // The first build of a language compiles its dependencies.
  test: { include: ['*.test.ts'], testTimeout: 120_000, hookTimeout: 600_000 },
})
