import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('what a page carries, minified and gzipped', () => {
  let outputs: Metafile['outputs']
  const sizes = new Map<string, number>()
  const bundle = async (contents: string, splitting = true) => {
    const { outputFiles, metafile } = await build({
      stdin: { contents, resolveDir: root },
      bundle: true,
      minify: true,
      splitting,
      format: 'esm',
      platform: 'browser',
      outdir: 'out',
      absWorkingDir: root,
      write: false,
      metafile: true,
      logLevel: 'silent',
    })
    outputs = metafile.outputs
    sizes.clear()
    for (const { path, contents } of outputFiles)
      sizes.set(path.slice(path.indexOf('/out/') + 1), gzipSync(contents, { level: 9 }).length)
  }
  /** Of a file and all that it imports at once. */
  const weightOf = (start: string, dynamic: (path: string) => boolean) => {
    const seen = new Set<string>()
    const pending = [start]
    for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
      if (seen.has(file)) continue
      seen.add(file)
      for (const { path, kind } of outputs[file]?.imports ?? [])
        if (kind === 'import-statement' || (kind === 'dynamic-import' && dynamic(path))) pending.push(path)
    }
    return [...seen].reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0)
  }

  beforeAll(() => bundle("export { createHost } from './dist/index.js'"))

  it('is at most 72 kB without a plugin', () => {
    expect(weightOf('out/stdin.js', () => false)).toBeLessThanOrEqual(72_000)
  })

  it('is at most 186 kB with the first plugin in a thread, and its WASI is not in the page', () => {
    // Neither what only inline plugins run on, nor what a page without a secure origin hashes by, nor folders, nor what
    // reads the debug information of a plugin that failed, nor a profile, which a page cannot make.
    const isForThreads = (path: string) =>
      !/inline|instance-ports|slow-digest|plugin-folders|embedded_dwarf|take-profile|function-finder/.test(
        path,
      )
    expect(weightOf('out/stdin.js', isForThreads)).toBeLessThanOrEqual(186_000)
  })

  it('is next to nothing where only an error class is used', async () => {
    await bundle("export { ComponentError } from './dist/index.js'", false)
    expect(weightOf('out/stdin.js', () => true)).toBeLessThanOrEqual(12_000)
  })
})
