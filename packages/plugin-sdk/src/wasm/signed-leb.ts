/** Signed LEB128 of an i32 or i64. An address beyond 2^31 is written as the negative number of its bits. */
export function signedLeb(value: bigint): number[] {
  const out: number[] = []
  for (let rest = value; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn)
    if (rest >> 6n === 0n || rest >> 6n === -1n) return [...out, low]
    out.push(low | 0x80)
  }
}
