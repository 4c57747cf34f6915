import type { ValueType } from '@wasm-plugin/runtime'
import { errors } from '../errors/index.js'
import type { Contract, ExportedFunction } from './contract.js'

const known = new WeakMap<Contract, ExportedFunction | undefined>()

/** The function by which a plugin answers requests. @throws {HTTP_NOT_SERVED} */
export function httpHandlerOf(contract: Contract, plugin: string): ExportedFunction {
  if (!known.has(contract))
    known.set(
      contract,
      contract.functions.find((func) => isHandler(func, contract)),
    )
  const found = known.get(contract)
  if (found === undefined) throw errors.HTTP_NOT_SERVED({ plugin })
  return found
}

/** With the resources of WASI itself, and not with those of others that are called the same. */
function isHandler({ instance, func, type }: ExportedFunction, { origins }: Contract): boolean {
  const [request, out] = type.params
  const isOf = (param: ValueType | undefined, resource: string) => {
    const origin = param?.kind === 'own' ? origins.get(param.resource) : undefined
    return origin?.side === 'wasi' && origin.name === resource && isOfHttp(origin.instance, 'types')
  }
  return (
    isOfHttp(instance, 'incoming-handler') &&
    func === 'handle' &&
    type.params.length === 2 &&
    type.result === null &&
    isOf(request?.type, 'incoming-request') &&
    isOf(out?.type, 'response-outparam')
  )
}

function isOfHttp(instance: string | null, name: string): boolean {
  return instance?.startsWith(`wasi:http/${name}@0.2.`) === true
}
