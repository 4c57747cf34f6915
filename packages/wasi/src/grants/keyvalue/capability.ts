import * as z from '@wasm-plugin/manifest/shape'
import { errors } from '../../errors/grant-codes.js'
import { type Agreement, type Capability, kept, opened, renumbered } from '../capability.js'
import { writableAt } from '../fs/places.js'
import type { StoreGrant } from '../grant-set.js'
import { lesser, notNarrower } from '../narrower.js'
import { hostPath, size } from '../shapes.js'
import { asRecord } from '../values.js'

const schema = z.record(
  z.string().check(z.minLength(1), z.maxLength(200)),
  z.strictObject({
    file: z.optional(hostPath),
    quotaBytes: z.optional(size),
    quotaKeys: z.optional(size),
  }),
)
type StoresInput = z.infer<typeof schema>

/** Stores of `wasi:keyvalue`. A manifest cannot ask for them: they are the host's alone to give. */
export const keyvalue: Capability<'keyvalue', typeof schema> = {
  schema,
  agree: (input = {}, agreement) => ({ keyvalue: agree(input, agreement) }),
  narrow: (now, input) => ({ keyvalue: narrow(now.keyvalue, input) }),
  without: ({ keyvalue }, ids) => ({ keyvalue: kept(keyvalue, ids) }),
  numbered: ({ keyvalue }, rule) => ({
    keyvalue: renumbered(keyvalue, ({ name }) => rule(`keyvalue ${name}`)),
  }),
  view: ({ keyvalue }) =>
    asRecord(
      keyvalue.map(({ name, file, quotaBytes, quotaKeys }) => [name, { file, quotaBytes, quotaKeys }]),
    ),
  interfaces: opened(['wasi:keyvalue/store', 'wasi:keyvalue/atomics', 'wasi:keyvalue/batch'], {
    fix: 'Grant a store: `grants: { keyvalue: { default: {} } }`.',
    isGranted: ({ keyvalue }) => keyvalue.length > 0,
  }),
}

/** A plugin that may write to the file of a store could put a link there, and the host would follow it. */
function agree(input: StoresInput, { fs, book, ports: { paths } }: Agreement): StoreGrant[] {
  return Object.entries(input).map(([name, store]) => {
    const file = store.file === undefined ? null : paths.absolute(store.file)
    const at = file === null ? undefined : writableAt(paths.place(file), fs)
    if (file !== null && at !== undefined) throw errors.STORE_UNSAFE({ store: name, file, grant: at })
    return {
      ...{ id: book.add(`keyvalue ${name}`), name, file },
      quotaBytes: store.quotaBytes ?? 16 << 20,
      quotaKeys: store.quotaKeys ?? 10_000,
    }
  })
}

function narrow(now: readonly StoreGrant[], input: StoresInput): StoreGrant[] {
  return Object.entries(input).map(([name, { file, quotaBytes, quotaKeys }]) => {
    const store = now.find((granted) => granted.name === name)
    if (store === undefined) throw notNarrower(`keyvalue ${name}`, 'it is not granted now')
    if (file !== undefined)
      throw notNarrower(`keyvalue ${name}`, 'a store stays where it is: leave `file` out')
    return {
      ...store,
      quotaBytes: lesser(`keyvalue ${name} quotaBytes`, store.quotaBytes, quotaBytes),
      quotaKeys: lesser(`keyvalue ${name} quotaKeys`, store.quotaKeys, quotaKeys),
    }
  })
}
