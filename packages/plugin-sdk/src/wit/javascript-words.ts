/** Words that cannot name a variable in a JavaScript module, nor in a language that grew out of it. */
export const JAVASCRIPT_WORDS: ReadonlySet<string> = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false
   finally for function if implements import in instanceof interface let new null package private protected public
   return static super switch this throw true try typeof var void while with yield`.split(/\s+/),
)

/** Globals that an author expects to be what they are everywhere; a declaration of the name would hide one. */
export const JAVASCRIPT_GLOBALS: ReadonlySet<string> = new Set(
  `AbortController AbortSignal AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Blob Boolean
   DataView Date Error EvalError Event EventTarget File FinalizationRegistry Float32Array Float64Array FormData Function
   Headers Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map Math NaN Number Object Promise Proxy RangeError
   ReadableStream ReferenceError Reflect RegExp Request Response Set SharedArrayBuffer String Symbol SyntaxError
   TextDecoder TextEncoder TransformStream TypeError URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array
   Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly WritableStream atob btoa clearInterval clearTimeout console
   crypto decodeURI decodeURIComponent encodeURI encodeURIComponent fetch globalThis isFinite isNaN parseFloat parseInt
   performance process queueMicrotask setInterval setTimeout structuredClone undefined`.split(/\s+/),
)
