/** What somebody is known by at one registry. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** Exchanged for a token of the registry at its token server, as `docker login` may have left it. */
  | { readonly kind: 'identity'; readonly token: string }
  /** A token for the registry itself. */
  | { readonly kind: 'bearer'; readonly token: string }

export function basicHeader({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** Texts that no message may have, in every form in which they are sent. */
export function secretsOf(credentials: Credentials | undefined): string[] {
  if (credentials === undefined) return []
  if (credentials.kind !== 'password') return [credentials.token]
  return [credentials.password, basicHeader(credentials).slice('Basic '.length)]
}
