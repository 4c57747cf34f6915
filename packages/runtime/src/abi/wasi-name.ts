/** Whether a function of the host is one of WASI, by the name of its interface: of 0.2, or what stands for preview 1. */
export function isWasi(name: string): boolean {
  return name.startsWith('wasi:') || name.startsWith('wasi-snapshot-preview1#')
}
