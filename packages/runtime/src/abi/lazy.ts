import type { JsValue } from './js-value.js'

// biome-ignore lint/suspicious/noExplicitAny: stands for functions of every signature
type AnyFunc = (...args: any[]) => any

/**
 * A function of `arity` parameters that is made by its first call: most plugins call a few of the functions they
 * import. One stub per arity, because rest parameters cost more than the call itself.
 */
export function lazy(arity: number, make: () => AnyFunc): AnyFunc {
  let f: AnyFunc = (...args: JsValue[]) => {
    f = make()
    return f(...args)
  }
  switch (arity) {
    case 0:
      return () => f()
    case 1:
      return (a: JsValue) => f(a)
    case 2:
      return (a: JsValue, b: JsValue) => f(a, b)
    case 3:
      return (a: JsValue, b: JsValue, c: JsValue) => f(a, b, c)
    case 4:
      return (a: JsValue, b: JsValue, c: JsValue, d: JsValue) => f(a, b, c, d)
    default:
      return (...args: JsValue[]) => f(...args)
  }
}
