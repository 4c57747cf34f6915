import { threadId, workerData } from 'node:worker_threads'
import { ComponentError } from '@wasm-plugin/runtime'
import { openMemory } from '#internal'

/** Changes a memory volume at random until it is ended, in the middle of whatever it does. */
const { memory, seed } = workerData as { memory: SharedArrayBuffer; seed: number }

let state = seed
const random = (below: number) => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
  return (state >>> 8) % below
}
const names = ['a', 'b', 'c', 'd', 'e', 'f']
const name = () => names[random(names.length)] as string
const mode = { read: true, write: true, sync: { file: false, data: false, requested: false } }
const root = openMemory(memory, { id: 0, thread: threadId })

/** One below the root if that can be had, else the root. */
function directory() {
  try {
    return root.child(name()) ?? root
  } catch {
    return root
  }
}

for (;;) {
  const dir = directory()
  const to = directory()
  try {
    switch (random(9)) {
      case 0:
        dir.mkdir(name())
        break
      case 1:
        dir.rmdir(name())
        break
      case 2:
        dir.unlink(name())
        break
      case 3:
        dir.rename(name(), to, name())
        break
      case 4:
        dir.link(name(), to, name())
        break
      case 5:
        dir.symlink('x'.repeat(1 + random(2_000)), name())
        break
      default: {
        const opened = dir.open(name(), { ...mode, create: random(2) === 0 })
        if (opened.kind === 'directory') {
          opened.folder.close()
          break
        }
        try {
          if (random(3) === 0) opened.file.truncate(random(100_000))
          else opened.file.write(new Uint8Array(random(60_000)).fill(1 + random(250)), random(100_000))
        } finally {
          opened.file.close()
        }
      }
    }
  } catch (error) {
    if (!ComponentError.is(error)) throw error
  } finally {
    if (dir !== root) dir.close()
    if (to !== root) to.close()
  }
}
