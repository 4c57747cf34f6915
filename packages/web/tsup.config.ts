import { defineConfig } from 'tsup'

const shared = { format: 'esm', platform: 'browser', target: 'es2022', sourcemap: true } as const

export default defineConfig([
  // `internal` is for the tests, and stays here.
  {
    ...shared,
    entry: ['src/index.ts', 'src/internal.ts'],
    dts: { entry: ['src/index.ts'] },
    splitting: true,
    clean: true,
  },
  // All that a plugin's thread runs, as one script, which a page can serve as it is. Names stay, since they are in the
  // stacks of errors.
  {
    ...shared,
    entry: { thread: 'src/worker/main.ts' },
    dts: true,
    noExternal: [/.*/],
    splitting: false,
    // It exports nothing, and is a module all the same.
    footer: { js: 'export {}' },
    esbuildOptions(options) {
      options.minifyWhitespace = true
      options.minifySyntax = true
    },
  },
])
