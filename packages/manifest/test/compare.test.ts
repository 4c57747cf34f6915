import { type FsRequest, requestsBeyond } from '@wasm-plugin/manifest'
import { expect, it } from 'vitest'
import { attack } from '../../../test/attack.js'

const read = (at: string): FsRequest => ({ at, access: 'read', reason: 'Reads.' })
const write = (at: string): FsRequest => ({ at, access: 'read-write', reason: 'Writes.' })

const beyond = (before: FsRequest[], after: FsRequest[]) =>
  requestsBeyond({ fs: before }, { fs: after }).fs.map(({ at, access }) => `${access} ${at}`)

it.each<[string, FsRequest[], FsRequest[], string[]]>([
  ['the same', [write('/d')], [write('/d')], []],
  ['a part', [write('/d')], [read('/d/s')], []],
  ['less', [write('/d')], [read('/d')], []],
  ['more access', [read('/d')], [write('/d')], ['read-write /d']],
  ['another place', [write('/d')], [read('/e')], ['read /e']],
  ['what is around', [write('/d/s')], [write('/d')], ['read-write /d']],
  ['more in a part', [write('/d'), read('/d/s')], [write('/d'), write('/d/s')], ['read-write /d/s']],
  [
    'more below a part',
    [write('/d'), read('/d/s')],
    [write('/d'), read('/d/s'), write('/d/s/x')],
    ['read-write /d/s/x'],
  ],
])('says what is asked for beyond: %s', (_, before, after, expected) => {
  expect(beyond(before, after)).toEqual(expected)
})

attack(
  'C30',
  'write to a folder by no longer asking to read it, inside of one that it writes to',
  'it is said to ask for more',
  () => {
    expect(beyond([write('/d'), read('/d/s')], [write('/d')])).toEqual(['read-write /d/s'])
    expect(beyond([write('/'), read('/d/s'), read('/e')], [write('/'), read('/e')])).toEqual([
      'read-write /d/s',
    ])
  },
)
