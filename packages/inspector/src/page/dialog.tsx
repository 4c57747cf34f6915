import { signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'

/** Something that a person is to agree to. */
export interface Question {
  readonly title: string
  readonly text: string
  /** What a person may change before. */
  readonly input?: string
  readonly does: string
  run(input: string): Promise<void>
}

export const question = signal<Question | null>(null)

/** Asks what there is to be asked. @param tell what a failure is called */
export function Dialog({ tell }: { tell: (error: unknown) => string }) {
  const { value: asked } = question
  const box = useRef<HTMLDialogElement>(null)
  const [input, setInput] = useState('')
  const [problem, setProblem] = useState('')
  useEffect(() => {
    setInput(asked?.input ?? '')
    setProblem('')
    if (asked === null) box.current?.close()
    else box.current?.showModal()
  }, [asked])
  const close = () => {
    question.value = null
  }
  const agree = async () => {
    try {
      await asked?.run(input)
      close()
    } catch (error) {
      setProblem(tell(error))
    }
  }
  return (
    <dialog ref={box} aria-labelledby="asked" onClose={close}>
      <h2 id="asked" class="dialog-title">
        {asked?.title}
      </h2>
      <p>{asked?.text}</p>
      {asked?.input !== undefined && (
        <textarea
          aria-label="Grants, as JSON"
          rows={12}
          spellcheck={false}
          value={input}
          onInput={({ currentTarget }) => setInput(currentTarget.value)}
        />
      )}
      {problem !== '' && (
        <p role="alert" class="bad">
          {problem}
        </p>
      )}
      <div class="buttons">
        <button type="button" onClick={close}>
          Cancel
        </button>
        <button type="button" class="does" onClick={agree}>
          {asked?.does}
        </button>
      </div>
    </dialog>
  )
}
