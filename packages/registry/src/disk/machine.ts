/** What the folders of a user depend on. */
export interface Machine {
  readonly platform?: NodeJS.Platform | undefined
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  readonly home?: string | undefined
}
