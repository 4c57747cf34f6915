import { describe, expect, it } from 'vitest'
import { refusal } from './wat.js'

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00]
const CORE_HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]

const component = (...bytes: number[]) => Uint8Array.from([...HEADER, ...bytes])
const section = (id: number, ...bytes: number[]) => [id, bytes.length, ...bytes]
const coreModule = (...bytes: number[]) => component(...section(1, ...CORE_HEADER, ...bytes))
const text = (word: string) => [word.length, ...new TextEncoder().encode(word)]

/** Bytes that are accepted, and bytes that are refused, by what they show. */
const good: [string, Uint8Array][] = [
  ['no sections', component()],
  ['a padded LEB128', component(7, 6, 0x81, 0x80, 0x80, 0x80, 0x00, 0x7f)],
  ['a custom section', component(...section(0, ...text('note'), 1, 2, 3))],
  [
    'an import with name form 0',
    component(...section(7, 1, 0x40, 0, 1, 0), ...section(10, 1, 0, ...text('f'), 1, 0)),
  ],
  [
    'an import with name form 1',
    component(...section(7, 1, 0x40, 0, 1, 0), ...section(10, 1, 1, ...text('f'), 1, 0)),
  ],
  [
    'an import with name form 2',
    component(...section(7, 1, 0x40, 0, 1, 0), ...section(10, 1, 2, ...text('f'), 0, 1, 0)),
  ],
  ['a type index of two bytes', component(...section(7, 2, 0x7f, 0x70, 0x80, 0x00))],
  ['a core table with an initial value', coreModule(4, 9, 1, 0x40, 0x00, 0x70, 0x00, 0x01, 0xd0, 0x70, 0x0b)],
  ['a core global of every constant', coreModule(6, 6, 1, 0x7f, 0x00, 0x41, 0x01, 0x0b)],
  [
    'a start function',
    component(
      ...section(7, 1, 0x40, 0, 1, 0),
      ...section(10, 1, 0, ...text('f'), 1, 0),
      ...section(9, 0, 0, 0),
    ),
  ],
]

const bad: [string, Uint8Array, RegExp][] = [
  [
    'another layer',
    Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x02, 0x00]),
    /at byte 0x6: layer 2/,
  ],
  [
    'another version',
    Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 0x0c, 0x00, 0x01, 0x00]),
    /at byte 0x4: version 12/,
  ],
  ['a section number that is not used', component(13, 0), /at byte 0x8: 0x0d is not a section/],
  ['a section that ends outside', component(7, 9, 1), /a section of 9 bytes does not fit/],
  [
    'a section with more bytes than content',
    component(...section(7, 1, 0x7f, 0x7f)),
    /longer than its content/,
  ],
  ['a LEB128 of six bytes', component(7, 0x81, 0x80, 0x80, 0x80, 0x80, 0x00), /does not fit 32 bits/],
  ['a LEB128 with unused bits set', component(7, 0x81, 0x80, 0x80, 0x80, 0x10), /does not fit 32 bits/],
  [
    'a vector longer than the file',
    component(...section(7, 0xff, 0xff, 0xff, 0xff, 0x0f)),
    /4294967295 elements does not fit/,
  ],
  ['a name that is not UTF-8', component(...section(0, 2, 0xc3, 0x28)), /a name is not UTF-8/],
  ['a surrogate in a name', component(...section(0, 3, 0xed, 0xa0, 0x80)), /a name is not UTF-8/],
  ['a name longer than its section', component(...section(0, 9, 0x61)), /9 bytes do not fit/],
  ['a type code that is not used', component(...section(7, 1, 0x62)), /0x62 is not a type/],
  ['a value type that is not used', component(...section(7, 1, 0x70, 0x41)), /0x41 is not a value type/],
  [
    'a case with a refinement',
    component(...section(7, 1, 0x71, 1, ...text('a'), 0, 1)),
    /expected the end of a case/,
  ],
  ['an optional type with flag 2', component(...section(7, 1, 0x6a, 2, 0)), /0x02 says neither/],
  ['a result list of two', component(...section(7, 1, 0x40, 0, 2, 0)), /0x02 is not a form of result/],
  [
    'a declaration that is not used',
    component(...section(7, 1, 0x42, 1, 0x05)),
    /0x05 is not a kind of declaration/,
  ],
  [
    'an import in an instance type',
    component(...section(7, 1, 0x42, 1, 0x03)),
    /0x03 is not a kind of declaration/,
  ],
  ['a name form that is not used', component(...section(10, 1, 3)), /0x03 is not a form of name/],
  [
    'an attribute that is not used',
    component(...section(10, 1, 2, ...text('f'), 1, 9)),
    /0x09 is not an attribute/,
  ],
  [
    'an attribute given twice',
    component(...section(10, 1, 2, ...text('f'), 2, 2, 0, 2, 0)),
    /is given twice/,
  ],
  [
    'a kind of import that is not used',
    component(...section(10, 1, 0, ...text('f'), 6)),
    /0x06 is not a kind of import/,
  ],
  [
    'a type bound that is not used',
    component(...section(10, 1, 0, ...text('f'), 3, 2)),
    /0x02 is not a bound/,
  ],
  ['a sort that is not used', component(...section(11, 1, 0, ...text('f'), 6)), /0x06 is not a sort/],
  [
    'a core sort that is not used',
    component(...section(11, 1, 0, ...text('f'), 0, 9)),
    /0x09 is not a core sort/,
  ],
  [
    'the export of a core function',
    component(...section(11, 1, 0, ...text('f'), 0, 0, 0)),
    /a core func cannot be imported/,
  ],
  [
    'an export flag of 2',
    component(...section(7, 1, 0x7f), ...section(11, 1, 0, ...text('f'), 3, 0, 2)),
    /0x02 does not say/,
  ],
  ['a form of instance that is not used', component(...section(5, 1, 2)), /0x02 is not a form of instance/],
  [
    'a form of core instance that is not used',
    component(...section(2, 1, 2)),
    /0x02 is not a form of core instance/,
  ],
  [
    'a core argument that is no instance',
    component(...section(1, ...CORE_HEADER), ...section(2, 1, 0, 0, 1, 0, 0x11, 0)),
    /expected a core instance/,
  ],
  [
    'a target of an alias that is not used',
    component(...section(6, 1, 1, 3)),
    /0x03 is not a target of an alias/,
  ],
  [
    'an outer alias of a function',
    component(...section(6, 1, 1, 2, 0, 0)),
    /cannot name an item of that sort/,
  ],
  [
    'a canonical definition that is not used',
    component(...section(8, 1, 0x7f)),
    /0x7f is not a canonical definition/,
  ],
  ['a lift of another sort', component(...section(8, 1, 0, 1)), /expected the core function to lift/],
  [
    'a canonical option that is not used',
    component(...section(8, 1, 1, 0, 0, 1, 0x20)),
    /0x20 is not a canonical option/,
  ],
  [
    'a canonical option of the GC proposal',
    component(...section(8, 1, 1, 0, 0, 1, 0x09)),
    /^UNSUPPORTED_FEATURE/,
  ],
  [
    'a nested component that is a module',
    component(...section(4, ...CORE_HEADER)),
    /^MALFORMED_COMPONENT: .*layer 0/,
  ],
  [
    'a nested component that is nothing',
    component(...section(4, 1, 2, 3, 4, 5, 6, 7, 8)),
    /^MALFORMED_COMPONENT/,
  ],
  [
    'a core module that is a component',
    component(...section(1, ...HEADER)),
    /does not start with the header of one/,
  ],
  ['a value section', component(...section(12, 0)), /^UNSUPPORTED_FEATURE: .*values/],
  [
    'an import of a value',
    component(...section(10, 1, 0, ...text('v'), 2, 1, 0x7f)),
    /^UNSUPPORTED_FEATURE: .*values/,
  ],
  ['a start function with arguments', component(...section(9, 0, 1, 0, 0)), /^UNSUPPORTED_FEATURE: .*values/],
  ['a start function out of bounds', component(...section(9, 0, 0, 0)), /function 0 is out of bounds/],
  [
    'a resource represented by a funcref',
    component(...section(7, 1, 0x3f, 0x70, 0)),
    /cannot be represented/,
  ],
  ['a core type that is not used', coreModule(1, 2, 1, 0x10), /0x10 is not a core type/],
  ['a core value type that is not used', coreModule(1, 4, 1, 0x60, 1, 0x40), /0x40 is not a core value type/],
  ['a core function of an unknown type', coreModule(3, 2, 1, 0), /core type 0 is out of bounds/],
  ['a core function of a struct type', coreModule(1, 3, 1, 0x5f, 0, 3, 2, 1, 0), /is not a function type/],
  [
    'a kind of core import that is not used',
    coreModule(2, 4, 1, 0, 0, 9),
    /0x09 is not a kind of core import/,
  ],
  ['a core export out of bounds', coreModule(7, 4, 1, 0, 0, 0), /func 0 is out of bounds/],
  ['a core export kind that is not used', coreModule(7, 4, 1, 0, 9, 0), /0x09 is not a kind of export/],
  ['two core exports of one name', coreModule(5, 3, 1, 0, 1, 7, 7, 2, 0, 2, 0, 0, 2, 0), /is defined twice/],
  ['table limits that are not used', coreModule(4, 4, 1, 0x70, 9, 1), /0x09 is not a kind of table limits/],
  ['a table with 64-bit indices', coreModule(4, 4, 1, 0x70, 4, 1), /^UNSUPPORTED_FEATURE: .*table64/],
  ['a memory with custom pages', coreModule(5, 4, 1, 8, 1, 0), /^UNSUPPORTED_FEATURE: .*custom page sizes/],
  ['a shared memory without a maximum', coreModule(5, 3, 1, 2, 1), /a shared memory has no maximum/],
  [
    'a constant expression that is not constant',
    coreModule(6, 5, 1, 0x7f, 0, 0x10, 0x0b),
    /^UNSUPPORTED_FEATURE: .*0x10/,
  ],
  ['a mutability that is not used', coreModule(6, 6, 1, 0x7f, 4, 0x41, 0, 0x0b), /0x04 is not a mutability/],
  ['a shared global', coreModule(6, 6, 1, 0x7f, 2, 0x41, 0, 0x0b), /^UNSUPPORTED_FEATURE: .*shared globals/],
]

describe('bytes that no text makes', () => {
  it.each(good)('accepts %s', (_, bytes) => {
    expect(refusal(bytes)).toBe('accepted')
  })
  it.each(bad)('refuses %s', (_, bytes, error) => {
    expect(refusal(bytes)).toMatch(error)
  })
})
