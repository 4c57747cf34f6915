import path from 'node:path'
import { checkManifest, type ManifestRequests, requestsBeyond } from '@wasm-plugin/manifest'
import type { Confirm, Review } from '@wasm-plugin/registry'
import type { Context } from '../command.js'
import { listRequests } from '../component/capabilities.js'
import { failures } from '../errors/index.js'
import { shownResult } from '../output/shown.js'
import { readNamedText } from '../project/files.js'
import { reviewLines } from '../render/registry/review.js'
import { askYes } from './ask.js'

/**
 * Who agrees to what a version asks for: a person, `--yes`, or a file with what may be asked for. Nobody else does.
 *
 * @throws {PATH_NOT_FOUND} {GRANTS_FILE_INVALID}
 */
export async function consentOf(
  context: Context,
  { yes, grants }: { readonly yes: boolean; readonly grants: string | undefined },
): Promise<Confirm | undefined> {
  if (grants !== undefined) {
    const allowed = await readGrants(context, grants)
    return (review) => agreesWithFile(review, { file: grants, allowed })
  }
  if (yes) return (review) => show(context, review)
  if (!context.interactive || context.json) return undefined
  return async (review) => {
    show(context, review)
    return await askYes(review.kind === 'wit' ? 'Fetch it?' : 'Install it?', context.signal)
  }
}

/** What is agreed to is shown, also to nobody: a log keeps it. */
function show({ progress }: Context, review: Review): true {
  progress.line(reviewLines(shownResult(review, [])).join('\n'))
  return true
}

/**
 * A file agrees to requests. What else needs consent, another signer for one, it does not speak of.
 *
 * @throws {GRANTS_FILE_EXCEEDED}
 */
function agreesWithFile(
  { name, version, asks, changes }: Review,
  { file, allowed }: { file: string; allowed: ManifestRequests },
): boolean {
  const more = [
    ...listRequests(requestsBeyond(allowed, asks)).map(({ capability, what }) => `${capability}  ${what}`),
    ...changes.filter(({ kind }) => kind !== 'capability').map(({ text }) => text),
  ]
  if (more.length > 0) throw failures.GRANTS_FILE_EXCEEDED({ what: `${name}@${version}`, file, more })
  return true
}

async function readGrants({ cwd }: Context, file: string): Promise<ManifestRequests> {
  const text = await readNamedText(path.resolve(cwd, file), 'the file of grants')
  try {
    const json: unknown = JSON.parse(text)
    // A whole manifest may be at hand as well.
    const capabilities =
      typeof json === 'object' && json !== null && 'capabilities' in json ? json.capabilities : json
    return checkManifest({ manifestVersion: 1, name: 'grants', version: '0.0.0', capabilities }).capabilities
  } catch (error) {
    throw failures.GRANTS_FILE_INVALID({ file, reason: (error as Error).message }, error)
  }
}
