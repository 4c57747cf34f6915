import { camelCase } from '../../../wit/names.js'
import type { Bindings } from './messages.js'

/**
 * Mends the names under which the splicer's glue keeps what the plugin exports. They are those of the WIT, as if nothing else
 * had them: the resource `map` takes the place of the `Map` that the glue itself needs, the same resource in two interfaces is
 * one variable declared twice, and the function `ret` hides behind a local of the glue. Here each gets a name that begins
 * with `own_`, as no other does.
 */
export function ownNames(text: string): string {
  const at = text.indexOf('class BindingsError ')
  const end = text.indexOf('function bindExports(', at)
  if (at < 0 || end < 0) return text
  const { text: bound, classes, functions } = rebind(text.slice(end))
  const names = [...classes, ...functions.values()]
  const calls = text
    .slice(0, at)
    .split(EXPORT)
    .map((part) => mendCalls(part, classes, functions))
    .join('')
  const checks = text.slice(at, end).replace(DECLARATION, '')
  const declared = names.length === 0 ? '' : `let ${names.join(', ')};\n`
  return `${calls}${checks}${declared}${bound}`
}

/**
 * Functions of one name, of two interfaces that the glue takes for one: the second and the third have a number.
 */
export function distinctExports<T extends Pick<Bindings, 'jsBindings' | 'exports'>>(bindings: T): T {
  const inText = new Numbered()
  const inList = new Numbered()
  return {
    ...bindings,
    jsBindings: bindings.jsBindings.replace(
      /^(async function )(export_[\w$]+)/gm,
      (_, head: string, name: string) => head + inText.next(name),
    ),
    exports: bindings.exports.map(([name, signature]) => [inList.next(name), signature] as const),
  }
}

class Numbered {
  readonly #counts = new Map<string, number>()

  next(name: string): string {
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, count)
    return count === 1 ? name : `${name}$${count}`
  }
}

const EXPORT = /^(?=async function export_)/m
/** Of what is bound, all of them; the helpers in front declare nothing at this depth. */
const DECLARATION = /^ *let (?!__sourceName;)[\w$, ]+;$/gm

interface Bound {
  readonly text: string
  /** Variables of classes: `own_left$Node`. */
  readonly classes: ReadonlySet<string>
  /** The variable of a function by the one that the glue has: `leftSize`. */
  readonly functions: ReadonlyMap<string, string>
}

/** What the plugin's module has becomes the value of variables. */
function rebind(text: string): Bound {
  const classes = new Set<string>()
  const functions = new Map<string, string>()
  const resources = new Map(
    Array.from(text.matchAll(RESOURCE), ([, variable, name]) => [variable!, name!] as const),
  )
  let scope = ''
  const own = (variable: string) => {
    const resource = resources.get(variable)
    return resource === undefined ? `own_${variable}` : `own_${scope}${resource}`
  }
  const lines = text.split('\n').map((line) => {
    const [, id] =
      /^ *__iface = getInterfaceExport\(\$source_mod, (?:null|'.*'), (null|'.*')\);$/.exec(line) ?? []
    if (id !== undefined) scope = scopeName(id)
    const name = /^ *([\w$]+) = (?:__iface|\$source_mod)\./.exec(line)?.[1]
    if (name !== undefined && resources.has(name)) classes.add(own(name))
    else if (name !== undefined) functions.set(name, own(name))
    return line.replace(BINDING, (_, before: string, bound: string) => `${before}${own(bound)}`)
  })
  return { text: lines.join('\n'), classes, functions }
}

const RESOURCE = /verifyInterfaceResource\(([\w$]+), '[^']*', '(\w+)'/g
const BINDING =
  /^( *(?:verifyInterface(?:Resource|Fn)\(|if \(typeof )?)([\w$]+)(?=(?: = (?:__iface|\$source_mod)\.|, '|!== 'function'\)))/

/** `'demo:names/my-left@1.0.0'` → `myLeft_1_0_0$`; an interface without a package has none. */
function scopeName(id: string): string {
  const [, name = '', version = ''] = /\/([\w-]+)(.*)'$/.exec(id) ?? []
  return name === '' ? '' : `${camelCase(name)}${version.replace(/\W/g, '_')}$`
}

/** One function that the host calls: the call of the plugin in it, and the checks of the resources that it gives. */
function mendCalls(
  part: string,
  classes: ReadonlySet<string>,
  functions: ReadonlyMap<string, string>,
): string {
  const member =
    /^async function export_((?:[\w$]+\$)?)([\w]+)\$(?:constructor|(?:method|static)\$\w+)\(/.exec(part)
  const call =
    member === null
      ? part.replace(/= await ([\w$]+)\(/, (text, name: string) => {
          const own = functions.get(name)
          return own === undefined ? text : `= await ${own}(`
        })
      : part.replace(/= await (new )?[\w$]+/, `= await $1own_${member[1]}${capital(member[2]!)}`)
  return call.replace(CHECK, (_, value: string, check: string, scope: string, resource: string) => {
    const own = `own_${scope}${capital(resource)}`
    // A resource without functions has no class.
    const fails = classes.has(own) ? `!(${value} instanceof ${own})` : `Object(${value}) !== ${value}`
    return `if (${fails})${check}$resource_${scope}new$${resource}(`
  })
}

const CHECK =
  /if \(!\((\w+) instanceof (?!import_)[\w$]+\)\)((?:(?!instanceof).)*?)\$resource_((?:\w+\$)?)new\$(\w+)\(/gs

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)
