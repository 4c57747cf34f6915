import type { ResponsePiece } from './http.js'

/** What one run of a program has of its own. */
export interface ProgramStart {
  /** All of them, the name of the program first; undefined for those of its grants. */
  readonly args: readonly string[] | undefined
  /** Beside those of its grants, and in the place of what is called the same. */
  readonly env: readonly (readonly [key: string, value: string])[]
  /** The whole of stdin, where it is there already; `asked` where it comes as it is read; undefined for that of its grants. */
  readonly stdin: Uint8Array | 'asked' | undefined
  /** What the program writes to stderr is lines of its log. */
  readonly logsErrors: boolean
}

/** What a program writes. Pieces are sent one after the other, and nobody answers them. */
export interface OutputPiece {
  readonly kind: 'stdout' | 'stderr'
  readonly bytes: Uint8Array
}

/** What comes of a call piece by piece, while it runs. */
export type AnswerPiece = ResponsePiece | OutputPiece
