/**
 * Mends the order of a generated C++ header. It includes the author's classes of exported resources before the types
 * that their members take and give; they come after the imported types, and the exported ones are announced to them.
 */
export function orderHeader(header: string): string {
  const include = /^#include "exports-.*"\n/gm
  const classes = header.match(include)
  if (classes === null) return header
  const rest = header.replace(include, '')
  const at = /^(?:\/\/\/.*\n)*namespace exports \{$/m.exec(rest)?.index ?? rest.length
  return [rest.slice(0, at), ...exportedTypes(rest).map(announce), ...classes, rest.slice(at)].join('')
}

/**
 * Mends what exported functions give: of a resource of the host it is a reference, which can be of nothing but what the
 * function was given.
 */
export function giveValues(header: string): string {
  const start = /^namespace exports \{$/m.exec(header)?.index ?? header.length
  const results = header
    .slice(start)
    .replace(
      /^(\s*(?:static )?)(\S.*&&.*?)( \w+\()/gm,
      (line, indent: string, result: string, name: string) =>
        result.includes('(') ? line : `${indent}${result.replaceAll('&&', '')}${name}`,
    )
  return header.slice(0, start) + results
}

/**
 * Mends the types that all bindings share: the error of a `std::expected` has to be copyable, and a list in it is not.
 * Assigning a list also destroys what it held before, and assigning a resource of the host lets go of the one before. A
 * `std::expected` can be assigned only where a move cannot fail, and what can be copied can be assigned too. What the
 * mended sources use is added.
 */
export function mendTypes(header: string): string {
  return header
    .replace(
      '#include <utility> // pair\n\nnamespace wit {\n',
      `#include <utility> // pair\n#include <vector>\n\nnamespace wit {\n${ARENA}`,
    )
    .replace(/\} \/\/ namespace wit\s*$/, `${HANDLES}$&`)
    .replaceAll(/^( *\w+(?: &operator=)?\(\w+ &&\w+\))(?= (?::|\{))/gm, '$1 noexcept')
    .replace(
      /( {2}(string|vector) &operator=\(\2 const &)\) = delete;/g,
      '$1other) { return *this = $2(other); }',
    )
    .replace(
      '    assert(handle == invalid);\n    handle = r.handle;\n    r.handle = invalid;\n',
      '    std::swap(handle, r.handle);\n',
    )
    .replace(
      '  vector(vector const &) = delete;',
      '  vector(vector const &b) : vector(from_view(std::span<T const>(b.data_, b.length))) {}',
    )
    .replace(
      '      free(data_);\n    }\n    data_ = b.data_;',
      '      for (size_t i = 0; i < length; ++i) data_[i].~T();\n      free(data_);\n    }\n    data_ = b.data_;',
    )
}

export interface DeclaredType {
  /** `exports::acme::site::render` */
  readonly space: string
  /** `struct Page`, `enum class Level : uint8_t` */
  readonly head: string
}

/** Types that the exported interfaces declare themselves: what a class header cannot have complete. */
export function exportedTypes(header: string): DeclaredType[] {
  const found: DeclaredType[] = []
  const scopes: string[] = []
  for (const line of header.split('\n').map((row) => row.trim())) {
    const opened = /^(?:namespace (\w+)|(?:struct|class|enum class) [^;{}]*)\s*\{$/.exec(line)
    const inNamespaces = scopes[0] === 'exports' && !scopes.includes('')
    if (opened !== null) {
      if (opened[1] === undefined && inNamespaces)
        found.push({ space: scopes.join('::'), head: line.replace(/\s*\{$/, '') })
      scopes.push(opened[1] ?? '')
    } else if (/^\}/.test(line)) scopes.pop()
  }
  return found
}

function announce({ space, head }: DeclaredType): string {
  return `namespace ${space} { ${head}; }\n`
}

/** Where lists are lowered to. An empty list needs an address that is aligned, and nothing behind it. */
const ARENA = `
inline uint8_t *allocate(size_t size) {
  if (size == 0) return (uint8_t *)16;
  void *memory = malloc(size);
  if (!memory) abort();
  return (uint8_t *)memory;
}

/// Memory of lists until the host has read them.
class Arena {
  std::vector<uint8_t *> blocks;

public:
  uint8_t *allocate(size_t size) {
    uint8_t *block = wit::allocate(size);
    if (size > 0) blocks.push_back(block);
    return block;
  }
  ~Arena() {
    for (uint8_t *block : blocks) free(block);
  }
};

`

const HANDLES = `
/// Resources that the caller of an export lends; it has them back when the export ends.
template <class R> class Lent {
  std::vector<std::unique_ptr<R>> lent;

public:
  std::reference_wrapper<const R> take(int32_t handle) {
    lent.push_back(std::make_unique<R>(ResourceImportBase{handle}));
    return std::cref(*lent.back());
  }
};

/// One of the plugin's own resources that becomes the plugin's again.
template <class R> typename R::Owned take(int32_t handle) {
  R *object = R::ResourceRep(handle);
  object->handle = handle;
  return typename R::Owned(object);
}

`
