import { errors } from '../../errors/index.js'
import type { InstalledPackage } from '../installed.js'
import { installHint, type ProjectTrust, toolOf } from '../project-code.js'
import type { JavaScriptEngine } from '../settings.js'

/** The npm package that makes components with each engine. */
export const enginePackages = {
  starling: '@wasm-plugin/starling',
  qjs: 'componentize-qjs',
} as const satisfies Record<JavaScriptEngine, string>

export interface Toolchain {
  readonly engine: JavaScriptEngine
  /** Of the engine: what it makes depends on it. */
  readonly componentize: InstalledPackage
  readonly esbuild: InstalledPackage
}

/**
 * The tools that the project depends on: each project pins its own.
 *
 * @throws {TOOLCHAIN_MISSING} {PROJECT_CODE_REFUSED}
 */
export function findToolchain(project: ProjectTrust, chosen: JavaScriptEngine | undefined): Toolchain {
  const engine = chosen ?? installedEngine(project) ?? 'starling'
  return {
    engine,
    componentize: required(project, enginePackages[engine]),
    esbuild: required(project, 'esbuild'),
  }
}

function installedEngine(project: ProjectTrust): JavaScriptEngine | undefined {
  const engines = Object.entries(enginePackages) as [JavaScriptEngine, string][] // Literally its entries.
  return engines.find(([, name]) => toolOf(project, name) !== null)?.[0]
}

function required(project: ProjectTrust, name: string): InstalledPackage {
  const found = toolOf(project, name)
  if (found !== null) return found
  throw errors.TOOLCHAIN_MISSING({
    tool: name,
    reason: `it is not a dependency of ${project.dir}, or not installed`,
    fix: installHint(project, name),
  })
}
