import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

export const inRoot = (...parts) => path.join(root, ...parts)

/** The workspace's packages in the order they are built: each comes after what it depends on. */
export const packages = [
  'runtime',
  'manifest',
  'wasi',
  'embed',
  'host',
  'web',
  'gateway',
  'inspector',
  'plugin-sdk',
  'registry',
  'cli',
]

/** What npm gets: those, and the engine of plugins in JavaScript, which is made of files of others. */
export const published = ['starling', ...packages]

/** The example plugins: folder below `examples`, name of the component, and what it needs to be built. */
export const plugins = [
  { folder: 'rust-plugin', name: 'markdown', needs: 'rust' },
  { folder: 'assemblyscript-plugin', name: 'insights' },
  { folder: 'greedy-plugin', name: 'greedy' },
  { folder: 'typescript-plugin', name: 'marked' },
  { folder: 'c-plugin', name: 'prose', fetches: true },
]
