import { Component } from '@wasm-plugin/runtime'

const API = 'bench:calls/api'
const UTF16_API = 'bench:utf16/api'

/** @type {import('../rows.mjs').Engine} */
export async function ours({ component, utf16 }, host) {
  const imports = { 'bench:calls/host': host }
  const compiled = await Component.compile(component)
  const metered = await Component.compile(component, { fuel: true })
  const api = compiled.instantiate(imports).exports[API]
  const meteredApi = metered.instantiate(imports, { fuel: Number.MAX_SAFE_INTEGER }).exports[API]
  const { echo } = (await Component.compile(utf16)).instantiate().exports[UTF16_API]
  return {
    ...api,
    echoUtf16: echo,
    meteredSum: meteredApi.sum,
    meteredFib: meteredApi.fib,
    instantiate: () => compiled.instantiate(imports),
    load: async ({ component: bytes }) => {
      const loaded = await Component.compile(bytes)
      return loaded.instantiate(imports).exports[API].add(1, 2)
    },
  }
}
