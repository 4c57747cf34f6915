import { cpSync, rmSync } from 'node:fs'
import { defineConfig } from 'tsup'

// The package ships the WASI packages, so that a world can import them without vendoring a copy.
rmSync('wit', { recursive: true, force: true })
cpSync('../../wit/deps', 'wit', { recursive: true })

const entry = { index: 'src/index.ts', testing: 'src/testing/index.ts' }

export default defineConfig({
  entry: { ...entry, 'asc-process': 'src/asc-process.ts', 'starling-process': 'src/starling-process.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: { entry },
  splitting: true,
  sourcemap: true,
  clean: true,
})
