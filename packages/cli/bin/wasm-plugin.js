#!/usr/bin/env node
// Not part of dist, so that a package manager can link the command before the workspace is built. This file alone runs
// on a Node that is too old, and says so: the others would fail at an import that is not there.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major > 20 || (major === 20 && minor >= 19)) {
  await import('../dist/bin.js')
} else {
  console.error(`wasm-plugin needs Node 20.19 or later; this is Node ${process.versions.node}`)
  process.exitCode = 2
}
