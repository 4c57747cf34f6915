import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { NODE } from './cluster/places.mjs'
import { ask } from './load.mjs'

/** Of the two that answer, the plugin asks for the first one. */
const ASKED = 8000
const OTHER = 8001

/** Whether the plugin at a URL reaches whom its grants name, and nobody else. */
export async function asksWhomItMay(url) {
  const servers = []
  for (const port of [ASKED, OTHER]) {
    const server = createServer((_, response) => response.end('Here.')).listen(port, NODE)
    await once(server, 'listening')
    servers.push(server)
  }
  try {
    assert.equal(await ask(`${url}ask/${ASKED}`), 'Here.')
    assert.equal(await ask(`${url}ask/${OTHER}`), 'denied')
  } finally {
    for (const server of servers) server.close()
  }
}
