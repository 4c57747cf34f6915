import { readFileSync } from 'node:fs'
import { Component } from '@wasm-plugin/runtime'
import { describe, expect, it } from 'vitest'
import { runGenerator } from '#internal'
import { COMPONENT, rebuild, whyNot } from '../../bindgen/build.mjs'

/** Compiling the crates takes minutes. */
const missing =
  process.env.CI === 'true' ? whyNot() : 'CI rebuilds it; here `node bindgen/build.mjs --check` does'

describe('the component of the generators', () => {
  it('imports nothing but the function that hears of a defect', async () => {
    const component = await Component.compile(readFileSync(COMPONENT))
    const imported = [...component.imports].filter(([, item]) => item.kind !== 'type').map(([name]) => name)
    expect(imported).toEqual(['wasm-plugin:bindgen/types@0.1.0', 'panicked'])
  })

  it('says where the WIT is wrong', async () => {
    const wit = new Map([['a.wit', 'package a:b;\nworld w { import f: func(x: u33); }']])
    await expect(runGenerator('c', wit, 'w')).rejects.toMatchObject({
      code: 'WIT_SYNTAX',
      data: { file: 'a.wit', line: 2, reason: 'name `u33` does not exist' },
    })
  })

  it.skipIf(missing !== null)(
    `is what its source makes${missing === null ? '' : ` (${missing})`}`,
    async () => {
      expect((await rebuild()).equals(readFileSync(COMPONENT))).toBe(true)
    },
    1_800_000,
  )
})
