import { isNetPattern, matchesNetRule, parseNetPattern, printNetPattern } from '@wasm-plugin/manifest/grammar'
import { describe, expect, it } from 'vitest'

const target = (port: number, path = '/') =>
  ({ method: 'GET', scheme: 'http', host: '127.0.0.1', port, path }) as const

describe('a network pattern with any port', () => {
  it('matches every port, and nothing else more widely', () => {
    const rule = parseNetPattern('GET http://127.0.0.1:*/notice.json')
    expect(matchesNetRule(rule, target(80, '/notice.json'))).toBe(true)
    expect(matchesNetRule(rule, target(41_999, '/notice.json'))).toBe(true)
    expect(matchesNetRule(rule, target(41_999, '/other'))).toBe(false)
    expect(matchesNetRule(rule, { ...target(80, '/notice.json'), host: '127.0.0.2' })).toBe(false)
    expect(matchesNetRule(rule, { ...target(80, '/notice.json'), scheme: 'https' })).toBe(false)
  })

  it("is written with a star; without one the port is still the scheme's own", () => {
    for (const text of [
      'http://127.0.0.1:*',
      'tcp://db.example.com:*',
      'http://a.example/x',
      'dns://a.example',
    ]) {
      expect(printNetPattern(parseNetPattern(text))).toBe(text)
    }
    expect(matchesNetRule(parseNetPattern('http://127.0.0.1'), target(81))).toBe(false)
  })

  it('is the whole port or nothing', () => {
    for (const text of [
      'http://a.example:8*',
      'http://a.example:**',
      'dns://a.example:*',
      'tcp://a.example',
    ]) {
      expect(isNetPattern(text)).toBe(false)
    }
  })
})
