import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** rustup may print its progress first, but a question about a version is answered at once. */
const TIMEOUT_MS = 10_000

/** What a tool prints, trimmed; undefined when it is not there or fails. */
export async function ask(
  tool: string,
  args: readonly string[],
  { env, cwd }: { env: Readonly<Record<string, string | undefined>>; cwd: string },
): Promise<string | undefined> {
  try {
    const { stdout } = await run(tool, [...args], { env, cwd, timeout: TIMEOUT_MS, windowsHide: true })
    return stdout.trim()
  } catch {
    return undefined
  }
}

/** `1.95.0` out of `rustc 1.95.0 (59807616e 2026-04-14)`. */
export function versionIn(text: string): string {
  return /\d+\.\d+\.\d+[\w.+-]*/.exec(text)?.[0] ?? text
}

/** True when `version` is `minimum` or newer; both are `major.minor…`. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  const [wantMajor = 0, wantMinor = 0] = minimum.split('.').map((part) => Number.parseInt(part, 10))
  return major > wantMajor || (major === wantMajor && minor >= wantMinor)
}
