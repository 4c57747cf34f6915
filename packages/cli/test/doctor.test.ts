import { describe, expect, it } from 'vitest'
import { checkNode, isAtLeast, versionIn } from '#internal'

describe('versions', () => {
  it('are found in what tools print, and compared by major and minor', () => {
    expect(versionIn('rustc 1.95.0 (59807616e 2026-04-14)')).toBe('1.95.0')
    expect(isAtLeast('1.95.0', '1.85')).toBe(true)
    expect(isAtLeast('2.0.0', '1.85')).toBe(true)
    expect(isAtLeast('1.84.9', '1.85')).toBe(false)
  })

  it('of Node that are too old come with a fix', () => {
    expect(checkNode('20.19.0')).toMatchObject({ ok: true, fix: null })
    expect(checkNode('18.20.0')).toMatchObject({ ok: false, fix: expect.stringContaining('20.19') })
  })
})
