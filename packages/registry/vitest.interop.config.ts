import { defineConfig } from 'vitest/config'

/** Whatever these tools write and read, a timeout is for one that hangs. */
const TIMEOUT_MS = 120_000

export default defineConfig({
  test: { include: ['test/interop/*.test.ts'], testTimeout: TIMEOUT_MS, hookTimeout: TIMEOUT_MS },
})
