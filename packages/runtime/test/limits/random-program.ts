/** A generator of pseudo-random numbers with a seed (mulberry32): the same program for the same seed everywhere. */
export function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const FUNCTIONS = 6

/**
 * Text of a random module. Its `run(a, b)` always ends: loops share a budget of iterations, and functions only
 * call later ones. The global `ticks` counts statements that ran, each of which has at least 4 instructions.
 */
export function randomProgram(seed: number): string {
  const program = new Program(random(seed))
  const functions = Array.from({ length: FUNCTIONS }, (_, i) => program.function(i)).join('\n')
  return `(module (memory 1) (tag $e (param i32)) (type $f (func (param i32 i32) (result i32)))
    (table funcref (elem ${Array.from({ length: FUNCTIONS }, (_, i) => `$f${i}`).join(' ')}))
    (global $ticks (export "ticks") (mut i32) (i32.const 0)) (global $budget (mut i32) (i32.const 300))
    ${functions}
    (func (export "run") (param i32 i32) (result i32)
      (global.set $budget (i32.const 300)) (global.set $ticks (i32.const 0))
      (call $f0 (local.get 0) (local.get 1))))`
}

const TICK = '(global.set $ticks (i32.add (global.get $ticks) (i32.const 1)))'

class Program {
  private index = 0
  private depth = 0
  /** Labels that a branch may name, innermost last. */
  private labels: string[] = []
  private names = 0

  constructor(private readonly pick: (below: number) => number) {}

  function(index: number): string {
    this.index = index
    this.labels = []
    const body = this.statements(1 + this.pick(6))
    const isLeaf = index === FUNCTIONS - 1
    const text = isLeaf && this.pick(2) === 0 ? '' : body
    return `(func $f${index} (type $f) (param $x i32) (param $y i32) (result i32) (local $z i32) ${text} ${this.expression(2)})`
  }

  private statements(count: number): string {
    return Array.from({ length: count }, () => `${TICK} ${this.statement()}`).join('\n')
  }

  private statement(): string {
    if (this.depth > 4) return this.assignment()
    this.depth++
    const kinds = [
      () => this.assignment(),
      () => this.assignment(),
      () => `(i32.store8 (i32.and ${this.expression(1)} (i32.const 255)) ${this.expression(2)})`,
      () => this.conditional(),
      () => this.block(),
      () => this.loop(),
      () => this.loop(),
      () => this.branch(),
      () => this.branchTable(),
      () =>
        `(memory.fill (i32.const 64) ${this.expression(1)} (i32.and ${this.expression(1)} (i32.const 63)))`,
      () => this.attempt(),
      () => `(if (i32.eq ${this.expression(1)} (i32.const 77)) (then (return ${this.expression(1)})))`,
      () => this.block(),
    ]
    const text = kinds[this.pick(kinds.length)]!()
    this.depth--
    return text
  }

  private assignment(): string {
    return `(local.set $${this.variable()} ${this.expression(3)})`
  }

  private conditional(): string {
    const otherwise = this.pick(2) === 0 ? '' : `(else ${this.statements(1 + this.pick(3))})`
    return `(if ${this.expression(2)} (then ${this.statements(1 + this.pick(3))}) ${otherwise})`
  }

  private block(): string {
    return this.within((label) => `(block ${label} ${this.statements(1 + this.pick(4))})`)
  }

  /** Leaves when the budget is used up; whether it comes back is decided by a value, or by chance. */
  private loop(): string {
    const out = `$out${this.names++}`
    return `(block ${out} ${this.within(
      (label) => `(loop ${label}
        (br_if ${out} (i32.eqz (global.get $budget)))
        (global.set $budget (i32.sub (global.get $budget) (i32.const 1)))
        ${this.statements(1 + this.pick(4))}
        ${this.pick(3) === 0 ? '' : `(br_if ${label} ${this.expression(2)})`})`,
    )})`
  }

  private branch(): string {
    const label = this.label()
    if (label === undefined) return this.assignment()
    return this.pick(3) === 0 ? `(br ${label})` : `(br_if ${label} ${this.expression(2)})`
  }

  private branchTable(): string {
    const targets = Array.from({ length: 3 }, () => this.label())
    if (targets.includes(undefined)) return this.assignment()
    return `(if ${this.expression(1)} (then (br_table ${targets.join(' ')} ${this.expression(2)})))`
  }

  /** A `try` in its folded form does not exist in the text format that the assembler knows. */
  private attempt(): string {
    const body = this.statements(1 + this.pick(2))
    const handler = this.statements(1 + this.pick(2))
    const thrown = `(if ${this.expression(1)} (then (throw $e ${this.expression(1)})))`
    return this.pick(2) === 0
      ? `try ${body} ${thrown} ${this.pick(2) === 0 ? this.call() : 'i32.const 0'} local.set $z catch $e local.set $x ${handler} end`
      : `try ${thrown} ${body} catch_all ${handler} end`
  }

  private within(make: (label: string) => string): string {
    const label = `$l${this.names++}`
    this.labels.push(label)
    const text = make(label)
    this.labels.pop()
    return text
  }

  private label(): string | undefined {
    return this.labels[this.pick(Math.max(1, this.labels.length))]
  }

  private variable(): string {
    return ['x', 'y', 'z'][this.pick(3)]!
  }

  private expression(size: number): string {
    if (size === 0)
      return this.pick(2) === 0 ? `(i32.const ${this.pick(100)})` : `(local.get $${this.variable()})`
    const operators = ['add', 'sub', 'mul', 'and', 'xor', 'lt_u', 'shr_u', 'rotl']
    const choice = this.pick(operators.length + 3)
    const operand = () => this.expression(size - 1)
    if (choice < operators.length) return `(i32.${operators[choice]} ${operand()} ${operand()})`
    if (choice === operators.length) return `(i32.load8_u (i32.and ${operand()} (i32.const 255)))`
    if (choice === operators.length + 1 && this.depth < 3) return this.call()
    return `(local.tee $${this.variable()} ${operand()})`
  }

  private call(): string {
    const later = FUNCTIONS - 1 - this.index
    if (later === 0) return `(i32.const ${this.pick(9)})`
    const callee = this.index + 1 + this.pick(later)
    const operands = `${this.expression(0)} ${this.expression(0)}`
    return this.pick(3) === 0
      ? `(call_indirect (type $f) ${operands} (i32.const ${callee}))`
      : `(call $f${callee} ${operands})`
  }
}
