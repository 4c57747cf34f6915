export const COMPONENT: string
export function whyNot(): string | null
export function rebuild(): Promise<Buffer>
