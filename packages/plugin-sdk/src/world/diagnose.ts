import type { PluginError } from '@wasm-plugin/runtime'
import type { Complaint } from '../bindgen/bindgen.js'
import { errors } from '../errors/index.js'
import { featuresIn } from './features.js'
import type { WitSource } from './read.js'
import { shippedText } from './shipped.js'
import { tokenizeWit } from './tokens.js'

/** The coded error for what is wrong with WIT, at the author's file and line, or with the choice of a world. */
export function explainComplaint(
  { reason, place }: Complaint,
  { files, leftOut }: Pick<WitSource, 'files' | 'leftOut'>,
  world: string | undefined,
): PluginError {
  const own = files.filter((file) => !file.place.startsWith('deps/'))
  if (place === undefined && WORLD_COMPLAINT.test(reason)) {
    const known = own.flatMap((file) => worldsIn(file.text))
    return errors.WORLD_UNKNOWN(world === undefined ? { known } : { world, known })
  }
  const file = files.find((candidate) => candidate.place === place?.path) ?? own[0]
  return errors.WIT_SYNTAX({
    reason,
    ...(file === undefined ? {} : { file: file.path }),
    ...(place === undefined ? {} : { line: place.line }),
    fix: wasiFix(reason) ?? dependencyFix(reason) ?? featureFix(reason, { files, leftOut }),
  })
}

/** `package 'wasi:http@0.3.0' not found` */
function wasiFix(reason: string): string | undefined {
  const name = /package '(wasi:[\w-]+)[^']*' not found/.exec(reason)?.[1]
  if (name === undefined) return undefined
  const shipped = shippedText(name)
  return shipped === undefined
    ? `The SDK does not bring ${name}; put its WIT in deps/.`
    : `The SDK brings ${name} in ${shipped}; put any other version in deps/.`
}

/** `package 'acme:types@1.0.0' not found`: most have it published, and not in their folder yet. */
function dependencyFix(reason: string): string | undefined {
  const id = /package '([a-z][\w-]*:[a-z][\w-]*(?:@[\w.+-]+)?)' not found/.exec(reason)?.[1]
  return id === undefined
    ? undefined
    : `Bring it with \`wasm-plugin wit fetch ${id}\` if it is published, or put its WIT in deps/; if neither, correct its name.`
}

/** What is gated is as if it were not there. Features of WASI are told where the complaint is about its package. */
function featureFix(
  reason: string,
  { files, leftOut: own }: Pick<WitSource, 'files' | 'leftOut'>,
): string | undefined {
  const id = /in package '(wasi:[^']+)'/.exec(reason)?.[1]
  const wasi = files.filter(({ path }) => id !== undefined && path.startsWith(`${id.replace(':', '-')}/`))
  const leftOut = [...own, ...wasi.flatMap(({ text }) => featuresIn(text))]
  if (leftOut.length === 0 || !/feature|not (exist|found|defined)|does not/.test(reason)) return undefined
  return `Items of unstable features are left out: ask for them with \`--features ${leftOut.join(',')}\` (\`build.features\` in wasm-plugin.json).`
}

/** What the parser says of a world that it cannot choose. */
const WORLD_COMPLAINT = /^World `|multiple worlds|contains no worlds/

function worldsIn(text: string): string[] {
  const tokens = tokenizeWit(text).filter((token) => token.kind !== 'doc')
  return tokens.flatMap((token, i) =>
    token.text === 'world' && tokens[i + 2]?.text === '{' ? [tokens[i + 1]!.text] : [],
  )
}
