import { defineConfig } from 'tsup'

export default defineConfig({
  // Errors, texts and what hosts take early are entries of their own, for programs that start often and for pages, which
  // get the rest with their first plugin.
  entry: {
    index: 'src/index.ts',
    internal: 'src/internal.ts',
    errors: 'src/errors/index.ts',
    text: 'src/text/index.ts',
    early: 'src/early.ts',
  },
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  splitting: true,
  dts: true,
  sourcemap: true,
  clean: true,
})
