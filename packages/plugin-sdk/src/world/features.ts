import { errors } from '../errors/index.js'

/**
 * The text with the items of some unstable features as if they were stable, every character in its place. Tools read
 * what is left, so no tool has to know the features.
 */
export function withFeatures(text: string, features: readonly string[]): string {
  if (features.length === 0) return text
  return text.replaceAll(GATE, (gate, feature: string) =>
    features.includes(feature) ? gate.replaceAll(/\S/g, ' ') : gate,
  )
}

/** Names of the features whose items are left out of a text. */
export function featuresIn(text: string): string[] {
  return [...new Set([...text.matchAll(GATE)].map((match) => match[1]!))]
}

const GATE = /@unstable\s*\(\s*feature\s*=\s*%?([\w-]+)\s*,?\s*\)/g

/** @throws {FEATURE_UNKNOWN} for a feature that no text has */
export function checkFeatures(features: readonly string[], texts: readonly string[]): void {
  if (features.length === 0) return
  const known = [...new Set(texts.flatMap(featuresIn))].sort()
  const unknown = features.find((feature) => !known.includes(feature))
  if (unknown !== undefined) throw errors.FEATURE_UNKNOWN({ feature: unknown, known })
}
