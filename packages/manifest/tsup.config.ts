import { defineConfig } from 'tsup'

export default defineConfig({
  // The grammar and the names are entries of their own: a plugin's thread needs them, and no schema.
  entry: {
    index: 'src/index.ts',
    'grammar/index': 'src/grammar/index.ts',
    names: 'src/names.ts',
    shape: 'src/shape.ts',
  },
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  splitting: true,
  dts: true,
  sourcemap: true,
  clean: true,
  // Bundled, so that an install stays small: only the parts that are used.
  noExternal: ['zod'],
})
