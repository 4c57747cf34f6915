import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { ask, isAtLeast, versionIn } from './ask.js'
import { type Check, type LanguageReport, missing, present, reportOn } from './check.js'

export const RUST_TARGET = 'wasm32-wasip2'
/** Edition 2024, which the crates that `new` makes are in. */
const MINIMUM = '1.85'

interface Machine {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Reports on the toolchain that the build would use: the first in PATH. One elsewhere that would do is its fix.
 */
export async function checkRust(machine: Machine): Promise<LanguageReport> {
  const [bin] = foldersInPath(machine.env)
  const report =
    bin === undefined
      ? reportOn('rust', [missing('cargo', 'not in PATH', await installCommand(machine))])
      : await checkToolchain(bin, machine)
  if (report.ready) return report
  for (const other of foldersElsewhere(machine.env)) {
    if (!(await checkToolchain(other, machine)).ready) continue
    const fix = `export PATH=${other}${path.delimiter}$PATH`
    return { ...report, checks: report.checks.map((check) => (check.ok ? check : { ...check, fix })) }
  }
  return report
}

type Environment = Machine['env']

/** Folders of PATH with a cargo in them; the build uses the first. */
function foldersInPath(env: Environment): string[] {
  return (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '' && hasCargo(folder))
}

/** Others in PATH, and where rustup and distributions put it. */
function foldersElsewhere(env: Environment): string[] {
  const [, ...later] = foldersInPath(env)
  const cargoHome = env.CARGO_HOME ?? path.join(env.HOME ?? '/', '.cargo')
  return [...new Set([...later, path.join(cargoHome, 'bin'), '/usr/bin'])].filter(hasCargo)
}

function hasCargo(folder: string): boolean {
  return existsSync(path.join(folder, process.platform === 'win32' ? 'cargo.exe' : 'cargo'))
}

async function checkToolchain(bin: string, machine: Machine): Promise<LanguageReport> {
  const cargo = await ask(path.join(bin, 'cargo'), ['--version'], machine)
  const rustc = await ask(path.join(bin, 'rustc'), ['--version'], machine)
  return reportOn('rust', [
    await checkTool({ name: 'cargo', place: bin, text: cargo }, machine),
    await checkTool({ name: 'rustc', place: bin, text: rustc }, machine),
    await checkTarget(bin, machine),
  ])
}

async function checkTool(
  { name, place, text }: { name: string; place: string; text: string | undefined },
  machine: Machine,
): Promise<Check> {
  if (text === undefined) return missing(name, `not in ${place}`, await installCommand(machine))
  const version = versionIn(text)
  if (isAtLeast(version, MINIMUM)) return present(name, `${version} (${place})`)
  return missing(
    name,
    `${version}, older than ${MINIMUM} (${place})`,
    await installCommand(machine, 'update'),
  )
}

async function checkTarget(bin: string, machine: Machine): Promise<Check> {
  const libraries = await ask(
    path.join(bin, 'rustc'),
    ['--print', 'target-libdir', '--target', RUST_TARGET],
    machine,
  )
  if (libraries !== undefined && (await holdsStd(libraries))) return present(RUST_TARGET, libraries)
  const rustup = await ask('rustup', ['--version'], machine)
  const fix = rustup === undefined ? await installCommand(machine) : `rustup target add ${RUST_TARGET}`
  return missing(RUST_TARGET, 'the standard library for the target is not installed', fix)
}

async function holdsStd(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).some((name) => /^libstd-.*\.rlib$/.test(name))
  } catch {
    return false
  }
}

async function installCommand(machine: Machine, what: 'install' | 'update' = 'install'): Promise<string> {
  const rustup = await ask('rustup', ['--version'], machine)
  if (rustup !== undefined)
    return what === 'update' ? 'rustup update' : `rustup toolchain install stable --target ${RUST_TARGET}`
  return `Install Rust from https://rustup.rs, then run \`rustup target add ${RUST_TARGET}\``
}
