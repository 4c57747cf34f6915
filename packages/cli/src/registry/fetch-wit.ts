import path from 'node:path'
import type { Confirm, WitResult } from '@wasm-plugin/registry'
import { depsOf, isShipped, missingPackages, refuseOutside } from '@wasm-plugin/sdk'
import type { Context } from '../command.js'
import { writeGeneratedFolder } from '../project/generated-folder.js'
import { witFolder } from '../project/wit-folder.js'
import type { FetchWitResult } from '../render/registry/wit.js'
import { openRegistry } from './open-registry.js'
import { transferOf } from './transfer.js'

export interface FetchWitRequest {
  /** `acme:site@^0.2` */
  readonly wanted: readonly string[]
  /** The folder of the WIT package that uses them. */
  readonly to: string | undefined
  readonly registry: string | undefined
  readonly confirm: Confirm | undefined
  readonly trustOnFirstUse: boolean
  readonly frozen: boolean
  readonly offline: boolean
  readonly force: boolean
  readonly dryRun: boolean
}

/**
 * Fetches WIT packages into `deps` of a WIT package, which no other file of it changes for: those that are asked for, those
 * that its own files name, and what these use.
 *
 * @throws {PATH_OUTSIDE_PROJECT} {FILES_IN_THE_WAY} {PATH_UNWRITABLE}, and what fetching throws
 */
export async function fetchIntoProject(context: Context, request: FetchWitRequest): Promise<FetchWitResult> {
  const { cwd, signal, progress } = context
  const { wanted, registry: place, force, dryRun, confirm, trustOnFirstUse, frozen, offline } = request
  const folder = path.join(request.to ?? (await witFolder(cwd)), 'deps')
  refuseOutside(cwd, '--to', folder)
  const dir = path.resolve(cwd, folder)
  const uses = missingPackages(path.dirname(dir))
  const names = [...wanted, ...uses]
  const options = { registry: place, names, confirm, trustOnFirstUse, frozen, offline }
  const registry = await openRegistry(context, options)
  progress.busy('Fetching', 'WIT packages')
  let files: Awaited<ReturnType<typeof depsOf>> = new Map()
  const { packages, dropped } = await registry.fetchWit(
    { wanted, uses, isProvided: isShipped, save: true, dryRun, place: writeFiles },
    names.length === 1 ? transferOf(context, 'Downloading', names[0] ?? '') : { signal },
  )
  return {
    folder: folder.split(path.sep).join('/'),
    packages: packages.map(({ id, requirement, state, wit }) => ({
      id,
      requirement: requirement ?? null,
      registry: wit.registry,
      manifest: wit.manifest,
      signer: wit.signer ?? null,
      state,
    })),
    dropped,
    files: [...files.keys()].sort(),
    dryRun,
  }

  /** A lock file that has what is not there would be believed. */
  async function writeFiles({ packages, dropped }: WitResult): Promise<void> {
    files = await depsOf(packages)
    // A link in the project would lead what is written out of it.
    for (const file of files.keys()) refuseOutside(cwd, '--to', path.join(folder, file))
    if (!dryRun && (files.size > 0 || dropped.length > 0))
      await writeGeneratedFolder({ dir, files, force, by: 'wasm-plugin wit fetch' })
  }
}
