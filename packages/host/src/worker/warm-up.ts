import { rehearse } from '@wasm-plugin/embed/thread'
import { Component, type FuncType } from '@wasm-plugin/runtime'

/**
 * Loads a small plugin and calls it, by its lane too, so that the code that does so is there when a real one comes: the first time takes five
 * times as long as any other.
 */
export async function warmUp(): Promise<void> {
  const component = await Component.compile(Buffer.from(SAMPLE, 'base64'))
  const { exports } = Component.revive(component.transfer()).instantiate({
    'sample:warm/log': { log: () => true },
  })
  const { run } = exports['sample:warm/api'] as { run(...args: unknown[]): unknown }
  const args = [['warm', Uint32Array.of(1)]]
  run(...args)
  rehearse({ type: RUN, args, run })
}

const RUN: FuncType = {
  kind: 'func',
  async: false,
  params: [
    {
      name: 'item',
      type: { kind: 'tuple', items: [{ kind: 'string' }, { kind: 'list', element: { kind: 'u32' } }] },
    },
  ],
  result: { kind: 'string' },
}

/** `test/helpers/sample.wat`, assembled. */
export const SAMPLE =
  'AGFzbQ0AAQAHFgFCAgFAAQR0ZXh0cwB/BAADbG9nAQAKFAEAD3NhbXBsZTp3YXJtL2xvZwUAAWMAYXNtAQAAAAEJAWAEf39/fwF/AwIBAAUDAQABBxQCBm1lbW9yeQIAB3JlYWxsb2MAAAoHAQUAQYABCwsYAgBBCAsIQAAAAAQAAAAAQcAACwR3YXJtAAwEbmFtZQAFBGxpYmMCBAEAAAAGHwMAAgEABm1lbW9yeQAAAQAHcmVhbGxvYwEAAANsb2cIBwEBAAABAwABaABhc20BAAAAARMDYAJ/fwF/YAR/f39/AX9gAX8AAgsBA2VudgNzYXkAAAMDAgECBw4CA3J1bgABBGRvbmUAAgoRAgwAQcAAQQQQABpBCAsCAAsAFARuYW1lAAUEbWFpbgEGAQADc2F5AhICAQEDc2F5AAEAAQEDZW52EgEHEQNweW8CcwFAAQRpdGVtAgBzBhICAAABAgNydW4AAAECBGRvbmUIDAEAAAIDAwAEAAUDAwUKAQEBAANydW4BAQsVAQAPc2FtcGxlOndhcm0vYXBpBQEAAG0OY29tcG9uZW50LW5hbWUBEQAAAgAHcmVhbGxvYwEDc2F5AQsAAgEABm1lbW9yeQEPABECAARsaWJjAQRtYWluAQ8AEgIABGxpYmMCBG1haW4BDAECAANzYXkBA3J1bgEMBQIAA2xvZwEDYXBp'
