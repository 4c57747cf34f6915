/**
 * Mends a generated C++ source in four ways. Where it takes a payload out of an option or a result it names the type that
 * an exported function would have, which inside of a tuple is not the one that an imported function is given. It lowers
 * the elements of a list in place, though C++ may lay them out in another order than the canonical ABI. It takes the handle
 * of a lent resource of the host for the address of an object. And it leaves a resource of the plugin that comes back with
 * the handle that it had before, though a handle is a new one every time.
 */
export function mendSource(source: string): string {
  return source
    .replace(PAYLOAD, '$1auto&& $2')
    .replace(OWN, 'wit::take<$1>($2)')
    .split(BODY)
    .map(mendFunction)
    .join(BODY)
}

const PAYLOAD = /^(\s*)\S.* (payload\d+ = \(?std::move\(.*\)\.(?:value|error)\(\);)$/gm

/** `C::Owned(C::ResourceRep(handle))` */
const OWN = /([\w:]+)::Owned\(\1::ResourceRep\((\w+)\)\)/g

/** An object of the plugin comes by its address, one of the host (in no namespace `exports`) does not. */
const LENT = /std::ref\(\*\(((?!exports::)[\w:]+) \*\)(\w+)\)/g

/** Only the body of a function begins with a brace at the start of a line. */
const BODY = '\n{\n'

const LOOP = new RegExp(
  [
    String.raw`( *auto&& _vec(\d+) = (.*);\n)`,
    String.raw` *auto _ptr\2 = \(uint8_t\*\)\(_vec\2\.data\(\)\);\n`,
    String.raw`( *auto _len\2 = \(size_t\)\(_vec\2\.size\(\)\);\n *for \(size_t i = 0; i < _len\2; \+\+i\) \{\n`,
    String.raw` *auto _base = _ptr\2 \+ i \* (.*);\n)`,
  ].join(''),
)

/** What an exported function gives is freed after the return; what an imported one is given, here. */
function mendFunction(body: string, index: number, all: readonly string[]): string {
  const isExport = index > 0 && (all[index - 1] ?? '').split('\n').at(-1)!.includes('__wasm_export_')
  const lenders: string[] = []
  let mended = ''
  let rest = body.replace(LENT, (_, type: string, handle: string) => {
    lenders.push(`  wit::Lent<${type}> _lent${lenders.length};\n`)
    return `_lent${lenders.length - 1}.take(${handle})`
  })
  for (let loop = LOOP.exec(rest); loop !== null; loop = LOOP.exec(rest)) {
    const [text, vector, n, list = '', head, size] = loop
    const allocate = isExport ? 'wit::allocate' : '_arena.allocate'
    mended += `${rest.slice(0, loop.index)}${vector}auto _ptr${n} = ${allocate}(_vec${n}.size() * ${size});\n${head}`
    rest = withoutLeak(rest.slice(loop.index + text.length), `${list}.leak();`)
  }
  const used = mended.includes('_arena.')
  return `${lenders.join('')}${used ? '  wit::Arena _arena;\n' : ''}${mended}${rest}`
}

/** The old elements are destroyed after the loop, which `rest` is in the middle of, instead of left behind. */
function withoutLeak(rest: string, leak: string): string {
  let depth = 1
  let at = 0
  for (; at < rest.length && depth > 0; at++) depth += rest[at] === '{' ? 1 : rest[at] === '}' ? -1 : 0
  const after = rest.slice(at).trimStart()
  return after.startsWith(leak) ? `${rest.slice(0, at)}\n${after.slice(leak.length)}` : rest
}
