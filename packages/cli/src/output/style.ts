import { styleText } from 'node:util'

export type ColorWhen = 'auto' | 'always' | 'never'

/** Paints text. Every message reads the same with all of these doing nothing. */
export interface Style {
  readonly colored: boolean
  /** Errors. */
  red(text: string): string
  /** Warnings. */
  yellow(text: string): string
  /** Success, status verbs. */
  green(text: string): string
  /** Hints, paths, commands to type. */
  cyan(text: string): string
  bold(text: string): string
  dim(text: string): string
}

export function createStyle(colored: boolean): Style {
  const paint = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    colored ? styleText(format, text, { validateStream: false }) : text
  return {
    colored,
    red: paint(['bold', 'red']),
    yellow: paint(['bold', 'yellow']),
    green: paint(['bold', 'green']),
    cyan: paint('cyan'),
    bold: paint('bold'),
    dim: paint('dim'),
  }
}

/** Whether a stream gets colour. In order: `--color`, NO_COLOR, FORCE_COLOR, a terminal, TERM. */
export function wantsColor(
  when: ColorWhen,
  env: Readonly<Record<string, string | undefined>>,
  isTTY: boolean,
): boolean {
  if (when !== 'auto') return when === 'always'
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return isTTY && env.TERM !== 'dumb'
}
