#!/usr/bin/env node
import module from 'node:module'
import { version } from './version.js'

const argv = process.argv.slice(2)
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  // What installers and editors ask, often, of a command that is to answer at once.
  process.stdout.write(`${version()}\n`)
} else {
  // Node 22 keeps compiled code from one start to the next.
  if ('enableCompileCache' in module) (module.enableCompileCache as () => void)()
  const { run } = await import('./run-process.js')
  await run(argv)
}
