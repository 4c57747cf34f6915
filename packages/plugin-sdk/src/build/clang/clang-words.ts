import type { BindgenLanguage } from '../../bindgen/bindgen.js'

/** Names in WIT, in lower case, that no variable or field can have in C, in C++, or in what is generated for them. */
export const CLANG_WORDS: ReadonlySet<string> = new Set(
  `alignas alignof and and-eq asm atomic-cancel atomic-commit atomic-noexcept auto bitand bitor bool break case catch char
   char8-t char16-t char32-t class compl concept const consteval constexpr constinit const-cast continue contract-assert
   co-await co-return co-yield decltype default delete do double dynamic-cast else enum explicit export extern false float
   for friend goto if inline int long mutable namespace new noexcept not not-eq nullptr operator or or-eq private protected
   public reflexpr register reinterpret-cast requires restrict return short signed sizeof static static-assert static-cast
   struct switch synchronized template this thread-local throw true try typedef typeid typename typeof typeof-unqual union
   unsigned using virtual void volatile wchar-t while xor xor-eq
   errno stderr stdin stdout
   int8-t int16-t int32-t int64-t uint8-t uint16-t uint32-t uint64-t uintptr-t size-t
   err ret ret-area std wit`.split(/\s+/),
)

/** Types in WIT whose classes or functions would be taken for others of the bindings. */
export const CLANG_TYPES: Readonly<Record<BindgenLanguage, ReadonlySet<string>>> = {
  c: new Set(['constructor']),
  cpp: new Set(['new', 'owned']),
}

/** Methods in WIT that every class of a resource has already. */
export const CLANG_METHODS: Readonly<Record<BindgenLanguage, ReadonlySet<string>>> = {
  c: new Set(),
  cpp: new Set(['new', 'owned', 'resource-drop', 'resource-new', 'resource-rep']),
}
