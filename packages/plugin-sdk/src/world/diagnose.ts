import type { PluginError } from '@wasm-plugin/runtime'
import type { Complaint } from '../bindgen/bindgen.js'
import { errors } from '../errors/index.js'
import type { WitFile } from './read.js'
import { tokenizeWit } from './tokens.js'

/** The coded error for what is wrong with WIT, at the author's file and line, or with the choice of a world. */
export function explainComplaint(
  { reason, place }: Complaint,
  files: readonly WitFile[],
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
  })
}

/** What the parser says of a world that it cannot choose. */
const WORLD_COMPLAINT = /^World `|multiple worlds|contains no worlds/

function worldsIn(text: string): string[] {
  const tokens = tokenizeWit(text).filter((token) => token.kind !== 'doc')
  return tokens.flatMap((token, i) =>
    token.text === 'world' && tokens[i + 2]?.text === '{' ? [tokens[i + 1]!.text] : [],
  )
}
