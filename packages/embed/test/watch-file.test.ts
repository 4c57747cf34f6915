import { watchFile } from '@wasm-plugin/embed/internal'
import { expect, it } from 'vitest'

it('says that a platform without files has nothing to watch', () => {
  const watched = { path: '/render.wasm', digest: () => '', update: async () => {}, onFailed: () => {} }
  const sources = {
    fileName: () => 'render.wasm',
    readFile: () => Promise.reject(new Error('nothing to read')),
    sha256: async () => '',
  }
  expect(() => watchFile(watched, sources)).toThrow(
    expect.objectContaining({
      code: 'WATCH_UNAVAILABLE',
      message: '/render.wasm cannot be watched: there are no files here',
    }),
  )
})
