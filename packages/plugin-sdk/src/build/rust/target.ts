import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { errors } from '../../errors/index.js'

/** The target whose linker writes components. */
export const TARGET = 'wasm32-wasip2'

/** The coded error for a cargo that could not build because something is not installed, or null if all is there. */
export function missingToolchain() {
  const rustc = process.env.RUSTC ?? 'rustc'
  const sysroot = /--sysroot[ =]\S+/.exec(process.env.RUSTFLAGS ?? '')?.[0].split(/[ =]/) ?? []
  const answer = spawnSync(rustc, [...sysroot, '--print', 'target-libdir', '--target', TARGET], {
    encoding: 'utf8',
  })
  if (answer.error !== undefined) {
    const fix = 'Install Rust from https://rustup.rs or with your package manager.'
    return errors.TOOLCHAIN_MISSING({ tool: 'Rust', reason: 'rustc is not on the PATH', fix })
  }
  const libraries = answer.stdout.trim()
  if (
    answer.status === 0 &&
    existsSync(libraries) &&
    readdirSync(libraries).some((name) => /^libstd-/.test(name))
  ) {
    return null
  }
  const reason = `this Rust has no standard library for ${TARGET}`
  return errors.TOOLCHAIN_MISSING({
    tool: `Rust target ${TARGET}`,
    reason,
    fix: `Run \`rustup target add ${TARGET}\`.`,
  })
}
