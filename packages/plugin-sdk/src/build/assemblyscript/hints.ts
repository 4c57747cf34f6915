/**
 * What to write instead, for what AssemblyScript lacks of TypeScript. Null where the message says it all.
 *
 * @param line The author's line that the message is about.
 */
export function hintFor(message: string, line: string): string | null {
  const found = HINTS.find((hint) => hint.message.test(message) && (hint.line?.test(line) ?? true))
  return found?.hint ?? null
}

interface Hint {
  readonly message: RegExp
  readonly line?: RegExp
  readonly hint: string
}

const missing = (...names: string[]) => new RegExp(`^Cannot find name '(?:${names.join('|')})'`)

const NO_ASYNC =
  'AssemblyScript has no `async` and no promises: functions of the application and of `gen/std` answer at once.'
const NO_OBJECTS =
  'An object has a class: make one with `new`, and for types of the contract give the fields in its order, as in `new Item("a", 1)`.'
const NO_PATTERNS =
  'AssemblyScript has no destructuring: give each part a name, as in `const name = item.name`.'
const COUNT =
  'AssemblyScript has no `for … of` and `for … in`: count, as in `for (let i = 0; i < list.length; i++)`. `keys()` and `values()` of a Map are arrays.'

/** The first that fits. */
const HINTS: readonly Hint[] = [
  {
    message: /^Not implemented: Closures/,
    hint: 'A function cannot use the variables of the one around it: write a `for` loop, or keep the variable outside of both functions.',
  },
  {
    message: /^Not implemented: union types/,
    hint: 'The only union is `T | null`, of a class or string: write a `variant` in the contract, or classes that extend one another.',
  },
  {
    message: /cannot be nullable/,
    hint: 'Numbers and bools cannot be null: write `Option<T>` of `gen/cm`, or take a number that means none.',
  },
  {
    message: missing('any', 'unknown', 'object', 'never'),
    hint: 'Every value has one type that is known when it is compiled: name it, or write a generic function, as in `function first<T>(list: T[]): T`.',
  },
  { message: missing('undefined'), hint: 'There is no `undefined`: an option without a value is `null`.' },
  {
    message: missing('JSON'),
    hint: 'A program does not know its types when it runs, so there is no JSON: let the contract have records and the application read the JSON, or write the text yourself.',
  },
  { message: missing('Record', 'Object'), hint: 'Write `Map<string, T>`.' },
  { message: missing('RegExp'), hint: 'Use `indexOf`, `split`, `replaceAll` or a loop over `charCodeAt`.' },
  { message: missing('Promise'), hint: NO_ASYNC },
  {
    message: missing('setTimeout', 'setInterval', 'queueMicrotask'),
    hint: 'A plugin runs while it is called and has no timers: let the application call it again.',
  },
  {
    message: missing('fetch', 'XMLHttpRequest', 'Request'),
    hint: "Write `import * as http from './gen/std/http'`, for a world that imports wasi:http/outgoing-handler.",
  },
  {
    message: missing('process', 'require'),
    hint: 'A plugin sees no Node: variables and arguments are in `gen/std/env`, files in `gen/std/fs`.',
  },
  {
    message: /^File '~lib\/.+' not found/,
    hint: 'Packages for JavaScript cannot be used, nor the modules of Node: `gen/std` has files, HTTP and more. Of an installed package in AssemblyScript name the folder, as in `as-package/assembly`.',
  },
  {
    message: /requires an explicit cast/,
    hint: 'Write the conversion, as in `<i32>value`. The type `number` is `f64`; a `length` is `i32`.',
  },
  {
    message: /^Type '.+ \| null' is not assignable to type/,
    hint: 'It may be null: put it into a local (`const note = item.note`) and check that (`if (note !== null)`), because a check of a field is forgotten. `note!` traps when it is null.',
  },
  {
    message: /^Type 'Result<.+>' is not assignable to type/,
    hint: 'It may have failed: look at `isOk` or `isErr`, then take `value` or `error`.',
  },
  {
    message: /^Not implemented: Exceptions/,
    hint: 'Nothing can be caught, and a `throw` ends the plugin: return a `Result`, or null, and look at it.',
  },
  {
    message: /^Not implemented: Regular expressions/,
    hint: 'Use `indexOf`, `split`, `replaceAll` or a loop over `charCodeAt`.',
  },
  { message: /^Not implemented: Iterators/, hint: COUNT },
  { message: /must be initialized/, line: /\bfor\s*\(.*\s(?:in|of)\s/, hint: COUNT },
  { message: /^Not implemented: Spread/, hint: 'Use `concat`, or `push` in a loop.' },
  { message: /instantiated from an object literal|'<object>'/, hint: NO_OBJECTS },
  {
    message: /^Expression expected/,
    line: /\?\?|\?\./,
    hint: 'AssemblyScript has no `?.` and no `??`: put the value into a local and write `note === null ? "" : note`.',
  },
  { message: /expected/, line: /\basync\b|\bawait\b/, hint: NO_ASYNC },
  { message: /^Identifier expected/, line: /\b(?:const|let|var)\s*[[{]/, hint: NO_PATTERNS },
  {
    message: /^Type argument expected|^Expected \d+ type arguments/,
    line: /\.(?:map|reduce)\(/,
    hint: 'Say what it makes: `list.map<string>((item) => item.name)`, `list.reduce<i32>((sum, n) => sum + n, 0)`.',
  },
  {
    message: /^Type expected/,
    line: /[:=]\s*\{/,
    hint: 'A type with fields is a class: `class Name { field: string = "" }`.',
  },
  {
    message: /^Property 'toFixed' does not exist/,
    hint: 'Round first, as in `(Math.round(price * 100) / 100).toString()`.',
  },
  {
    message: /^Property '(?:keys|values|entries|assign)' does not exist on type 'Object'/,
    hint: 'A program does not know the fields of a class when it runs: name them, or keep a `Map<string, T>`.',
  },
  {
    message: /^Property 'find(?:Last)?' does not exist/,
    hint: 'Use `findIndex`, and look whether it is -1.',
  },
  {
    message: /lacks a call signature|does not compile to a value/,
    line: /\b(?:Number|String|Boolean)\s*\(/,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what the author is to write.
    hint: 'Use `parseInt`, `parseFloat`, and `toString()` or a template, as in `${count}`.',
  },
  {
    message: /immediately follow a numeric literal/,
    line: /\d+n\b/,
    hint: 'A number of 64 bits has a type and no suffix: `const x: i64 = 10`.',
  },
  {
    message: /^Type 'string' is not assignable to type 'i32'/,
    line: /\benum\b|^\s*\w+\s*=\s*["'`]/,
    hint: 'An enum has numbers: keep its texts in a function with a `switch`.',
  },
]
