import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errors } from '../../errors/index.js'
import { findUp } from '../installed.js'
import { installHint, type ProjectTrust, refuseTool, toolFolder } from '../project-code.js'

/** AssemblyScript's compiler, as the project has it installed. */
export interface Compiler {
  /** Path of `asc.js`, without links. */
  readonly path: string
  readonly version: string
  /** Tells this compiler from every other, for the build cache. */
  readonly identity: readonly (string | number)[]
}

/**
 * The compiler that the project depends on: each project pins its own.
 *
 * @throws {TOOLCHAIN_MISSING} {PROJECT_CODE_REFUSED}
 */
export function findCompiler(project: ProjectTrust): Compiler {
  const { dir } = project
  const found = findUp(toolFolder(project), join('node_modules', 'assemblyscript', 'dist', 'asc.js'))
  if (found === null) {
    throw errors.TOOLCHAIN_MISSING({
      tool: 'assemblyscript',
      reason: `it is not a dependency of ${dir}, or not installed`,
      fix: installHint(project, 'assemblyscript'),
    })
  }
  const path = realpathSync(found)
  refuseTool(project, 'assemblyscript', path)
  const home = dirname(dirname(path))
  return {
    path,
    version: versionIn(home),
    identity: [
      versionIn(home),
      versionIn(join(home, 'node_modules', 'binaryen')),
      versionIn(join(dirname(home), 'binaryen')),
      // A compiler that somebody patched has the version of the original.
      ...['asc.js', 'assemblyscript.js'].map((name) => stampOf(join(dirname(path), name))),
    ],
  }
}

function versionIn(dir: string): string {
  const path = join(dir, 'package.json')
  return existsSync(path)
    ? String((JSON.parse(readFileSync(path, 'utf8')) as { version?: string }).version)
    : ''
}

function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return `${stats?.size ?? 0} ${stats?.mtimeMs ?? 0}`
}
