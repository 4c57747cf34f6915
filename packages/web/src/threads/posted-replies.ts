import type { Outcome } from '@wasm-plugin/embed/wire'
import type { ToSuspending } from './messages.js'
import { type Answers, encoded } from './replies.js'

type Post = (message: ToSuspending, transfer: readonly ArrayBuffer[]) => void

/** The page's side where no memory is shared: posts what a suspended plugin is answered. */
export function postedReplies(post: Post, maxValues: number): Answers {
  return {
    begin() {},
    async send(id: number, outcome: Outcome) {
      // Without the room that was left for more.
      const bytes = (await encoded(outcome, maxValues)).slice()
      post({ type: 'reply', id, bytes }, [bytes.buffer])
    },
    async fill() {},
  }
}
