import { describe, expect, it } from 'vitest'
import { parsePath } from '#internal'
import { attack } from '../../../../test/attack.js'
import { errorOf } from '../helpers/descriptors.js'

describe('paths', () => {
  attack(
    'A46',
    'Uses names that are devices, drives, streams or other names on Windows',
    'refused there',
    () => {
      for (const path of [
        'CON',
        'con.txt',
        'a/NUL',
        'C:',
        'a:b',
        'x\\y',
        '\\\\?\\C:',
        'end.',
        'end ',
        'COM¹',
        'lpt1.log',
      ])
        expect([path, errorOf(() => parsePath(path, { isWindows: true }))]).toEqual([path, 'invalid'])
    },
  )

  it.each(['console', 'a.b', '..', 'nul-terminated'])('%s is a name on Windows', (path) =>
    expect(errorOf(() => parsePath(path, { isWindows: true }))).toBe('no error'),
  )
})
