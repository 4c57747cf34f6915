import { statSync } from 'node:fs'
import path from 'node:path'
import { usageErrors } from '../errors/index.js'

/**
 * Refuses the name of a folder that is written as the name of a registry is: `plugins` is a host. A name with a dot or a port is
 * one in any case.
 *
 * @param option where it was given: `--registry`
 * @throws {INVALID_OPTION}
 */
export function refuseBareFolder(cwd: string, option: string, place: string): void {
  const [host = ''] = place.split(/[\\/]/)
  if (!/^[\w-]+$/.test(host)) return
  if (statSync(path.resolve(cwd, place), { throwIfNoEntry: false })?.isDirectory() !== true) return
  const expected = 'a registry, ghcr.io/acme, or the path of a folder that begins with a dot'
  throw usageErrors.INVALID_OPTION({ option, value: place, expected, guess: `./${place}` })
}
