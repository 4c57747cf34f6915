import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What an engine said when it refused the program; `explain.ts` knows what it means. */
export class EngineFailure extends Error {}

/**
 * What an engine runs while a program starts runs once, so the optimising tier takes more than it gives. The tool that
 * puts a world into StarlingMonkey grows its memory by single pages, and V8 collects garbage each time, thousands of
 * times: on this thread alone that is cheap.
 */
const ENGINE_FLAGS = ['--liftoff-only', '--single-threaded-gc']

/** The engines block, print, and keep hundreds of megabytes: each build is a process of its own. */
export async function runEngine<Report extends { readonly error: string | null }>(
  args: readonly string[],
  { cwd, report }: { readonly cwd: string; readonly report: string },
): Promise<Report> {
  const child = spawn(process.execPath, [...ENGINE_FLAGS, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  const stop = () => child.kill()
  process.once('exit', stop)
  await new Promise<void>((done, fail) => child.once('error', fail).once('close', () => done()))
  process.removeListener('exit', stop)
  const said = readReport<Report>(report)
  if (said?.error === null) return said
  throw new EngineFailure(`${said?.error ?? 'the engine ended without a word'}\n${printed}`)
}

function readReport<Report>(path: string): Report | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report
  } catch {
    return null
  }
}
