import { errors } from '../../errors/index.js'
import { type InstalledPackage, installedPackage } from '../installed.js'
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
 * @throws {TOOLCHAIN_MISSING}
 */
export function findToolchain(dir: string, chosen: JavaScriptEngine | undefined): Toolchain {
  const engine = chosen ?? installedEngine(dir) ?? 'starling'
  return {
    engine,
    componentize: required(dir, enginePackages[engine]),
    esbuild: required(dir, 'esbuild'),
  }
}

function installedEngine(dir: string): JavaScriptEngine | undefined {
  const engines = Object.entries(enginePackages) as [JavaScriptEngine, string][] // Literally its entries.
  return engines.find(([, name]) => installedPackage(dir, name) !== null)?.[0]
}

function required(dir: string, name: string): InstalledPackage {
  const found = installedPackage(dir, name)
  if (found !== null) return found
  throw errors.TOOLCHAIN_MISSING({
    tool: name,
    reason: `it is not a dependency of ${dir}, or not installed`,
    fix: `Run \`npm install --save-dev ${name}\` in the project.`,
  })
}
