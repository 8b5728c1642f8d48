import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A program of this computer on a pseudo-terminal, and somebody at that. */

const DRIVER = join(import.meta.dirname, 'pty_driver.py')

/** Why there is none, or null. */
export function noPty(): string | null {
  if (process.platform === 'win32') return 'this system has no pseudo-terminals'
  const python = spawnSync('python3', ['-c', 'import pty, os; os.close(os.openpty()[0]); os.waitstatus_to_exitcode'])
  return python.status === 0 ? null : 'a pseudo-terminal here takes python3, 3.9 or later'
}

export interface Ended {
  readonly status: number
  /** The terminal was left as a shell needs it. */
  readonly cooked: boolean
}

export class Pty {
  /** All that was printed. */
  output = ''
  readonly ended: Promise<Ended>
  readonly #driver: ChildProcess
  readonly #decoder = new TextDecoder()
  #seen = 0
  #waiting: { readonly text: string; readonly done: () => void } | null = null
  #modes: ((cooked: boolean) => void) | null = null

  constructor(program: string, args: readonly string[]) {
    const driver = spawn('python3', [DRIVER, program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#driver = driver
    this.ended = new Promise((resolve, reject) => {
      driver.on('exit', () => reject(new Error(`it ended without a word, behind ${JSON.stringify(this.output)}`)))
      createInterface(driver.stdout).on('line', (line) => {
        const [what, ...rest] = line.split(' ')
        if (what === 'o') this.#print(Buffer.from(rest[0], 'hex'))
        else if (what === 'm') this.#modes?.(rest[0] === '1')
        else resolve({ status: Number(rest[0]), cooked: rest[1] === '1' })
      })
    })
  }

  type(keys: string): void {
    this.#order(`w ${Buffer.from(keys).toString('hex')}`)
  }

  resize(rows: number, cols: number): void {
    this.#order(`s ${rows} ${cols}`)
  }

  /** Are lines edited, echoed and interrupted by the terminal now? */
  cooked(): Promise<boolean> {
    this.#order('m')
    return new Promise((resolve) => (this.#modes = resolve))
  }

  /** Until `text` is printed, behind what was waited for before; all from there on. */
  async until(text: string): Promise<string> {
    const from = this.#seen
    if (!this.output.includes(text, from)) {
      await Promise.race([new Promise<void>((done) => (this.#waiting = { text, done })), this.ended])
      this.#waiting = null
    }
    const at = this.output.indexOf(text, from)
    if (at < 0) throw new Error(`${JSON.stringify(text)} never came, but ${JSON.stringify(this.output.slice(from))}`)
    this.#seen = at + text.length
    return this.output.slice(from, this.#seen)
  }

  /** End it, whatever it does. */
  kill(): void {
    this.ended.catch(() => undefined)
    this.#driver.stdin?.end()
  }

  #order(line: string): void {
    this.#driver.stdin?.write(`${line}\n`)
  }

  #print(bytes: Uint8Array): void {
    this.output += this.#decoder.decode(bytes, { stream: true })
    if (this.#waiting !== null && this.output.includes(this.#waiting.text, this.#seen)) this.#waiting.done()
  }
}
