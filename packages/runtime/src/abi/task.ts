/**
 * A call into a component instance (Component Model, "task"). What lasts as long as the call is here, so that more than
 * one may be under way in an instance; what it takes only while values are lifted or lowered, which nothing interrupts,
 * is the store's. Most calls lend nothing and need none.
 */
export class Task {
  /** Handles lent to the guest for this call, which must be gone when it returns. */
  borrows = 0
}

/** A call out of a component instance ("subtask"). Most have one handle, whose object they are called on: so there are no lists. */
export class Subtask {
  private loan: Loan | null = null
  private loans: Loan[] | null = null
  private expiring: Expiring[] | null = null

  /** The guest lends a handle for this call. */
  lend(loan: Loan): void {
    loan.lends++
    if (this.loan === null) this.loan = loan
    else {
      this.loans ??= []
      this.loans.push(loan)
    }
  }

  /** An object was made for a borrow of one of the guest's own resources. */
  expire(object: Expiring): void {
    this.expiring ??= []
    this.expiring.push(object)
  }

  /** Gives back what the guest lent. */
  end(): void {
    if (this.loan !== null) this.loan.lends--
    if (this.loans !== null) for (const loan of this.loans) loan.lends--
    if (this.expiring !== null) for (const object of this.expiring) object.gone ??= 'expired'
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
