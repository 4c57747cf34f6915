import { readFile, stat } from 'node:fs/promises'
import { transportErrors as errors } from '../errors/index.js'

/** The text of a file of the user or the project; `undefined` if there is none. @throws {REGISTRY_CONFIG_INVALID} */
export async function readConfigFile(file: string): Promise<string | undefined> {
  const fail = (reason: string, cause?: unknown) => errors.REGISTRY_CONFIG_INVALID({ file, reason }, cause)
  try {
    const found = await stat(file)
    if (!found.isFile()) throw fail('it is not a file')
    if (found.size > MAX_BYTES) throw fail(`it has more than ${MAX_BYTES} bytes`)
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error instanceof Error && 'syscall' in error ? fail(`it cannot be read (${code})`, error) : error
  }
}

const MAX_BYTES = 1 << 20
