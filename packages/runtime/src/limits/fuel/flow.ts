import type { CoreReader } from '../core-reader.js'
import { PREPAID_PATH, PREPAID_RUN } from './costs.js'
import { Edit, type Plan } from './edits.js'

/** One level of the control stack. */
interface Label {
  readonly isLoop: boolean
  /** Longest path to the instruction that opened the level, and whether that one cannot run. */
  readonly entry: number
  readonly deadEntry: boolean
  /** Of a loop: the region around it, and the metered calls seen before it. */
  readonly outer: Region
  readonly calls: number
  /** Whether a branch that can run arrives here; at the end of a block, at the start of a loop. */
  targeted: boolean
  /** Longest path of the branches that arrive here. */
  longest: number
  /** Whether exceptions arrive here. */
  catches: boolean
  /** An `if` that has no `else` so far: its end is also reached from its start. */
  skippable: boolean
}

/**
 * A function body or loop body, without the loops in it: code that runs at most once for each time its header
 * runs.
 */
interface Region {
  /** The edit of the header. Its value is the longest path so far. */
  readonly header: number
  /** No path is prepaid beyond this length. */
  limit: number
}

/**
 * Follows control through a function body and decides who pays for what: each run of instructions for itself, or
 * the header of its region for the longest of the paths through it. `reader` is asked where it stands, not moved.
 */
export class Flow {
  private readonly labels: Label[] = []
  /** Level of each loop around the current instruction, outermost first. */
  private readonly loops: number[] = []
  private region: Region
  /** Longest prepaid path from the header to the current run. */
  private path = 0
  /** Whether the current instruction cannot run. */
  dead = false
  /** Cost of the current run, and the edit that pays for it if it is not prepaid. */
  private run = 0
  private runEdit: number
  /** Metered calls so far. */
  calls = 0

  constructor(
    private readonly reader: CoreReader,
    private readonly plan: Plan,
  ) {
    this.runEdit = plan.add(reader.offset, Edit.CHECK)
    this.region = { header: this.runEdit, limit: PREPAID_PATH }
    this.openLevel()
  }

  /** Whether the function's own `end` has not been passed. */
  get isOpen(): boolean {
    return this.labels.length > 0
  }

  openLevel(isLoop = false): Label {
    const label: Label = {
      isLoop,
      entry: this.path,
      deadEntry: this.dead,
      outer: this.region,
      calls: this.calls,
      targeted: false,
      longest: 0,
      catches: false,
      skippable: false,
    }
    this.labels.push(label)
    return label
  }

  private topLevel(): Label {
    const label = this.labels.at(-1)
    if (label === undefined) throw this.reader.malformed('unbalanced control instruction')
    return label
  }

  closeLevel(start: number): void {
    const label = this.topLevel()
    this.labels.pop()
    if (this.labels.length === 0) this.leave(start)
    else if (label.isLoop) this.leaveLoop(label)
    else if (label.targeted || label.skippable || label.catches) this.join(label)
    // Otherwise nothing arrives here but the run itself, which goes on.
  }

  private join(label: Label): void {
    this.endRun()
    let path = this.dead ? 0 : this.path
    if (label.targeted) path = Math.max(path, label.longest)
    if (label.skippable) path = Math.max(path, label.entry)
    if (label.catches) path = Math.max(path, this.longestOfRegion())
    if (label.targeted || label.catches || (label.skippable && !label.deadEntry)) this.dead = false
    this.path = path
    this.startRun()
  }

  enterElse(): void {
    const label = this.topLevel()
    this.endRun()
    this.arrive(label)
    label.skippable = false
    this.path = label.entry
    this.dead = label.deadEntry
    this.startRun()
  }

  /** The handler of a `try`: exceptions come from anywhere in its body. */
  enterCatch(): void {
    const label = this.topLevel()
    this.endRun()
    this.arrive(label)
    this.path = this.longestOfRegion()
    this.dead = label.deadEntry
    this.startRun()
  }

  /** The current instruction continues at the end of the level. */
  private arrive(label: Label): void {
    if (this.dead) return
    label.targeted = true
    label.longest = Math.max(label.longest, this.path)
  }

  enterLoop(): void {
    this.endRun()
    this.loops.push(this.labels.length)
    this.openLevel(true)
    this.runEdit = this.plan.add(this.reader.offset, Edit.CHECK)
    this.region = { header: this.runEdit, limit: PREPAID_PATH }
    this.path = 0
  }

  private leaveLoop(label: Label): void {
    const { plan, region } = this
    this.endRun()
    if (label.targeted) {
      this.ensureCharged(region.header)
      if (label.calls === this.calls) plan.cached = true
    } else {
      // Nothing branches back, so it runs once: it has to be paid for, but cannot run away.
      plan.kinds[region.header] = Edit.CHARGE
    }
    plan.leaf = false
    this.loops.pop()
    this.region = label.outer
    this.path = label.entry
    this.startRun()
  }

  branch(depth: number, start: number): void {
    const label = this.target(depth)
    if (this.dead) return
    label.targeted = true
    const level = this.labels.length - 1 - depth
    if (level === 0) this.flush(start)
    if (!label.isLoop) label.longest = Math.max(label.longest, this.pathAt(level))
  }

  target(depth: number): Label {
    const label = this.labels[this.labels.length - 1 - depth]
    if (label === undefined) throw this.reader.malformed('branch to a level that is not there')
    return label
  }

  /** Longest path to the current instruction, in the region that the level belongs to. */
  private pathAt(level: number): number {
    const { loops } = this
    // The outermost loop inside that level, by bisection: nesting can be deep.
    let low = 0
    let high = loops.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (loops[middle]! > level) high = middle
      else low = middle + 1
    }
    return low === loops.length ? this.path : this.labels[loops[low]!]!.entry
  }

  /** A header without cost would not be checked, though what loops or recurses through it charges elsewhere. */
  ensureCharged(header: number): void {
    if (this.plan.values[header] === 0) this.plan.values[header] = 1
  }

  private longestOfRegion(): number {
    return this.plan.values[this.region.header]!
  }

  meteredCall(start: number, cost: number): void {
    this.calls++
    this.pay(cost)
    this.flush(start)
    if (!this.dead) this.plan.add(this.reader.offset, Edit.RELOAD)
  }

  leaveByCall(start: number): void {
    this.calls++
    this.leave(start)
  }

  leave(start: number): void {
    this.endRun()
    this.flush(start)
    this.dead = true
  }

  flush(start: number): void {
    const { plan } = this
    if (this.dead) return
    const last = plan.offsets.length - 1
    if (plan.kinds[last] === Edit.FLUSH && plan.offsets[last] === start) return
    plan.add(start, Edit.FLUSH)
  }

  pay(cost: number): void {
    if (!this.dead) this.run += cost
  }

  startRun(): void {
    if (!this.dead) this.runEdit = this.plan.add(this.reader.offset, Edit.CHARGE)
  }

  /** Decides who pays for the run that ends here. */
  endRun(): void {
    const { run, region, plan } = this
    this.run = 0
    if (this.dead || run === 0) return
    if (this.runEdit === region.header) {
      this.path = run
      region.limit = run + PREPAID_PATH
    } else if (run <= PREPAID_RUN && this.path + run <= region.limit) {
      this.path += run
    } else {
      plan.values[this.runEdit] = run
      plan.leaf = false
    }
    if (this.path > this.longestOfRegion()) plan.values[region.header] = this.path
  }
}
