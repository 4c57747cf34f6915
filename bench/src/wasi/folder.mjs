import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A folder with `data.bin`, 4 KiB, and `entries`, 1,000 empty files; it is gone when the process is. */
export function makeFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'wasm-plugin-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(path.join(folder, 'data.bin'), new Uint8Array(4_096).fill(7))
  mkdirSync(path.join(folder, 'entries'))
  for (let i = 0; i < 1_000; i++) writeFileSync(path.join(folder, 'entries', `entry-${i}.txt`), '')
  return folder
}
