import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callNumber, type Answers } from './machine.ts'
import { formatProgram, type Program } from './program.ts'

/** A program in C that runs programs. */
export interface Runner {
  /** Its source, a path below this folder. */
  readonly source: string
  /** Its calls, each with what it leaves in memory. */
  readonly calls: Readonly<Record<string, string>>
  /** What gcc is told besides. */
  readonly flags: readonly string[]
}

/** This computer's own kernel, as a runner reaches it. */
export class Host {
  readonly #folder = mkdtempSync(join(tmpdir(), 'hostdiff-'))
  readonly #runner = join(this.#folder, 'runner')

  /** Compiles the runner: whyNoHost() has said that this can be done. */
  constructor(runner: Runner) {
    mkdirSync(join(this.#folder, 'root'))
    writeFileSync(join(this.#folder, 'rows.h'), cRows(runner.calls))
    const source = join(import.meta.dirname, runner.source)
    const flags = ['-O1', '-Wall', '-Wextra', '-Werror', `-I${this.#folder}`, ...runner.flags]
    execFileSync('gcc', [...flags, '-o', this.#runner, source], { stdio: ['ignore', 'inherit', 'inherit'] })
  }

  /** What the host answers, program by program. Throws where it cannot make one ready. */
  run(programs: readonly Program[], ...args: readonly string[]): Answers[] {
    const input = programs.map((program) => `${formatProgram(program)}\n`).join('')
    const { status, stdout, stderr } = spawnSync(this.#runner, [join(this.#folder, 'root'), ...args], {
      input,
      encoding: 'latin1',
      maxBuffer: 2 ** 30,
    })
    if (status !== 0) throw new Error(`the host cannot run programs: ${stderr.trim()}`)
    const blocks = stdout.split('\n\n').slice(0, -1)
    return blocks.map((block) => {
      const lines = block.replace(/^\n+/, '').split('\n')
      return { lines: lines.slice(0, -1), end: lines[lines.length - 1] }
    })
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }
}

/** Why this computer cannot be compared with, in a line; null where it can. */
export function whyNoHost(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'this needs Linux on x86-64 to compare with'
  if (spawnSync('gcc', ['--version']).status !== 0) return 'this needs gcc, to compile what runs on the host'
  if (process.getuid?.() !== 0) return 'this needs root, whose programs become other users in a namespace of their own'
  return null
}

/** From here on a call has the same number everywhere. */
const SAME_NUMBERS = 424

/** The table of calls in C. */
function cRows(calls: Runner['calls']): string {
  return Object.entries(calls)
    .map(([name, out]) => {
      const nr = callNumber(name) ?? 0
      const newer = nr >= SAME_NUMBERS ? `#else\n\t{ "${name}", ${nr}, "${out}" },\n` : ''
      return `#ifdef SYS_${name}\n\t{ "${name}", SYS_${name}, "${out}" },\n${newer}#endif\n`
    })
    .join('')
}
