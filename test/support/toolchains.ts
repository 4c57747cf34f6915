import { existsSync } from 'node:fs'
import path from 'node:path'
import { root } from './app.js'

/** Whether the Rust example was built: its toolchain is the one part of the set-up that a machine may lack. */
export const rust = existsSync(path.join(root, 'examples/rust-plugin/dist/markdown.wasm'))
