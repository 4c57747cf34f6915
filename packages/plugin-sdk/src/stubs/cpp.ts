import { clangBindings } from '../build/clang/bindings.js'
import { type DeclaredType, exportedTypes } from '../build/clang/mend-cpp.js'
import type { World } from '../world/world.js'

/**
 * A `plugin.cpp` with every function that a world asks for, as the generated header declares them, and a header for
 * each class of an exported resource. They compile, and end the instance where nothing is written yet.
 */
export async function cppStubs(world: World): Promise<ReadonlyMap<string, string>> {
  const { files, classes } = await clangBindings(world, 'cpp')
  const [name, header] = [...files].find(([path]) => path.endsWith('_cpp.h'))!
  const own = exportedTypes(header)
  const headers = [...classes].map(([path, text]) => [path, classHeader(text, own)] as const)
  const declared = [...headers.map(([, text]) => text), header].flatMap(declarations)
  const spaces = new Map<string, string[]>()
  for (const { space, text } of declared) spaces.set(space, [...(spaces.get(space) ?? []), text])
  const bodies = [...spaces].map(
    ([space, texts]) => `namespace ${space} {\n\n${texts.join('\n')}\n} // namespace ${space}\n`,
  )
  const includes = `#include "gen/${name}"\n\n#include <cstdlib>\n`
  return new Map([...headers, ['plugin.cpp', [includes, ...bodies].join('\n')]])
}

/** The generator's template of a class, as a person writes it. */
function classHeader(template: string, own: readonly DeclaredType[]): string {
  const lines = template.split('\n').map((line) => line.trim())
  const spaces = lines.flatMap((line) => /^namespace (\w+) \{$/.exec(line)?.[1] ?? [])
  const start = lines.findIndex((line) => line.startsWith('class '))
  const members = lines
    .slice(start + 1, lines.indexOf('};', start))
    .filter((line) => line !== '' && line !== 'public:')
  const incomplete = new RegExp(
    `\\b(?:${own.map(({ head }) => head.split(' ').at(-1)).join('|') || '(?!)'})\\b`,
  )
  const name = /^class (\w+)/.exec(lines[start] ?? '')?.[1] ?? ''
  return `#pragma once

${INCLUDES.map((file) => `#include <${file}>\n`).join('')}
#include "gen/wit.h"

namespace ${spaces.join('::')} {

/// One of the resource's instances. Add the fields that it needs; the bindings call the members that are here.
class ${name} : public wit::ResourceExportBase<${name}> {
public:
${members.map((line) => `  ${spaced(incomplete.test(line) ? line.replace(/\{return .*\}$/, ';') : line)}\n`).join('')}};

} // namespace ${spaces.join('::')}
`
}

const INCLUDES = [
  'cstdint',
  'expected',
  'functional',
  'optional',
  'string_view',
  'tuple',
  'utility',
  'variant',
]

/** `f(){return x;}` → `f() { return x; }` */
function spaced(line: string): string {
  return line.replace(/\)\{(.*?)\}$/, ') { $1 }')
}

interface Declared {
  /** `exports::acme::site::render` */
  readonly space: string
  /** The definition to write. */
  readonly text: string
}

/** Functions and members that the author has to define: what is declared below `exports`, a line each. */
function declarations(header: string): Declared[] {
  const found: Declared[] = []
  const scopes: { name: string; isClass: boolean }[] = []
  let comments = ''
  for (const line of header.split('\n').map((row) => row.trim())) {
    const opened = /^(namespace|class|struct|enum class) ([\w:]+)?[^;]*\{$/.exec(line)
    if (opened !== null) scopes.push({ name: opened[2] ?? '', isClass: opened[1] !== 'namespace' })
    else if (/^\}/.test(line)) scopes.pop()
    const owner = scopes.at(-1)
    const spaces = scopes.filter((scope) => !scope.isClass).map(({ name }) => name)
    const text =
      spaces[0]?.startsWith('exports') && opened === null
        ? definition(line, owner?.isClass ? owner.name : null)
        : null
    if (text !== null) found.push({ space: spaces.join('::'), text: `${comments}${text}` })
    comments = line.startsWith('///') ? `${comments}${line}\n` : ''
  }
  return found
}

/** `void Push(wit::string s);` of the class `Stack` → `void Stack::Push(wit::string s) { … }` */
function definition(line: string, owner: string | null): string | null {
  const parts = /^(?:static )?(.*?)\b(\w+)\((.*)\)( const)?;$/.exec(line)
  if (parts === null || line.startsWith('using ') || line.startsWith('static inline ')) return null
  const [, result = '', name = '', params = '', constant = ''] = parts
  if (owner === null) return `${line.slice(0, -1)} {\n${BODY}}\n`
  if (GENERATED_MEMBERS.has(name)) return null
  const given = params.replace(/.*?(\w+)(?:,|$)\s*/g, 'std::move($1), ').replace(/, $/, '')
  const body = name === owner ? '' : name === 'New' ? `  return Owned(new ${owner}(${given}));\n` : BODY
  return `${result.replace(/(?<!::)\bOwned\b/, `${owner}::Owned`)}${owner}::${name}(${params})${constant} {\n${body}}\n`
}

const BODY = '  std::abort(); // Not written yet.\n'
const GENERATED_MEMBERS = new Set(['ResourceNew', 'ResourceRep', 'ResourceDrop'])
