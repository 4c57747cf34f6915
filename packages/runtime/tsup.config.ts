import { defineConfig, type Options } from 'tsup'

const shared: Options = {
  splitting: false,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  dts: true,
  sourcemap: true,
}

export default defineConfig([
  {
    ...shared,
    // Errors are an entry of their own for programs that start often. Each entry is one file; errors of both are
    // recognised as one class.
    entry: { internal: 'src/internal.ts', errors: 'src/errors/index.ts', text: 'src/text/index.ts' },
    clean: ['!index.*'],
  },
  // The public names of `internal.js`, which a browser is given beside it.
  { ...shared, entry: { index: 'src/index.ts' }, external: [/internal\.js$/] },
])
