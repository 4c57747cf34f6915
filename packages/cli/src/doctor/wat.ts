import { type LanguageReport, present, reportOn } from './check.js'

/** The build assembles by itself. */
export async function checkWat(): Promise<LanguageReport> {
  return reportOn('wat', [present('assembler', 'comes with wasm-plugin')])
}
