/** A JS value that was checked against its component type, or is about to be. */
// biome-ignore lint/suspicious/noExplicitAny: the component type, not TypeScript's, says what it is
export type JsValue = any

/** What crosses the core boundary: i32, f32 and f64 as number, i64 as bigint. */
export type CoreValue = number | bigint

export type CoreFunc = (...args: CoreValue[]) => CoreValue | undefined
export type JsFunc = (...args: JsValue[]) => JsValue

/** A function or class of the host. */
export type HostCallable = JsFunc & (new (...args: JsValue[]) => object)
