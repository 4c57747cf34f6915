import { rehearse } from '@wasm-plugin/embed/thread'
import { Component } from '@wasm-plugin/runtime'
import { instancePorts } from '../instance-ports.js'

/**
 * Loads a small plugin and calls it as the application would, so that the code that does so is there when a real one comes: the first
 * time takes five times as long as any other.
 */
export async function warmUp(): Promise<void> {
  const compiled = await Component.compile(Buffer.from(SAMPLE, 'base64'))
  rehearse({
    component: compiled,
    calls: [
      { place: [API, 'run'], args: [['warm', Uint32Array.of(1)]] },
      { place: [API, 'add'], args: [1, 2] },
    ],
    asked: () => true,
    ports: instancePorts,
  })
}

const API = 'sample:warm/api'

/** `test/helpers/sample.wat`, assembled. */
export const SAMPLE =
  'AGFzbQ0AAQAHFgFCAgFAAQR0ZXh0cwB/BAADbG9nAQAKFAEAD3NhbXBsZTp3YXJtL2xvZwUAAWMAYXNtAQAAAAEJAWAEf39/fwF/AwIBAAUDAQABBxQCBm1lbW9yeQIAB3JlYWxsb2MAAAoHAQUAQYABCwsYAgBBCAsIQAAAAAQAAAAAQcAACwR3YXJtAAwEbmFtZQAFBGxpYmMCBAEAAAAGHwMAAgEABm1lbW9yeQAAAQAHcmVhbGxvYwEAAANsb2cIBwEBAAABAwABdwBhc20BAAAAARMDYAJ/fwF/YAR/f39/AX9gAX8AAgsBA2VudgNzYXkAAAMEAwECAAcUAwNydW4AAQRkb25lAAIDYWRkAAMKGQMMAEHAAEEEEAAaQQgLAgALBwAgACABagsAFARuYW1lAAUEbWFpbgEGAQADc2F5AhICAQEDc2F5AAEAAQEDZW52EgEHEQNweW8CcwFAAQRpdGVtAgBzBhICAAABAgNydW4AAAECBGRvbmUIDAEAAAIDAwAEAAUDAwcLAUACAWF5AWJ5AHkGCQEAAAECA2FkZAgGAQAABAAEBREBAQIAA3J1bgEBAANhZGQBAgsVAQAPc2FtcGxlOndhcm0vYXBpBQEAAHIOY29tcG9uZW50LW5hbWUBEQAAAgAHcmVhbGxvYwEDc2F5AQsAAgEABm1lbW9yeQEPABECAARsaWJjAQRtYWluAQ8AEgIABGxpYmMCBG1haW4BEQEDAANzYXkBA3J1bgIDYWRkAQwFAgADbG9nAQNhcGk='
