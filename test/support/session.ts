import { boot, type Process } from '../../index.ts'
import { spawnShell } from '../../scripts/cli/sh.ts'
import { Screen } from './screen.ts'

/** A prompt of the shell that `ckptvm` boots to, and what is typed behind it. */
export const PROMPT = /^ckptvm:\S*# ?(.*)$/

/** So wide that no line of a page is broken. */
const COLUMNS = 160
/** System calls that one command may take. */
const BUDGET = 2_000_000

/** Somebody at the machine's shell: what is typed, and what the screen shows then. No time passes while it waits for keys. */
export class Session {
  readonly #screen = new Screen(COLUMNS)
  readonly #decoder = new TextDecoder()
  readonly #vm = boot()
  readonly #shell: Process

  constructor() {
    const onOutput = (bytes: Uint8Array): void => this.#screen.write(this.#decoder.decode(bytes, { stream: true }))
    this.#vm.terminal({ rows: 24, cols: COLUMNS, onOutput })
    this.#shell = spawnShell(this.#vm, [], true)
    this.#settle('')
  }

  /** All that was ever on the screen, a line each. */
  get lines(): string[] {
    return this.#screen.lines
  }

  get ended(): boolean {
    return this.#shell.status !== null
  }

  /** Type a line. `key` is pressed once all is still and there is no prompt. */
  type(line: string, key = ''): void {
    this.#vm.input(`${line}\r`)
    this.#settle(key)
  }

  /** Run until the shell waits for the next line. */
  #settle(key: string): void {
    for (let left = key, until = this.#vm.now; !this.ended;) {
      const outcome = this.#vm.run({ budget: BUDGET, until })
      const prompt = PROMPT.test(this.lines[this.#screen.row] ?? '')
      if (outcome.kind !== 'sleeping' && outcome.kind !== 'input') {
        if (this.ended) return
        throw new Error(`the session came to a stop: ${JSON.stringify(outcome)}`)
      }
      if (prompt) return
      if (left !== '') {
        this.#vm.input(left)
        left = ''
      } else if (outcome.kind === 'sleeping') until = outcome.until
      else throw new Error(`no prompt: ${this.lines.join('\n')}`)
    }
  }
}
