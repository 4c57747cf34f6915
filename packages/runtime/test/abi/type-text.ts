import type { ValueType } from '@wasm-plugin/runtime'

/**
 * Writes a type in WAT. Named kinds (record, variant, enum, flags) must be imported types for a validator that insists
 * on names, so each becomes a definition that is exported under a name of its own.
 */
export class TypeText {
  readonly definitions: string[] = []

  text(type: ValueType): string {
    switch (type.kind) {
      case 'list':
        return this.define(`(list ${this.text(type.element)})`)
      case 'tuple':
        return this.define(`(tuple ${type.items.map((item) => this.text(item)).join(' ')})`)
      case 'option':
        return this.define(`(option ${this.text(type.element)})`)
      case 'result': {
        const ok = type.ok === null ? '' : this.text(type.ok)
        return this.define(`(result ${ok} ${type.err === null ? '' : `(error ${this.text(type.err)})`})`)
      }
      case 'record': {
        const fields = type.fields.map((field) => `(field "${field.name}" ${this.text(field.type)})`)
        return this.name(`(record ${fields.join(' ')})`)
      }
      case 'variant': {
        const cases = type.cases.map(
          (c) => `(case "${c.name}"${c.type === null ? '' : ` ${this.text(c.type)}`})`,
        )
        return this.name(`(variant ${cases.join(' ')})`)
      }
      case 'enum':
        return this.name(`(enum ${type.labels.map((label) => `"${label}"`).join(' ')})`)
      case 'flags':
        return this.name(`(flags ${type.labels.map((label) => `"${label}"`).join(' ')})`)
      default:
        return type.kind
    }
  }

  private define(text: string): string {
    const id = `$t${this.definitions.length}`
    this.definitions.push(`(type ${id} ${text})`)
    return id
  }

  private name(text: string): string {
    const id = `$t${this.definitions.length}`
    this.definitions.push(
      `(type ${id}-d ${text}) (import "t${this.definitions.length}" (type ${id} (eq ${id}-d)))`,
    )
    return id
  }
}
