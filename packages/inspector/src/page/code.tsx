import { said } from './store.js'

/** A text to be copied. */
export function Code({ label, text }: { label: string; text: string }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      said.value = 'Copied.'
    } catch {
      said.value = 'The browser does not let the page copy: select the text.'
    }
  }
  return (
    <figure>
      <figcaption>
        {label}
        <button type="button" onClick={copy}>
          Copy
        </button>
      </figcaption>
      <pre>{text}</pre>
    </figure>
  )
}
