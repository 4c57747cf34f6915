/** What a profile was taken of, and what became of that: it may have failed, which is told when the profile has been shown. */
export interface LookedOn<P, T> {
  readonly profile: P
  readonly outcome: Promise<T>
}

/** Takes a profile while work is done, also of work that fails. @throws what taking the profile throws */
export async function lookOn<P, T>(
  take: (during: () => Promise<void>) => Promise<P>,
  work: () => Promise<T>,
): Promise<LookedOn<P, T>> {
  let outcome!: Promise<T>
  const profile = await take(async () => {
    outcome = work()
    await outcome.catch(() => {})
  })
  return { profile, outcome }
}
