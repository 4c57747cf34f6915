// On every Node: what threads answer by shared memory.
import { IncomingExchange, packAnswer, packHead, partsOf, unpackHead } from '@wasm-plugin/embed/internal'
import { describe, expect, it } from 'vitest'
import { fc } from '../../../../test/property.js'
import { tries } from '../../../../test/seed.js'

const bytes = (text: string) => new TextEncoder().encode(text)
const exchangeOf = (method = 'GET') =>
  new IncomingExchange({ request: { path: '/', method }, onInformational: () => {}, onCancel: () => {} })

describe('a request in shared memory', () => {
  it('is the same on the other side', () => {
    const fields = [
      ['x-one', '1'],
      ['x-empty', ''],
      ['x-one', 'caf\xe9'],
    ] as const
    const head = {
      method: 'REPORT',
      scheme: undefined,
      authority: 'x:80',
      path: '/a?b',
      fields,
      fieldBytes: 9,
    }
    const given = unpackHead(packHead({ ...head, body: undefined }), bytes('body'), 9)
    expect({ ...given, headers: given.headers }).toEqual({
      ...{ method: 'REPORT', scheme: undefined, authority: 'x:80', pathWithQuery: '/a?b' },
      headers: fields.map(([name, value]) => [name, Uint8Array.from(value, (c) => c.charCodeAt(0))]),
      ...{ fieldBytes: 9, body: bytes('body') },
    })
  })
})

describe('an answer in shared memory', () => {
  it('is the same on the other side', () => {
    const headers = [
      ['set-cookie', bytes('a=1')],
      ['x-bytes', Uint8Array.of(0xff, 9, 0x80)],
      ['set-cookie', bytes('')],
    ] as const
    const packed = packAnswer([
      { kind: 'informational', status: 103, headers: [['link', bytes('</a>')]] },
      { kind: 'head', status: 200, headers },
      { kind: 'bytes', bytes: bytes('one') },
      { kind: 'bytes', bytes: bytes('two') },
      { kind: 'end', trailers: [['x-sum', bytes('42')]] },
    ])
    expect(partsOf(packed)).toEqual([
      { kind: 'informational', status: 103, fields: [['link', '</a>']] },
      {
        kind: 'head',
        status: 200,
        fields: [
          ['set-cookie', 'a=1'],
          ['x-bytes', '\xff\t\x80'],
          ['set-cookie', ''],
        ],
      },
      { kind: 'bytes', bytes: bytes('one') },
      { kind: 'bytes', bytes: bytes('two') },
      { kind: 'end', fields: [['x-sum', '42']] },
    ])
    expect(partsOf(packAnswer([{ kind: 'failed', code: { tag: 'internal-error', val: 'why' } }]))).toEqual([
      { kind: 'failed', tag: 'internal-error' },
    ])
    expect(partsOf(packAnswer([]))).toEqual([])
  })

  it.each<[string, string, string?]>([
    ['a word that is none', 'hello'],
    ['a body without a head', 'bytes\n1\nend\n0', 'a'],
    ['two heads', 'head\n200\n0\nhead\n200\n0'],
    ['something behind its end', 'head\n200\n0\nend\n0\nbytes\n1', 'a'],
    ['fewer fields than it says', 'head\n200\n2\nx-one\n1'],
    ['more fields than there can be', 'head\n200\n9007199254740991'],
    ['a number of fields that is none', 'head\n200\nNaN'],
    ['less than no fields', 'head\n200\n-1\nend\n0'],
    ['a status that is none', 'head\nok\n0\nend\n0'],
    ['a status that switches the protocol', 'informational\n101\n0'],
    ['a status beyond all', 'head\n600\n0\nend\n0'],
    ['more bytes than there are', 'head\n200\n0\nbytes\n3\nend\n0', 'ab'],
    ['less than no bytes', 'head\n200\n0\nbytes\n-1\nend\n0', 'ab'],
    ['more bytes than its length', 'head\n200\n1\ncontent-length\n1\nbytes\n2\nend\n0', 'ab'],
    ['two lengths', 'head\n200\n2\ncontent-length\n1\ncontent-length\n2'],
    ['a name with a blank', 'head\n200\n1\nx one\n1\nend\n0'],
    ['a name in upper case', 'head\n200\n1\nX-One\n1\nend\n0'],
    ['a field of the connection', 'head\n200\n1\nconnection\nclose\nend\n0'],
    ['a value with a return in it', 'head\n200\n1\nx-one\na\rb\nend\n0'],
    ['a value beyond bytes', 'head\n200\n1\nx-one\n\u0100\nend\n0'],
    ['trailers with a return in them', 'head\n200\n0\nend\n1\nx\n\r'],
    ['a failure of words', 'failed\nit did not work'],
    ['nothing where something follows', 'head'],
  ])('is refused with %s, and nobody gets a response', async (_, text, body = '') => {
    const exchange = exchangeOf()
    expect(exchange.receivePacked([text, bytes(body)], true)).toBe(false)
    const failure = new Error('crashed')
    exchange.end(failure)
    await expect(exchange.response).rejects.toBe(failure)
    expect(await exchange.response.catch((error) => error)).toBe(failure)
  })

  it('is refused where it is none', () => {
    const answers = [undefined, null, 1, 'head', {}, [], [1, bytes('')], ['head'], ['head', 'a'], ['', [1]]]
    for (const answer of answers) expect(exchangeOf().receivePacked(answer, true)).toBe(false)
  })

  it('is no response while it has no end', async () => {
    for (const text of ['', 'informational\n103\n0', 'head\n200\n0', 'head\n200\n0\nbytes\n0']) {
      const exchange = exchangeOf()
      expect(exchange.receivePacked([text, bytes('')], true)).toBe(true)
      expect(() => exchange.done()).toThrow()
    }
  })

  it('may be anything, and is refused or a response of HTTP', () => {
    const line = fc.oneof(
      fc.constantFrom('informational', 'head', 'bytes', 'end', 'failed', 'content-length', 'x-one'),
      fc.constantFrom('0', '1', '2', '-1', '200', '204', '103', '1e3', ' 1', '0x2', 'Infinity', ''),
      fc.string({ maxLength: 8 }),
    )
    const answer = fc.tuple(
      fc.array(line, { maxLength: 24 }).map((lines) => lines.join('\n')),
      fc.uint8Array({ maxLength: 8 }),
    )
    fc.assert(
      fc.property(answer, (packed) => {
        const exchange = exchangeOf()
        if (!exchange.receivePacked(packed, true)) return
        for (const part of partsOf(packed) ?? []) {
          if ('status' in part) expect(part.status).toBeLessThan(600)
          if ('fields' in part)
            for (const [name, value] of part.fields)
              expect(`${name}: ${value}`).toMatch(/^[!-~]+: [\t -~\x80-\xff]*$/)
        }
      }),
      { numRuns: tries(2_000) },
    )
  })
})
