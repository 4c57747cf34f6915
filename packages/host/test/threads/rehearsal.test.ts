import { readFileSync } from 'node:fs'
import { rehearse } from '@wasm-plugin/embed/thread'
import { Component } from '@wasm-plugin/runtime'
import { expect, it } from 'vitest'
import { instancePorts } from '#internal'
import { assemble } from '../helpers/guests.js'

it('a thread runs a plugin by itself, with nobody to wait for', async () => {
  const text = readFileSync(new URL('../helpers/sample.wat', import.meta.url), 'utf8')
  const api = 'sample:warm/api'
  let asked = 0
  const rehearsed = {
    component: await Component.compile(await assemble(text)),
    asked() {
      asked++
      return true
    },
    ports: instancePorts,
  }
  const calls = [
    { place: [api, 'run'] as const, args: [['warm', Uint32Array.of(1)]] },
    { place: [api, 'add'] as const, args: [1, 2] },
  ]
  rehearse({ ...rehearsed, calls })
  // By values, and then by code that copies them.
  expect(asked).toBe(16)
  expect(() => rehearse({ ...rehearsed, calls: [{ place: [api, 'none'], args: [] }] })).toThrow('none')
})
