import type { Observer } from '@wasm-plugin/sdk'
import { formatJson } from '../values/format.js'
import { toJsonValue } from '../values/to-json.js'

/** Shows the calls of a plugin into the application that nobody answers, because nothing comes back from them. */
export function showCalls(show: (line: string) => void): Observer {
  return ({ function: name, type, args }, proceed) => {
    if (type.result === null) {
      const values = type.params.map((param, index) => formatJson(toJsonValue(param.type, args[index])))
      show(`called ${name}(${values.join(', ')})`)
    }
    return proceed()
  }
}
