// Random numbers of cryptographic quality.
import { getRandomBytes, getRandomU64 } from "../wasi-random/random";

export function bytes(length: i32): Uint8Array {
  return getRandomBytes(length);
}

export function u64(): u64 {
  return getRandomU64();
}
