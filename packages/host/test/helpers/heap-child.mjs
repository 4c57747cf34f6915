// Loads the components of a list, one after the other, and prints what came of each. In a process of its own: an allocation
// that ends the process is a missing line.
import { readFileSync } from 'node:fs'
import { createHost } from '@wasm-plugin/host'

const { heapBytes, cases } = JSON.parse(readFileSync(process.argv[2], 'utf8'), (_, value) =>
  typeof value?.bigint === 'string' ? BigInt(value.bigint) : value,
)
// What tables take of the heap is bounded whatever their own limit is.
const tableElements = 100_000_000
const host = await createHost({ limits: { heapBytes, tableElements, startMs: 120_000, timeoutMs: 120_000 } })
for (const { name, file, args, isolation = 'worker' } of cases) {
  const options = { name: 'heap', imports: { give: (value) => value }, isolation }
  const outcome = await run(file, options, args).catch((error) => codeOf(error))
  console.log(JSON.stringify([name, outcome]))
}
await host.close()

async function run(file, options, args) {
  const plugin = await host.load(file, options)
  try {
    await plugin.exports.run(...args.map(made))
    return 'ok'
  } finally {
    await plugin.close()
  }
}

/** With the limit that the modules reached, where it is one of theirs. */
function codeOf({ code = 'err', data }) {
  return data?.limit === 'moduleHeapBytes' ? `${code}: ${data.limit}` : code
}

function made({ item, count }) {
  if (typeof item === 'string' && item.length === 1) return item.repeat(count)
  return Array.from({ length: count }, () => structuredClone(item))
}
