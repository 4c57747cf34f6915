import {
  camelCase,
  memberName,
  parseFunctionName,
  pascalCase,
  staticName,
} from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { fc } from '../../../../test/property.js'
import { tries } from '../../../../test/seed.js'

const kebab = (camel: string) => camel.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
/** Own names that a name of WIT can become. */
const spelled = (...objects: object[]) =>
  objects
    .flatMap((object) => Object.getOwnPropertyNames(object))
    .filter((name) => /^[a-z][A-Za-z]*$/.test(name))

describe('names in JavaScript', () => {
  it.each([
    ['blocking-read', 'blockingRead', 'BlockingRead'],
    ['HTTP-error', 'httpError', 'HttpError'],
    ['sha-2-x', 'sha_2X', 'Sha_2X'],
    ['sha2', 'sha2', 'Sha2'],
    ['a1-2b', 'a1_2b', 'A1_2b'],
  ])('of %s are %s and %s', (name, camel, pascal) => {
    expect([camelCase(name), pascalCase(name)]).toEqual([camel, pascal])
  })

  it('are of one WIT name alone, if case is ignored as WIT does', () => {
    const word = fc.stringMatching(/^[a-z][0-9a-z]{0,2}$/)
    const label = fc.tuple(word, fc.array(fc.stringMatching(/^[0-9a-z]{1,3}$/), { maxLength: 3 }))
    const text = label.map(([first, more]) => [first, ...more].join('-'))
    fc.assert(
      fc.property(text, text, (a, b) => {
        for (const spell of [camelCase, memberName, staticName, pascalCase])
          expect(spell(a) === spell(b)).toBe(a === b)
      }),
      { numRuns: tries(20_000) },
    )
  })

  it('of functions are none that this engine has on every object or every class', () => {
    const ofObjects = spelled(Object.prototype, Promise.prototype)
    const ofClasses = spelled(Object.prototype, Promise.prototype, Function.prototype, class {})
    expect(ofObjects).toEqual(expect.arrayContaining(['constructor', 'toString', 'valueOf', 'then', 'catch']))
    for (const name of [...ofObjects, 'toJSON']) expect(memberName(kebab(name))).toBe(`${name}_`)
    for (const name of [...ofClasses, 'prototype']) expect(staticName(kebab(name))).toBe(`${name}_`)
    expect([memberName('name'), memberName('length'), staticName('next')]).toEqual(['name', 'length', 'next'])
    expect(parseFunctionName('[method]r.then')).toMatchObject({ member: 'then_' })
    expect(parseFunctionName('[static]r.name')).toMatchObject({ member: 'name_' })
    expect(parseFunctionName('to-j-s-o-n')).toMatchObject({ member: 'toJSON_' })
  })
})
