import { spawn, spawnSync } from 'node:child_process'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { missingToolchain } from './target.js'

export interface CargoMessages {
  readonly exitCode: number | null
  /** The component that the crate of the project makes. */
  readonly artefact: string | null
  readonly errors: readonly CargoDiagnostic[]
  readonly warnings: readonly CargoDiagnostic[]
  readonly stderr: string
}

export interface CargoDiagnostic {
  readonly message: string
  /** `E0308`, or null for lints and errors without one. */
  readonly code: string | null
  /** Where it is, if that is a file of the project. */
  readonly place: { readonly file: string; readonly line: number; readonly column: number } | null
  /** The code of the bindings, which a macro wrote at that place. */
  readonly inBindings: boolean
  /** As rustc prints it. */
  readonly rendered: string
}

/**
 * Runs cargo in `dir` and reads its JSON messages. Paths of this machine are mapped away, so that equal sources give
 * equal bytes wherever they are built.
 *
 * @throws {TOOLCHAIN_MISSING}
 */
export async function runCargo(
  dir: string,
  args: readonly string[],
  onCrate: (name: string) => void,
): Promise<CargoMessages> {
  const missing = missingToolchain()
  if (missing !== null) throw missing
  const [command = '', ...options] = [...args, ...remap(dir), '--message-format', 'json']
  const child = spawn(process.env.CARGO ?? 'cargo', [command, ...options], {
    cwd: dir,
    env: { ...process.env, ...environmentFlags(dir) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const exited = new Promise<number | null>((done) => {
    child.once('error', (error) => {
      stderr += `error: ${error.message}\n`
      done(null)
    })
    child.once('close', done)
  })
  const collector = new Collector(dir, onCrate)
  for await (const line of createInterface({ input: child.stdout })) collector.add(line)
  return { ...collector.result(), exitCode: await exited, stderr }
}

/** The last that fits counts. Cargo compiles a member of a workspace in the folder of that. */
function flags(dir: string): string[] {
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo')
  const folders = { [cargoHome]: 'cargo', [workspaceOf(dir)]: '.', [dir]: '.' }
  return Object.entries(folders).map(([folder, as]) => `--remap-path-prefix=${folder}=${as}`)
}

/** The folder of the workspace, which is the project itself mostly. */
function workspaceOf(dir: string): string {
  const args = ['locate-project', '--workspace', '--message-format', 'plain']
  const { status, stdout } = spawnSync(process.env.CARGO ?? 'cargo', args, { cwd: dir, encoding: 'utf8' })
  return status === 0 ? dirname(stdout.trim()) : dir
}

/** Cargo joins this list with the one in its configuration files. */
function remap(dir: string): string[] {
  return [
    '--config',
    `build.rustflags=[${flags(dir)
      .map((flag) => JSON.stringify(flag))
      .join(', ')}]`,
  ]
}

/** Flags in the environment (a sysroot that has the target, say) silence those of the configuration. */
function environmentFlags(dir: string): Record<string, string> {
  const { CARGO_ENCODED_RUSTFLAGS: encoded, RUSTFLAGS: plain = '' } = process.env
  if (encoded === undefined && plain === '') return {}
  const given = encoded?.split('\x1f') ?? plain.split(/\s+/)
  return { CARGO_ENCODED_RUSTFLAGS: [...given, ...flags(dir)].join('\x1f') }
}

interface RawMessage {
  reason: string
  manifest_path?: string
  filenames?: string[]
  target?: { name: string; kind: string[] }
  message?: RawDiagnostic
}

interface RawDiagnostic {
  level: string
  message: string
  code: { code: string } | null
  rendered: string | null
  spans: {
    file_name: string
    line_start: number
    column_start: number
    is_primary: boolean
    text: { text: string }[]
  }[]
}

class Collector {
  private artefact: string | null = null
  private readonly diagnostics = { error: [] as CargoDiagnostic[], warning: [] as CargoDiagnostic[] }

  constructor(
    private readonly dir: string,
    private readonly onCrate: (name: string) => void,
  ) {}

  /** A line that is not JSON is something that a build script printed. */
  add(line: string): void {
    if (!line.startsWith('{')) return
    const raw = JSON.parse(line) as RawMessage
    const own = raw.manifest_path === join(this.dir, 'Cargo.toml')
    if (raw.reason === 'compiler-artifact') {
      this.onCrate(raw.target?.name ?? '')
      if (own) this.artefact = raw.filenames?.find((name) => name.endsWith('.wasm')) ?? this.artefact
    } else if (raw.reason === 'compiler-message' && raw.message !== undefined) {
      this.addDiagnostic(raw.message)
    }
  }

  result(): Pick<CargoMessages, 'artefact' | 'errors' | 'warnings'> {
    return { artefact: this.artefact, errors: this.diagnostics.error, warnings: this.diagnostics.warning }
  }

  /** "aborting due to 2 previous errors" has no place and says nothing new. */
  private addDiagnostic(raw: RawDiagnostic): void {
    if ((raw.level !== 'error' && raw.level !== 'warning') || raw.message.startsWith('aborting due to'))
      return
    const span = raw.spans.find(
      (s) => s.is_primary && !s.file_name.startsWith('/') && !s.file_name.startsWith('cargo/'),
    )
    this.diagnostics[raw.level].push({
      message: raw.message,
      code: raw.code?.code ?? null,
      place:
        span === undefined
          ? null
          : { file: span.file_name, line: span.line_start, column: span.column_start },
      inBindings: /\bgenerate!/.test(span?.text[0]?.text ?? ''),
      rendered: raw.rendered ?? raw.message,
    })
  }
}
