import type { PluginError } from '@wasm-plugin/runtime'
import { errors } from '../errors/index.js'
import type { WitFile } from './read.js'
import type { StagedWit } from './stage.js'
import { tokenizeWit } from './tokens.js'
import { openWitTools } from './wit-tools.js'

/**
 * Turns a failure of the WIT tools into a coded error with file and line. The tools give neither, and for a folder
 * not even the cause, so the cause is asked for again and the place is searched.
 */
export async function explainWitError(
  cause: unknown,
  staged: StagedWit,
  world: string | undefined,
): Promise<PluginError> {
  let reason = messageOf(cause)
  if (!isWitComplaint(cause)) return errors.WIT_TOOLS_FAILED({ step: 'reading the WIT', reason }, cause)
  if (NO_CAUSE.test(reason)) reason = (await parserMessage(staged)) ?? reason
  if (WORLD_COMPLAINT.test(reason)) {
    const known = worldsIn(staged.files)
    return errors.WORLD_UNKNOWN(world === undefined ? { known } : { world, known }, cause)
  }
  return errors.WIT_SYNTAX({ ...(await locate(reason, staged.files)), reason }, cause)
}

const NO_CAUSE = /^failed to parse package|^reading WIT/
const WORLD_COMPLAINT = /^World `|multiple worlds|no worlds?\b/i

/** A complaint about the WIT is an error value of the tools; everything else that they throw is their own failure. */
function isWitComplaint(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'payload' in cause
}

/** The last and most exact line of the parser's chain of causes, from the generator that prints the chain. */
async function parserMessage(staged: StagedWit): Promise<string | null> {
  const { $init, generateTypes } = await import('@bytecodealliance/jco-transpile/component')
  await $init
  try {
    generateTypes('world', { wit: { tag: 'path', val: staged.guestPath } })
    return null
  } catch (cause) {
    const chain = messageOf(cause).split(/Caused by:|\n\s*\d+: /)
    return chain.at(-1)!.replace(/\s+/g, ' ').trim()
  }
}

function messageOf(cause: unknown): string {
  if (typeof cause === 'object' && cause !== null && 'payload' in cause) return String(cause.payload)
  return cause instanceof Error ? cause.message : String(cause)
}

function worldsIn(files: readonly WitFile[]): string[] {
  const own = files.filter((file) => !/[\\/]deps[\\/]|@[\d.]+[\\/]package\.wit$/.test(file.path))
  return own.flatMap((file) => {
    const tokens = tokenizeWit(file.text).filter((token) => token.kind !== 'doc')
    return tokens.flatMap((token, i) =>
      token.text === 'world' && tokens[i + 2]?.text === '{' ? [tokens[i + 1]!.text] : [],
    )
  })
}

/** A name that does not exist is looked up in the text; anything else is where parsing stops. */
async function locate(reason: string, files: readonly WitFile[]): Promise<{ file?: string; line?: number }> {
  const name = /[`']([^`']+)[`']/.exec(reason)?.[1]
  if (name !== undefined && /exist|not found|defined|unknown|duplicate|more than once|cycle/i.test(reason)) {
    for (const file of files) {
      const line = lineOfName(file.text, name)
      if (line !== null) return { file: file.path, line }
    }
  }
  for (const file of files) {
    if ((await parseMessage(file.text)) === reason)
      return { file: file.path, line: await lineOfStop(file.text, reason) }
  }
  return {}
}

/** Line of the last use of `name`: a definition comes first, and of two definitions the second is the mistake. */
function lineOfName(text: string, name: string): number | null {
  const [base, version] = name.split('@')
  const wanted = base!.split(/[:/]/).at(-1)!
  const hits = tokenizeWit(text).filter((token) => token.kind === 'word' && token.text === wanted)
  if (version === undefined) return hits.at(-1)?.line ?? null
  const row = text.split('\n').findIndex((line) => line.includes(base!))
  return row < 0 ? null : row + 1
}

/**
 * The parser stops at the first wrong token, so the shortest prefix of lines that gives the same message ends with
 * the line of that token: a shorter one ends too early and says so.
 */
async function lineOfStop(text: string, reason: string): Promise<number> {
  const lines = text.split('\n')
  let low = 1
  let high = lines.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((await parseMessage(lines.slice(0, middle).join('\n'))) === reason) high = middle
    else low = middle + 1
  }
  return low
}

async function parseMessage(witSource: string): Promise<string | null> {
  const { tools } = await openWitTools()
  try {
    await tools.componentEmbed({ witSource, dummy: true })
    return null
  } catch (cause) {
    return messageOf(cause)
  }
}
