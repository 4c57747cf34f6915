const whole = new Intl.NumberFormat('en')

export const count = (value: number): string => whole.format(value)

/** Three digits that count, with a unit. */
export function milliseconds(ms: number): string {
  if (ms === 0) return '0'
  if (ms < 1) return `${digits(ms * 1_000)} µs`
  return ms < 1_000 ? `${digits(ms)} ms` : `${digits(ms / 1_000)} s`
}

export function bytes(value: number): string {
  if (value < 1 << 20) return `${digits(value / (1 << 10))} KiB`
  return value < 1 << 30 ? `${digits(value / (1 << 20))} MiB` : `${digits(value / (1 << 30))} GiB`
}

function digits(value: number): string {
  return value >= 100 ? whole.format(Math.round(value)) : String(Number(value.toPrecision(2)))
}

/** `14:03:07.250` */
export function clock(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const ms = String(date.getMilliseconds()).padStart(3, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`
}

/** The part of a digest that a person compares. */
export const shortDigest = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 12)
