export const MODULE: string
export function whyNot(): string | null
export function rebuild(): Buffer
