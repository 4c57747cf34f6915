import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

const A = 1
const HEADER = 12

/**
 * A name server on the loopback interface that answers for the names it has, with an IPv4 address each, and says nothing
 * to whoever asks for another. `asked` has the names in the order they were asked for; it ends with the test.
 */
export async function startNameServer(names: Readonly<Record<string, string>>) {
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const { name, type, end } = questionOf(query)
    asked.push(name)
    socket.emit('asked')
    const address = Object.hasOwn(names, name) ? names[name] : undefined
    if (address !== undefined)
      socket.send(answer(query.subarray(0, end), type === A ? address : undefined), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  onTestFinished(() => void socket.close())
  const { address, port } = socket.address() as AddressInfo
  return {
    asked,
    at: `${address}:${port}`,
    /** Resolves when so many different names have been asked for. */
    async wasAskedFor(count: number) {
      while (new Set(asked).size < count) await once(socket, 'asked')
    },
  }
}

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = HEADER
  for (let size = query.readUInt8(at); size > 0; size = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + size))
    at += 1 + size
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

/** The question with its answer, as RFC 1035 has it: one record, or none of the type that was asked for. */
function answer(question: Buffer, address: string | undefined): Buffer {
  const header = Buffer.from(question.subarray(0, HEADER))
  header.writeUInt16BE(0x8180, 2)
  header.writeUInt16BE(address === undefined ? 0 : 1, 6)
  header.fill(0, 8)
  const record =
    address === undefined
      ? []
      : [0xc0, HEADER, 0, A, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]
  return Buffer.concat([header, question.subarray(HEADER), Buffer.from(record)])
}
