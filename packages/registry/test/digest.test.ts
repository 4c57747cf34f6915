import { digestOf, isDigest } from '@wasm-plugin/registry'
import { expect, test } from 'vitest'

test('a digest is sha256 in lower case and nothing else', () => {
  expect(digestOf(new TextEncoder().encode('{}'))).toBe(
    'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  )
  expect(isDigest(digestOf(new Uint8Array()))).toBe(true)
  for (const text of ['sha256:', `sha256:${'A'.repeat(64)}`, `sha512:${'a'.repeat(128)}`, undefined, 7])
    expect(isDigest(text)).toBe(false)
})
