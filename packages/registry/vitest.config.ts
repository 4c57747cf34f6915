import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // With tools of others that take minutes to build: `npm run test:interop`.
    exclude: [...configDefaults.exclude, 'test/interop/**'],
  },
})
