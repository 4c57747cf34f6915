import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { ComponentMetadata } from '../settings.js'

/** The part of `cargo metadata` that belongs in a component. */
interface CrateManifest {
  readonly manifest_path: string
  readonly version: string
  readonly description: string | null
  readonly authors: readonly string[]
  readonly license: string | null
  readonly repository: string | null
  readonly homepage: string | null
}

/** What `[package]` of the crate in `dir` says, inherited keys of its workspace included. */
export function readCrateMetadata(dir: string): ComponentMetadata {
  const args = ['metadata', '--no-deps', '--offline', '--format-version', '1']
  const { status, stdout } = spawnSync(process.env.CARGO ?? 'cargo', args, { cwd: dir, encoding: 'utf8' })
  // It builds all the same; metadata is for people.
  if (status !== 0) return {}
  const { packages } = JSON.parse(stdout) as { packages: CrateManifest[] }
  const crate = packages.find(({ manifest_path }) => manifest_path === join(dir, 'Cargo.toml'))
  if (crate === undefined) return {}
  return {
    version: crate.version,
    description: crate.description ?? undefined,
    authors: crate.authors.length === 0 ? undefined : crate.authors.join(', '),
    licenses: crate.license ?? undefined,
    source: crate.repository ?? undefined,
    homepage: crate.homepage ?? undefined,
  }
}
