import * as z from '@wasm-plugin/manifest/shape'
import { isMemoryPath } from '../../volume/path.js'
import type { FolderHandle } from '../inputs.js'
import { hostPath, size } from '../shapes.js'

const at = z.string().check(
  z.refine(
    (value) => value.startsWith('/') && !value.includes('\0'),
    'expected an absolute path such as "/data"',
  ),
  z.refine((value) => !/(^|\/)\.\.?(\/|$)/.test(value), 'the path holds a "." or ".." segment'),
)
const limits = { quotaBytes: z.optional(size), quotaEntries: z.optional(size), maxOpen: z.optional(size) }
const access = z.enum(['read', 'read-write'])
const memoryPath = z
  .string()
  .check(
    z.refine(
      isMemoryPath,
      'expected a relative path such as "pages/index.md", without "." and ".." segments',
    ),
  )

const folder = z.custom<FolderHandle>(isFolder, 'expected the handle of a folder')

export const schema = z.array(
  z.union([
    z.strictObject({ path: hostPath, at, access, ...limits }),
    z.strictObject({ folder, below: z.optional(memoryPath), at, access, ...limits }),
    z.strictObject({ scratch: z.literal(true), at, ...limits }),
    z.strictObject({
      memory: z.record(memoryPath, z.union([z.string(), z.instanceof(Uint8Array)])),
      at,
      access,
      ...limits,
      quotaBytes: z.optional(size.check(z.maximum(1 << 30))),
      quotaEntries: z.optional(size.check(z.maximum(1_000_000))),
    }),
  ]),
)

export type FsInput = z.infer<typeof schema>[number]

function isFolder(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object FileSystemDirectoryHandle]'
}
