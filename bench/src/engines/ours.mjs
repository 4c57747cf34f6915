import { Component } from '@wasm-plugin/runtime'

const API = 'bench:calls/api'

/** @type {import('../rows.mjs').Engine} */
export async function ours({ component }, host) {
  const imports = { 'bench:calls/host': host }
  const compiled = await Component.compile(component)
  const metered = await Component.compile(component, { fuel: true })
  const api = compiled.instantiate(imports).exports[API]
  const meteredApi = metered.instantiate(imports, { fuel: Number.MAX_SAFE_INTEGER }).exports[API]
  return {
    ...api,
    meteredSum: meteredApi.sum,
    meteredFib: meteredApi.fib,
    instantiate: () => compiled.instantiate(imports),
    load: async ({ component: bytes }) => {
      const loaded = await Component.compile(bytes)
      return loaded.instantiate(imports).exports[API].add(1, 2)
    },
  }
}
