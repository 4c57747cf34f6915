import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { errors } from '../../errors/index.js'
import { type ProjectTrust, toolOf } from '../project-code.js'

/**
 * Type errors of the project as its own `tsc` reports them, when it has TypeScript and a tsconfig.json. Without, types
 * are removed unread.
 *
 * @throws {COMPILE_FAILED} {EXPORT_MISMATCH} at the author's line
 */
export async function checkTypes(
  project: ProjectTrust,
  entry: string,
  contract: ReadonlyMap<number, string>,
): Promise<void> {
  const { dir } = project
  const typescript = toolOf(project, 'typescript')
  if (typescript === null || !existsSync(join(dir, 'tsconfig.json'))) return
  const output = await runCompiler(dir, join(typescript.root, 'bin/tsc'))
  const found = diagnosticsIn(output)
  const [first] = [...found.filter(({ file }) => !file.endsWith(CONTRACT_FILE)), ...found]
  if (first === undefined) {
    if (/error TS\d+/.test(output))
      throw errors.COMPILE_FAILED({
        language: 'TypeScript',
        file: 'tsconfig.json',
        reason: output.trim().split('\n')[0]!,
        count: 1,
        output,
      })
    return
  }
  const name = first.file.endsWith(CONTRACT_FILE) ? contract.get(first.line) : undefined
  if (name !== undefined)
    throw errors.EXPORT_MISMATCH({
      file: entry,
      line: lineOfDeclaration(dir, entry, name),
      name,
      wanted: `${name} of the contract, in ${posix.join(posix.dirname(entry), 'gen/world.d.ts')}`,
      reason: first.reason,
    })
  throw errors.COMPILE_FAILED({ language: 'TypeScript', ...first, count: found.length, output })
}

/** The generated file that compares the plugin with its contract. */
export const CONTRACT_FILE = 'gen/contract.ts'

function runCompiler(dir: string, tsc: string): Promise<string> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [tsc, '--noEmit', '--pretty', 'false', '-p', 'tsconfig.json'],
      { cwd: dir, maxBuffer: 64 << 20 },
      (_, stdout, stderr) => done(stdout + stderr),
    )
  })
}

interface TypeDiagnostic {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly reason: string
}

/** `src/index.ts(3,5): error TS2339: text`, and indented rows that go on about it. */
function diagnosticsIn(output: string): TypeDiagnostic[] {
  return [...output.matchAll(/^(\S.*?)\((\d+),(\d+)\): error (TS\d+): (.*(?:\n[ \t]+.*)*)/gm)].map(
    ([, file = '', line, column, code, text = '']) => {
      const rows = text.split('\n').map((row) => row.trim())
      return { file, line: Number(line), column: Number(column), reason: `${rows.at(-1)} (${code})` }
    },
  )
}

/** 1-based line where the last part of `greetings.greet` is first mentioned. */
function lineOfDeclaration(dir: string, entry: string, name: string): number {
  const rows = readFileSync(join(dir, entry), 'utf8').split('\n')
  for (const part of name.split('.').reverse()) {
    const at = rows.findIndex((row) => new RegExp(`\\b${part}\\b`).test(row))
    if (at >= 0) return at + 1
  }
  return 1
}
