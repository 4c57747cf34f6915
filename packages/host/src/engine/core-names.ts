import { type CheckedComponent, errors as runtimeErrors } from '@wasm-plugin/runtime'

/** Letters, digits and the punctuation of the component ABI's own names; no quote, backslash, newline or template mark. */
const SAFE = /^[A-Za-z0-9_$:/@#.,+[\]<>|=* -]{0,512}$/

/** Names become part of generated source with the jco engine, so every name of the binary is held to a safe alphabet. */
export function refuseUnsafeNames({ coreModules, root }: CheckedComponent): void {
  for (const { imports, exports, offset } of coreModules) {
    for (const { module, name } of imports) {
      check(module, offset)
      check(name, offset)
    }
    for (const name of exports.keys()) check(name, offset)
  }
  const visit = (definitions: typeof root.definitions): void => {
    for (const definition of definitions) {
      if ('name' in definition) check(definition.name, 0)
      if (definition.op === 'core-instantiate') for (const { name } of definition.args) check(name, 0)
      if (definition.op === 'core-bundle' || definition.op === 'bundle')
        for (const { name } of definition.exports) check(name, 0)
      if (definition.op === 'component') visit(definition.component.definitions)
    }
  }
  visit(root.definitions)
}

function check(name: string, offset: number): void {
  if (!SAFE.test(name) || name.includes('*/') || name === '__proto__')
    throw runtimeErrors.INVALID_COMPONENT({
      offset,
      reason: `the name ${JSON.stringify(name.slice(0, 60))} is outside the alphabet that the jco engine accepts`,
    })
}
