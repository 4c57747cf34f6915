import { statSync } from 'node:fs'
import path from 'node:path'
import { usageErrors } from '../errors/index.js'

/**
 * Refuses the name of a folder that is written as the name of a registry is. A bare word is taken for one whether the folder is
 * there or has yet to be made: no registry of the internet is called `plugins`, and one of a network of its own is named with its
 * port. `plugins/acme` is a host with a path unless there is such a folder. A name with a dot or a port is a host in any case.
 *
 * @param option where it was given: `--registry`
 * @throws {INVALID_OPTION}
 */
export function refuseBareFolder(cwd: string, option: string, place: string): void {
  const [host = ''] = place.split(/[\\/]/)
  if (!/^[\w-]+$/.test(host)) return
  if ((host !== place || host === 'localhost') && !isFolder(path.resolve(cwd, place))) return
  const expected = 'a registry, ghcr.io/acme or registry:443, or the path of a folder that begins with a dot'
  throw usageErrors.INVALID_OPTION({ option, value: place, expected, guess: `./${place}` })
}

const isFolder = (file: string) => statSync(file, { throwIfNoEntry: false })?.isDirectory() === true
