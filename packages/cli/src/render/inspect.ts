import type { ComponentMetadata, Producers } from '@wasm-plugin/sdk'
import type { Rendering } from '../command.js'
import type { Request } from '../component/capabilities.js'
import type { InterfaceText } from '../component/interfaces.js'
import type { Style } from '../output/style.js'
import { count, formatBytes } from '../output/units.js'
import { engineLines } from './engine.js'

export interface InspectResult {
  readonly file: string
  readonly size: number
  readonly digest: string
  /** Why this Node does not compile it, or null. */
  readonly engine: string | null
  /** The embedded manifest, or null. */
  readonly manifest: object | null
  readonly name: string | null
  readonly version: string | null
  readonly description: string | null
  readonly world: string | null
  readonly imports: readonly InterfaceText[]
  readonly exports: readonly InterfaceText[]
  /** What the manifest asks for. */
  readonly requests: readonly Request[]
  readonly sizes: {
    readonly coreModules: readonly number[]
    readonly customSections: readonly { readonly name: string; readonly size: number }[]
  }
  /** What the standard sections of the component say, whatever its manifest says. */
  readonly metadata: ComponentMetadata
  readonly producers: Producers
}

export function renderInspect(result: InspectResult, { out }: { readonly out: Style }): Rendering {
  const lines = [
    ...engineLines(result.engine, out.yellow('warning')),
    ...head(result, out),
    ...block('Exports', interfaceLines(result.exports, out), out),
    ...block('Imports', interfaceLines(result.imports, out), out),
    ...block('Asks for', requestLines(result, out), out),
    ...(Object.keys(result.metadata).length === 0 ? [] : block('About', aboutLines(result.metadata), out)),
    ...block('Size', sizeLines(result), out),
    ...block('Made by', producerLines(result.producers), out),
  ]
  return { stdout: lines.join('\n') }
}

function head({ file, name, version, description, world, digest }: InspectResult, style: Style): string[] {
  const lines = [style.bold(name === null ? file : `${name} ${version}`)]
  if (description !== null) lines.push(`  ${description}`)
  if (name !== null) lines.push(`  file    ${file}`)
  if (world !== null) lines.push(`  world   ${world}`)
  return [...lines, `  digest  ${digest}`]
}

function block(title: string, lines: readonly string[], style: Style): string[] {
  return ['', style.bold(title), ...(lines.length === 0 ? ['  nothing'] : lines)].map((line) =>
    line.trimEnd(),
  )
}

function interfaceLines(interfaces: readonly InterfaceText[], style: Style): string[] {
  return interfaces.flatMap(({ name, functions, types }) => {
    // What WASI means is known; a page of its types would hide the plugin's own.
    if (name.startsWith('wasi:')) {
      return [
        `  ${style.cyan(name)}${functions.length === 0 ? '' : `  ${functions.map(functionName).join(', ')}`}`,
      ]
    }
    const isInterface = !functions.some((text) => text.startsWith(`${name}: `))
    const title = isInterface ? [`  ${style.cyan(name)}`] : []
    const indent = isInterface ? '    ' : '  '
    return [
      ...title,
      ...types.map((text) => indent + style.dim(text)),
      ...functions.map((text) => indent + text),
    ]
  })
}

const functionName = (signature: string) => signature.slice(0, signature.indexOf(': '))

function requestLines({ requests, manifest }: InspectResult, style: Style): string[] {
  if (manifest === null) return ['  no manifest: the plugin does not say']
  const width = Math.max(0, ...requests.map(({ what }) => what.length))
  return requests.map(
    ({ capability, what, reason }) =>
      `  ${capability.padEnd(3)}  ${style.yellow(what.padEnd(width))}  ${reason}`,
  )
}

function aboutLines(metadata: ComponentMetadata): string[] {
  return Object.entries(metadata).map(([name, text]) => `  ${name.padEnd(11)}  ${text}`)
}

function sizeLines({ size, sizes }: InspectResult): string[] {
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
  const code = sum(sizes.coreModules)
  const custom = sum(sizes.customSections.map((section) => section.size))
  return [
    `  ${formatBytes(size).padStart(8)}  in all`,
    `  ${formatBytes(code).padStart(8)}  ${count(sizes.coreModules.length, 'core module')}`,
    `  ${formatBytes(custom).padStart(8)}  ${count(sizes.customSections.length, 'custom section')}: ${sizes.customSections.map(({ name }) => quoted(name)).join(', ')}`,
  ]
}

/** Any text may be a name of a section; what is more than a name of a tool shows where it begins and ends. */
const quoted = (name: string) => (/^[\w.:@/+-]+$/.test(name) ? name : `"${name.replaceAll('"', '\\"')}"`)

function producerLines(producers: Producers): string[] {
  return [...producers].map(
    ([role, tools]) =>
      `  ${role}  ${tools.map(({ name, version }) => `${name} ${version}`.trim()).join(', ')}`,
  )
}
