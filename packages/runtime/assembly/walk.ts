/** Where the walk through a function stands. */
export class Walk {
  static cost: i64 = 0
  static locals: i64 = 0
  static height: i64 = 0
  /** Operands below those of the innermost block. */
  static base: i64 = 0
  static isDead: bool = false
  /** The innermost block. */
  static top: usize = 0
  /** What may still be passed in the step. */
  static left: i32 = 0
}

/** Any instruction may need a register that a value far down has. */
export const IN_PASSING = 6
