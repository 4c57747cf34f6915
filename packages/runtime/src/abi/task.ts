/**
 * A call into a component instance (Component Model, "task"). What lasts as long as the call is here, so that more than
 * one may be under way in an instance; what it takes only while values are lifted or lowered, which nothing interrupts,
 * is the store's. Most calls lend nothing and need none.
 */
export class Task {
  /** Handles lent to the guest for this call, which must be gone when it returns. */
  borrows = 0
}

/** A call out of a component instance ("subtask"). */
export class Subtask {
  /** Handles that the guest lent for this call. */
  readonly lent: Loan[] = []
  /** Objects made for borrows of the guest's own resources. */
  readonly expiring: Expiring[] = []

  /** Gives back what the guest lent. */
  end(): void {
    for (const loan of this.lent) loan.lends--
    for (const object of this.expiring) object.gone ??= 'expired'
  }
}

/** A handle of a guest. */
export interface Loan {
  /** Calls in flight that borrow it. */
  lends: number
}

export interface Expiring {
  /** Why it can no longer be used. */
  gone: 'dropped' | 'moved' | 'expired' | null
}
