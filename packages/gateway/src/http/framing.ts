import type { IncomingMessage } from 'node:http'
import { type Failure, failures } from './failure.js'

/** What is to be made of how a request says where it ends. */
export interface Framing {
  /** Nothing that follows on its connection is to be taken for a request. */
  readonly isLast: boolean
  /** Why it is not answered. */
  readonly refusal: Failure | undefined
}

/** By RFC 9112, 6.1: HTTP/1.0 knows no chunks, so that a server in front may have seen another end than this one. */
export function framingOf({ httpVersion, headers }: IncomingMessage): Framing {
  const coding = headers['transfer-encoding']
  if (coding === undefined) return PLAIN
  if (coding.trim().toLowerCase() !== 'chunked') return CODED
  return httpVersion === '1.0' ? DOUBTFUL : PLAIN
}

const PLAIN: Framing = { isLast: false, refusal: undefined }
const DOUBTFUL: Framing = { isLast: true, refusal: undefined }
const CODED: Framing = { isLast: true, refusal: failures.badCoding }
