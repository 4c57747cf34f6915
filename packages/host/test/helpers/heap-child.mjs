// Loads the components of a list, one after the other, and prints what came of each. In a process of its own: an allocation
// that ends the process is a missing line.
import { readFileSync } from 'node:fs'
import { createHost } from '@wasm-plugin/host'

const { heapMb, cases } = JSON.parse(readFileSync(process.argv[2], 'utf8'), (_, value) =>
  typeof value?.bigint === 'string' ? BigInt(value.bigint) : value,
)
const host = await createHost({ limits: { heapMb, startMs: 120_000, timeoutMs: 120_000 } })
for (const { name, file, args } of cases) {
  const plugin = await host.load(file, { name: 'heap', imports: { give: (value) => value } })
  const outcome = await plugin.call('run', args.map(made)).then(
    () => 'ok',
    (error) => error.code ?? 'err',
  )
  console.log(JSON.stringify([name, outcome]))
  await plugin.close()
}
await host.close()

function made({ item, count }) {
  if (typeof item === 'string' && item.length === 1) return item.repeat(count)
  return Array.from({ length: count }, () => structuredClone(item))
}
