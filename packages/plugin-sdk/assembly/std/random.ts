// Random numbers of cryptographic quality.
import { getRandomBytes, getRandomU64 } from "../wasi-random/random";

export function bytes(length: i32): Uint8Array {
  return getRandomBytes(length);
}

/** 0 to 2^64 - 1, each as likely. */
export function integer(): u64 {
  return getRandomU64();
}
