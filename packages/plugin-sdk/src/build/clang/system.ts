import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { makeStaging, removeStaging } from '../staging.js'
import { type Clang, type ClangAnswer, driverFor, linkDriverFor, parseDependencies } from './clang.js'
import { findSystemClang } from './find-system.js'

/**
 * The compiler of this machine.
 *
 * @throws {TOOLCHAIN_MISSING}
 */
export function openSystemClang(dir: string, language: 'c' | 'cpp'): Clang {
  const { drivers, args, fingerprint } = findSystemClang(language)
  const objects = makeStaging('clang')
  const run = async (driver: 'clang' | 'clang++', given: readonly string[], cwd: string, output: string) => {
    const answer = await spawned(drivers[driver], [...args, ...given, '-o', output], cwd)
    const path = resolve(cwd, output)
    const bytes = answer.exitCode === 0 && existsSync(path) ? readFileSync(path) : null
    const rule = existsSync(`${path}.d`) ? readFileSync(`${path}.d`, 'utf8') : ''
    return { ...answer, output: bytes, dependencies: parseDependencies(rule) }
  }
  return {
    version: fingerprint,
    compile: (source, given) => {
      const output = join(objects, 'unit.o')
      return run(driverFor(source), [...given, '-c', source, '-MD', '-MF', `${output}.d`], dir, output)
    },
    link: async (inputs, given) => {
      for (const [name, bytes] of inputs) {
        mkdirSync(dirname(join(objects, name)), { recursive: true })
        writeFileSync(join(objects, name), bytes)
      }
      const driver = linkDriverFor(inputs.keys())
      const linkWith = (more: readonly string[]) =>
        run(driver, [...inputs.keys(), ...more, ...given], objects, 'core.wasm')
      const answer = await linkWith([])
      if (!/undefined symbol: __stack_chk_(guard|fail)$/m.test(answer.said)) return answer
      writeFileSync(join(objects, 'stack-guard.c'), STACK_GUARD)
      await run('clang', ['-Os', '-c', 'stack-guard.c'], objects, 'stack-guard.o')
      return linkWith(['stack-guard.o'])
    },
    close: async () => removeStaging(objects),
  }
}

/**
 * What the stack protector needs. Debian compiles the compiler's runtime library with it, and its C library is older than
 * that; `long double`, which `std::format` names, brings it in.
 */
const STACK_GUARD = `#include <stdint.h>
uintptr_t __stack_chk_guard = 0xaff0a4e2;
void __stack_chk_fail(void) { __builtin_trap(); }
`

function spawned(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<Pick<ClangAnswer, 'exitCode' | 'said'>> {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    const hear = (text: string) => {
      said += text
    }
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
    child.once('error', (error) => done({ exitCode: 1, said: `${said}error: ${error.message}\n` }))
    child.once('close', (code) => done({ exitCode: code ?? 1, said }))
  })
}
