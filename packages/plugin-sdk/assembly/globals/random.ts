import { getRandomBytes, getRandomU64 } from "./wasi-random/random";

// @ts-ignore: decorator
@global function cm_seed(): f64 {
  return reinterpret<f64>(getRandomU64());
}

// @ts-ignore: decorator
@global function cm_randomFill(array: Uint8Array): void {
  array.set(getRandomBytes(array.length));
}
