import type { ImportObject, ValueType } from '@wasm-plugin/runtime'
import { primitives } from '@wasm-plugin/runtime/internal'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { echoWat } from './echo.js'
import { TypeText } from './type-text.js'
import { compileWat, type Exports } from './wat.js'

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('generated code', () => {
  const marked: ValueType = {
    kind: 'record',
    fields: [
      { name: 'plain-field', type: primitives.u8 },
      { name: 'constructor', type: primitives.u8 },
      {
        name: 'v',
        type: {
          kind: 'variant',
          cases: [
            { name: 'mark-case', type: primitives.string },
            { name: 'other', type: null },
          ],
        },
      },
      { name: 'e', type: { kind: 'enum', labels: ['mark-label', 'mark-other'] } },
      { name: 'f', type: { kind: 'flags', labels: ['to-string', 'value-of'] } },
    ],
  }
  const value = {
    plainField: 1,
    constructor: 2,
    v: { tag: 'mark-case', val: 'x' },
    e: 'mark-label',
    f: { toString: true, valueOf: false },
  }

  it('holds no text of the plugin but field names that are identifiers', async () => {
    await instantiate({ kind: 'option', element: primitives.u8 })
    const texts = captureSource()
    const { echo } = await instantiate(marked)
    expect(echo(value)).toEqual(value)
    const text = texts.join('\n')
    expect(text).toContain('plainField')
    for (const word of ['mark', 'plain-field', 'pass', 'echo']) expect(text).not.toContain(word)
  })

  it('gives way to closures for a type that is too large', async () => {
    const pair = (): ValueType => ({ kind: 'tuple', items: [primitives.u8, primitives.string] })
    const large: ValueType = { kind: 'tuple', items: Array.from({ length: 2_100 }, pair) }
    const { echo } = await instantiate(large)
    const values = Array.from({ length: 2_100 }, (_, i) => [i & 255, `item ${i}`])
    expect(echo(values)).toEqual(values)
  })

  it('grows with the size of a type, not with the tree that it stands for', async () => {
    let type: ValueType = primitives.u8
    let nested: unknown = 7
    for (let level = 0; level < LEVELS; level++) {
      type = { kind: 'variant', cases: ['l', 'r'].map((name) => ({ name, type })) }
      nested = { tag: level & 1 ? 'l' : 'r', val: nested }
    }
    const list: ValueType = { kind: 'list', element: type }
    const writer = new SharedText()
    const text = writer.text(list)
    const component = await compileWat(
      echoWat(list, { type: text, definitions: writer.definitions.join('\n') }),
    )
    const texts = captureSource()
    const { echo } = component.instantiate({ pass: (value: unknown) => value } as ImportObject)
      .exports as Exports
    expect(echo([nested])).toEqual([nested])
    expect(texts).toHaveLength(2)
    for (const source of texts) expect(source.length).toBeLessThan(LEVELS * 2_000)
  })
})

/** Levels of a type that doubles at each: 4,096 leaves. */
const LEVELS = 12

/** Collects the text of every function that is made from text. */
function captureSource(): string[] {
  const texts: string[] = []
  const construct = (target: FunctionConstructor, args: string[]) => {
    texts.push(args.join('\n'))
    return Reflect.construct(target, args)
  }
  vi.stubGlobal('Function', new Proxy(Function, { construct }))
  return texts
}

/** Writes a type that occurs often once. */
class SharedText extends TypeText {
  private readonly written = new Map<ValueType, string>()

  override text(type: ValueType): string {
    let text = this.written.get(type)
    if (text === undefined) {
      text = super.text(type)
      this.written.set(type, text)
    }
    return text
  }
}

async function instantiate(type: ValueType): Promise<Exports> {
  const writer = new TypeText()
  const text = writer.text(type)
  const wat = echoWat(type, { type: text, definitions: writer.definitions.join('\n') })
  const component = await compileWat(wat)
  return component.instantiate({ pass: (value: unknown) => value } as ImportObject).exports
}
