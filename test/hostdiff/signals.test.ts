import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { generateSteps } from '../../scripts/hostdiff/signals/generate.ts'
import { playInMachine } from '../../scripts/hostdiff/signals/machine.ts'
import { parseSteps, stepsOf } from '../../scripts/hostdiff/signals/steps.ts'
import { formatProgram, type Program } from '../../scripts/hostdiff/program.ts'
import { readRecorded } from '../../scripts/hostdiff/recorded.ts'

const play = (text: string): string[] => {
  const { lines, end } = playInMachine(parseSteps(text) as Program)
  return [...lines, end]
}

describe('programs of processes and signals', () => {
  it('are read as they are written, and are the same for the same seed', () => {
    for (let i = 0; i < 100; i++) {
      const p = generateSteps(1, i)
      expect(parseSteps(formatProgram(p))).toEqual(p)
      expect(generateSteps(1, i)).toEqual(p)
    }
    expect(formatProgram(generateSteps(2, 0))).not.toBe(formatProgram(generateSteps(1, 0)))
  })

  it.each(['', 'getpid', '8 getpid', 'h4 getpid', '0', '0 open "a"', '0 kill a'])('are not: %s', (text) => {
    expect(parseSteps(text)).toBeNull()
  })

  it('make no step with who sleeps, is stopped or dead', () => {
    const text =
      '0 pipe2 @8 0; 0 clone 1 17 0; 1 read 0 @8 8; 1 getpid; 0 write 1 $3.0 3; 0 kill 3 19; 1 getpid; 0 kill 3 9'
    expect(play(`${text}; 1 getpid; 2 getpid`)).toEqual([
      '0: 0 0,1',
      '0: 3 / 1: s=idle t=3 u=2 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=0',
      '1: s=busy',
      '-',
      "0: 3 / 1: 3 'abc' s=idle",
      '0: 0 / 1: s=stopped',
      '-',
      '0: 0 / 1: s=zombie',
      '-',
      '-',
      'end',
    ])
  })

  it('give the same whoever runs first, or depend on that', () => {
    const text = '0 clone 1 17 0; 0 clone 2 17 0; 0 rt_sigaction 17 h0 4 0 8; 0 kill 0 10; 0 getpid'
    const program = parseSteps(text) as Program
    expect(stepsOf(program)).toHaveLength(5)
    const seeds = [1, 2, 3, 4].map((seed) => playInMachine(program, seed).end)
    expect(seeds).toEqual(Array(4).fill('end 2:a 3:a 4:a'))
  })
})

/** What a Linux 6.18 has answered. */
const found: readonly (readonly [behaviour: string, program: string, answers: readonly string[]])[] = [
  [
    'a signal that nobody of a process outlives ends it at once, also where it waits for a child of vfork',
    '0 clone 1 16401 0; 1 kill 2 32',
    ['0: s=busy / 1: s=idle t=3 u=2 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=0', '0: s=zombie / 1: 0 u=1', 'end 2:20'],
  ],
  [
    'a thread that kills its own process does not come back from kill',
    '0 clone 1 331520 0; 1 kill 2 13',
    ['0: 3 / 1: s=idle t=2 u=1 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=0', '0: s=zombie / 1: s=gone', 'end 2:d'],
  ],
  [
    'a task that has to do with a signal already and sleeps on is not given another that would end it',
    '0 rt_sigaction 28 h0 4 0 8; 0 clone 1 529 0; 0 clone 2 17169 0; 1 kill 2 28; 1 kill 2 34',
    [
      '0: 0 0,0,0 c=8000000',
      '0: 3 / 1: s=idle t=3 u=2 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=8000000',
      '0: s=busy / 2: s=idle t=4 u=2 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=8000000',
      '0: P=8000000 / 1: 0',
      '0: P=208000000 / 1: 0',
      'end',
    ],
  ],
  [
    'a signal is given to a thread that has not to do with one already',
    'h3 gettid; 0 rt_sigaction 10 h3 4 0 8; 0 clone 1 331520 0; 0 clone 2 16401 0; 2 tkill 2 10; 2 kill 2 10; 2 kill 2 3',
    [
      '0: 0 0,0,0 c=200',
      '0: 3 / 1: s=idle t=2 u=1 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=200',
      '0: s=busy / 2: s=idle t=4 u=2 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=200',
      '0: p=200 / 2: 0',
      '1: !10:0,4,0,0:200:2 3 . / 2: 0',
      '0: s=zombie / 1: s=gone / 2: 0 u=1',
      'end 2:3',
    ],
  ],
  [
    'a handler that sets an alternate stack leaves it where an exec came before',
    '0 sigaltstack <0,65536> 0; 0 exec 0; 0 rt_sigaction 10 h0 134217728 0 8; h0 sigaltstack <0,65536> 0; 0 kill 2 10; 0 kill 2 10',
    ['0: 0', '0: exec', '0: 0 0,0,0 c=200', '0: 0 !10:200:2 0 .', '0: 0 !10:200:1 -1 .', 'end'],
  ],
  [
    'a handler that sets an alternate stack has none behind it where none was set',
    '0 rt_sigaction 10 h0 134217728 0 8; h0 sigaltstack <0,65536> 0; 0 kill 2 10; 0 kill 2 10',
    ['0: 0 0,0,0 c=200', '0: 0 !10:200:2 0 .', '0: 0 !10:200:2 0 .', 'end'],
  ],
  [
    'a child of a parent that became another program since sends SIGCHLD, and is waited for as it was made',
    '0 clone 1 522 0; 0 clone 2 17 0; 0 exec 0; 1 exit_group 3; 0 wait4 -1 @4 1 0; 0 wait4 -1 @4 -2147483647 0',
    [
      '0: 3 / 1: s=idle t=3 u=2 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=0',
      '0: 4 / 2: s=idle t=4 u=2 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=0',
      '0: exec',
      '1: s=zombie',
      '0: 0',
      '0: 3 300 / 1: s=gone',
      'end',
    ],
  ],
  [
    'an exec forgets signals of timers, and keeps others',
    '0 rt_sigprocmask 0 [51539607552] 0 8; 0 rt_sigqueueinfo 2 35 {35,-2,0,0,5}; 0 rt_sigqueueinfo 2 36 {36,-1,0,0,5}; 0 exec 0; 0 rt_sigtimedwait [-1] @128 [0,0] 8',
    ['0: 0 b=c00000000', '0: 0 P=400000000', '0: 0 P=c00000000', '0: exec P=800000000', '0: 36 36,-1,0,0,5 P=0', 'end'],
  ],
  [
    'rt_sigtimedwait takes a signal that would be ignored, where it was blocked before',
    '0 rt_sigprocmask 0 [131072] 0 8; 0 clone 1 17 0; 1 rt_sigtimedwait [131584] @128 0 8; 0 kill 3 18',
    [
      '0: 0 b=20000',
      '0: 3 / 1: s=idle t=3 u=2 g=2 n=2 U=0,0,0 p=0 P=0 b=20000 i=0 c=0',
      '1: s=busy b=0',
      '0: 0 / 1: 18 18,0,2,0,0 s=idle b=20000',
      'end',
    ],
  ],
  [
    'rt_sigtimedwait takes a signal that would end its process, where it was blocked before',
    '0 rt_sigprocmask 0 [16384] 0 8; 0 clone 1 17 0; 1 rt_sigtimedwait [16384] @128 0 8; 0 kill 3 15',
    [
      '0: 0 b=4000',
      '0: 3 / 1: s=idle t=3 u=2 g=2 n=2 U=0,0,0 p=0 P=0 b=4000 i=0 c=0',
      '1: s=busy b=0',
      '0: 0 / 1: 15 15,0,2,0,0 s=idle b=4000',
      'end',
    ],
  ],
  [
    'clone comes behind a signal that waits for the process',
    '0 clone 1 331520 0; 0 clone 4 16657 0; 4 kill 2 19; 1 clone 5 17 0',
    [
      '0: 3 / 1: s=idle t=2 u=1 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=0',
      '0: s=busy / 4: s=idle t=4 u=2 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=0',
      '0: P=40000 / 1: P=40000 / 4: 0',
      '0: P=0 / 1: s=stopped P=0',
      'end',
    ],
  ],
  [
    'rt_sigprocmask that changes nothing does not look at signals that wait for others; one that does looks',
    '0 rt_sigaction 17 h2 4 0 8; 0 clone 1 331520 0; 0 clone 3 16401 0; 3 kill 2 17; 1 rt_sigprocmask 1 [16384] 0 8; 1 rt_sigprocmask 0 [16384] 0 8',
    [
      '0: 0 0,0,0 c=10000',
      '0: 3 / 1: s=idle t=2 u=1 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=10000',
      '0: s=busy / 3: s=idle t=4 u=2 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=10000',
      '0: P=10000 / 1: P=10000 / 3: 0',
      '1: 0',
      '0: P=0 / 1: 0 !17:0,4,0,0:14000:2 . P=0 b=4000',
      'end',
    ],
  ],
  [
    'a process ends as the last of its threads does',
    '0 clone 3 331520 0; 0 exit 255; 3 exit 7',
    ['0: 3 / 3: s=idle t=2 u=1 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=0', '0: s=zombie', '3: s=gone', 'end 2:700'],
  ],
  [
    'threads take turns at signals for their process when one cannot take them, and stay with who took the last',
    'h0 gettid; 0 rt_sigaction 10 h0 0 0 8; 0 clone 1 331520 0; 0 clone 2 331520 0; 0 rt_sigprocmask 0 [512] 0 8; 0 kill 2 10; 1 rt_sigprocmask 0 [512] 0 8; 0 kill 2 10; 1 rt_sigprocmask 1 [512] 0 8; 0 kill 2 10',
    [
      '0: 0 0,0,0 c=200',
      '0: 3 / 1: s=idle t=2 u=1 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=200',
      '0: 4 / 2: s=idle t=2 u=1 g=2 n=2 U=0,0,0 p=0 P=0 b=0 i=0 c=200',
      '0: 0 b=200',
      '0: 0 / 1: !10:200:2 3 .',
      '1: 0 b=200',
      '0: 0 / 2: !10:200:2 4 .',
      '1: 0 b=0',
      '0: 0 / 2: !10:200:2 4 .',
      'end',
    ],
  ],
]

test.each(found)('%s', (_, program, answers) => {
  expect(play(program)).toEqual(answers)
})

const file = join(import.meta.dirname, 'signals.txt.gz')

test.runIf(existsSync(file))(
  '246 programs of processes and signals give what a Linux has answered',
  () => {
    const recorded = readRecorded(file, parseSteps)
    expect(recorded).toHaveLength(246)
    for (const { program, answers } of recorded) {
      const { lines, end } = playInMachine(program)
      expect({ lines, end }, formatProgram(program)).toEqual(answers)
    }
  },
  60_000,
)
