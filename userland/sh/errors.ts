/** What ends more than one command. Each is thrown through the tree and caught where its reach ends. */

/** The shell ends: `exit`, or `set -e`. */
export class Exit extends Error {
  override readonly name = 'Exit'
  readonly status: number

  constructor(status: number) {
    super('exit')
    this.status = status
  }
}

/** A mistake that ends a shell that is not interactive, and otherwise the line. It has been told already. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly status: number

  constructor(status = 2) {
    super('failure')
    this.status = status
  }
}

/** Ctrl-C: an interactive shell gives up what it does and asks for the next line. */
export class Interrupt extends Error {
  override readonly name = 'Interrupt'
  /** The cursor is on a row of its own already. */
  readonly told: boolean

  constructor(told = false) {
    super('interrupt')
    this.told = told
  }
}
