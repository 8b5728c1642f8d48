import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { difference, shrink } from '../../scripts/hostdiff/compare.ts'
import { generate } from '../../scripts/hostdiff/generate.ts'
import { hasCall, runInMachine, type Answers } from '../../scripts/hostdiff/machine.ts'
import { countCalls, formatProgram, parseProgram, type Program } from '../../scripts/hostdiff/program.ts'
import { readRecorded } from '../../scripts/hostdiff/recorded.ts'

const root = join(import.meta.dirname, '../..')
const everything = (): boolean => true

const program = (text: string): Program => parseProgram(text) as Program

describe('programs', () => {
  it('are read as they are written', () => {
    for (let i = 0; i < 100; i++) {
      const p = generate(1, i, everything)
      expect(parseProgram(formatProgram(p))).toEqual(p)
    }
  })

  it('are the same for the same seed, and make 20 to 60 calls', () => {
    const texts = [1, 1, 2].map((seed) =>
      Array.from({ length: 50 }, (_, i) => formatProgram(generate(seed, i, everything))),
    )
    expect(texts[1]).toEqual(texts[0])
    expect(texts[2]).not.toEqual(texts[0])
    for (let i = 0; i < 100; i++) {
      const calls = countCalls(generate(3, i, everything))
      expect(calls).toBeGreaterThanOrEqual(20)
      expect(calls).toBeLessThanOrEqual(60)
    }
  })

  it.each(['', 'fork', 'end 0', 'open "a', 'open a', 'fork; end; end'])('are not: %s', (text) => {
    expect(parseProgram(text)).toBeNull()
  })

  it('run with the addresses, descriptors and children that they ask for', () => {
    const { lines, end } = runInMachine(
      program(
        'openat -100 "a" 66 420; write 0 $10.0 10; fork; lseek 0 4 0; write 7 8 1; end 3; read 0 @3 3;' +
          ' read 0 @10:2 10; read 0 8 1; openat -100 "%r300.61" 0 0; close_range 0 5 0; wait4 -1 @4 0 0; getpid',
      ),
    )
    expect(lines).toEqual(['0', '10', '4', '-9', '3', "3 'efg'", "2 'hi'", '-14', '-36', '0', '3 300', '2'])
    expect(end).toBe('exited 0')
  })

  it('that are killed end there', () => {
    const { lines, end } = runInMachine(program('getpid; kill 0 9; getpid'))
    expect([lines, end]).toEqual([['2'], 'killed 9'])
  })

  it('that wait for ever are told of', () => {
    expect(runInMachine(program('pipe2 @8 0; read 0 @1 1')).end).toBe('hangs')
  })
})

describe('a difference', () => {
  const answers = (...lines: string[]): Answers => ({ lines, end: 'exited 0' })

  it('is in the first line that is another, or in the end', () => {
    expect(difference(answers('1', '2'), answers('1', '2'))).toBeNull()
    expect(difference(answers('1', '2'), answers('1', '3'))).toBe(1)
    expect(difference(answers('1', '2'), answers('1'))).toBe(1)
    expect(difference(answers('1'), { ...answers('1'), end: 'killed 9' })).toBe(1)
  })

  it('is shrunk to calls of which none can be left out', () => {
    // A host that differs where getpid comes before two calls of getppid, and forks do not matter.
    const names = (p: Program): string => p.map(([name]) => name).join(' ')
    const host = (p: Program): Answers => answers(/getpid.*getppid.*getppid/.test(names(p)) ? 'x' : 'y')
    const sides = {
      host: (all: readonly Program[]) => all.map(host),
      differs: (_: Program, told: Answers) => difference(answers('y'), told) !== null,
    }
    for (let i = 0; i < 50; i++) {
      const p = program(`getpid; ${formatProgram(generate(9, i, everything))}; getppid; fork; getppid; end 2`)
      expect(names(shrink(p, sides))).toBe('getpid getppid getppid')
    }
  })
})

describe('the command', () => {
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
    spawnSync(process.execPath, [join(root, 'node_modules/tsx/dist/cli.mjs'), 'scripts/hostdiff.ts', ...args], {
      cwd: root,
      encoding: 'utf8',
      env,
    })

  it('exits 2 for wrong use', () => {
    const { status, stderr } = run(['--programs', 'many'])
    expect(status).toBe(2)
    expect(stderr).toContain('--programs')
  }, 60_000)

  it('exits 2 where there is no gcc, and says so', () => {
    const { status, stdout, stderr } = run(['--programs', '1'], { ...process.env, PATH: '' })
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^hostdiff: this needs .*\n$/)
  }, 60_000)
})

const file = join(import.meta.dirname, 'recorded.txt.gz')

test.runIf(existsSync(file))(
  '300 programs give what a Linux has answered',
  () => {
    const recorded = readRecorded(file, parseProgram)
    expect(recorded).toHaveLength(300)
    for (const { program, answers } of recorded) {
      const { lines, end } = runInMachine(program)
      expect({ lines, end }, formatProgram(program)).toEqual(answers)
    }
  },
  60_000,
)

test('the calls that programs make are calls of the machine', () => {
  for (const name of ['openat', 'newfstatat', 'renameat2', 'kill', 'wait4']) expect(hasCall(name)).toBe(true)
})
