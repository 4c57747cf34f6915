import { Random } from './random-world.js'

/**
 * A world whose interfaces, functions, resources, types, members and parameters have the names that languages, their
 * standard libraries and the generated code itself use.
 */
export function hostileWorld(seed: number, packageName = 'names'): string {
  const random = new Random(seed)
  const interfaces = new Names(random)
  const texts: string[] = []
  const items: string[] = []
  for (let i = 0; i < 1 + random.below(4); i++) {
    const name = interfaces.next()
    texts.push(`interface ${name} {\n${interfaceBody(random)}\n}`)
    const direction = random.below(3)
    if (direction !== 1) items.push(`export ${name};`)
    if (direction !== 0) items.push(`import ${name};`)
  }
  const own = new Names(random)
  const resource = random.below(3) === 0 ? own.next() : undefined
  const types = [...(resource === undefined ? [] : [`borrow<${resource}>`]), 'string', 'u32']
  if (resource !== undefined) items.push(resourceText(resource, random, [resource]))
  for (let i = 0; i < random.below(4); i++)
    items.push(
      `${random.pick(['import', 'export'])} ${own.next()}: ${funcType(random, types, types.slice(-2))};`,
    )
  return `package test:${packageName};\n${texts.join('\n')}\nworld hostile {\n${items.join('\n')}\n}\n`
}

function interfaceBody(random: Random): string {
  const names = new Names(random)
  const types = ['string', 'u32', 'list<u8>', 'option<string>']
  const given = [...types]
  const rows: string[] = []
  for (let i = 0; i < random.below(4); i++) {
    const name = names.next()
    const members = new Names(random)
    const list = (text: (member: string) => string) =>
      Array.from({ length: 1 + random.below(4) }, () => text(members.next())).join(', ')
    rows.push(
      random.pick([
        () => `record ${name} { ${list((member) => `${member}: ${random.pick(given)}`)} }`,
        () =>
          `variant ${name} { ${list((member) => (random.below(2) === 0 ? member : `${member}(${random.pick(given)})`))} }`,
        () => `enum ${name} { ${list((member) => member)} }`,
        () => `flags ${name} { ${list((member) => member)} }`,
      ])(),
    )
    types.push(name, `list<${name}>`, `result<${name}, ${name}>`)
    given.push(name)
  }
  for (let i = 0; i < random.below(3); i++) {
    const name = names.next()
    types.push(name, `borrow<${name}>`)
    given.push(name)
    rows.push(resourceText(name, random, given))
  }
  const params = types
  const results = types.filter((type) => !type.startsWith('borrow'))
  for (let i = 0; i < random.below(4); i++)
    rows.push(`${names.next()}: ${funcType(random, params, results)};`)
  return rows.join('\n')
}

function resourceText(name: string, random: Random, types: readonly string[]): string {
  // No class can have a static function "prototype": the build for JavaScript says so.
  const members = new Names(random, [name.slice(1), 'prototype'])
  const rows: string[] = []
  const params = [...types, 'u64']
  if (random.below(2) === 0) rows.push(`constructor(${paramList(random, params)});`)
  for (let i = 0; i < random.below(4); i++)
    rows.push(`${members.next()}: ${funcType(random, params, params)};`)
  for (let i = 0; i < random.below(3); i++) {
    rows.push(`${members.next()}: static ${funcType(random, params, params)};`)
  }
  return `resource ${name} {\n${rows.join('\n')}\n}`
}

function funcType(random: Random, params: readonly string[], results: readonly string[]): string {
  const result = random.below(2) === 0 ? '' : ` -> ${random.pick(results)}`
  return `func(${paramList(random, params)})${result}`
}

function paramList(random: Random, types: readonly string[]): string {
  // A method has a parameter of that name already.
  const names = new Names(random, ['self'])
  return Array.from({ length: random.below(4) }, () => `${names.next()}: ${random.pick(types)}`).join(', ')
}

/** Each name once. `%` lets a name be a word of WIT. */
class Names {
  readonly #used: Set<string>

  constructor(
    private readonly random: Random,
    used: readonly string[] = [],
  ) {
    this.#used = new Set(used)
  }

  next(): string {
    for (;;) {
      const name = this.random.pick(NAMES)
      if (this.#used.has(name)) continue
      this.#used.add(name)
      return `%${name}`
    }
  }
}

const NAMES = `
  class default new function delete eval arguments await yield let static enum interface package private public protected
  var const if in do try void with typeof instanceof debugger export import super this extends implements null true false
  error promise map set date symbol uint8-array big-int64-array array object string number boolean record option exports
  imports json math console process fetch require module global-this undefined structured-clone headers request response
  then catch finally to-string value-of to-json constructor has-own-property prototype name length apply call bind
  of as from async get declare abstract type namespace any never unknown
  self guest plugin bindings my-node node vec box result some none ok err str crate mod fn impl trait match move ref dyn
  u8 i32 f64 bool int char float double cm values drop handle unit memory world own-types
  host-node node-error x y
`
  .trim()
  .split(/\s+/)
