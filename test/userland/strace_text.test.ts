import { describe, expect, it } from 'vitest'
import { TraceReader } from '../../userland/strace/events.ts'
import { StraceText, Summary, type TextCall, type TextEvent } from '../../userland/strace/text.ts'

const OPTIONS = { time: 0, spent: false, always: false, boot: 0 }

function call(begun: string, whole: string, ret: number | null, nsec = 0): TextCall {
  const name = begun.slice(0, begun.indexOf('('))
  return { name, begun, start: 0, end: nsec, ret, whole: () => whole, result: () => (ret === null ? '?' : String(ret)) }
}

/** The lines of these events, of tasks that are their own ids; without blanks that only fill a column. */
function text(events: readonly TextEvent<number>[], options: Partial<typeof OPTIONS> = {}): string[] {
  const lines: string[] = []
  const strace = new StraceText<number>(
    [1, 2],
    (t) => t,
    { ...OPTIONS, ...options },
    (line) => lines.push(line.replace(/ += /, ' = ')),
  )
  for (const event of events) strace.tell(event)
  return lines
}

describe('a line of strace', () => {
  const [read, getpid] = [call('read(3, ', 'read(3, "ab", 10)', 2), call('getpid(', 'getpid()', 7)]

  it('that another task comes into is ended where it is, and taken up with what was missing', () => {
    expect(
      text([
        { type: 'enter', t: 1, call: read },
        { type: 'enter', t: 2, call: getpid },
        { type: 'syscall', t: 2, call: getpid },
        { type: 'syscall', t: 1, call: read },
        { type: 'enter', t: 1, call: getpid },
        { type: 'syscall', t: 1, call: getpid },
      ]),
    ).toEqual([
      '[pid     1] read(3,  <unfinished ...>',
      '[pid     2] getpid() = 7',
      '[pid     1] <... read resumed>"ab", 10) = 2',
      '[pid     1] getpid() = 7',
    ])
  })

  it('is taken up with a parenthesis alone where its beginning reads otherwise by now', () => {
    const odd = call('execve("/bin/a", ["a"]', 'execve("/bin/a", 0x1000)', 0)
    expect(
      text([
        { type: 'enter', t: 1, call: odd },
        { type: 'signal', t: 2, time: 0, text: '--- SIGUSR1 ---' },
        { type: 'syscall', t: 1, call: odd },
      ]),
    ).toEqual([
      '[pid     1] execve("/bin/a", ["a"] <unfinished ...>',
      '[pid     2] --- SIGUSR1 ---',
      '[pid     1] <... execve resumed>) = 0',
    ])
  })

  it('tells with -T how long a call took, but not of one that never comes back', () => {
    const lines = text(
      [
        { type: 'syscall', t: 1, call: call('read(', 'read()', 0, 1_500_000) },
        { type: 'syscall', t: 1, call: call('exit(', 'exit(0)', null, 1_500_000) },
      ],
      { spent: true },
    )
    expect(lines).toEqual(['[pid     1] read() = 0 <0.001500>', '[pid     1] exit(0) = ?'])
  })
})

describe('the table of -c', () => {
  it('has the call that took longest first, then the one that was made most often', () => {
    const summary = new Summary()
    for (const [name, ret, nsec] of [
      ['a', 0, 0],
      ['b', -2, 0],
      ['b', 0, 0],
      ['c', 0, 5_000_000],
    ] as const)
      summary.tell({ type: 'syscall', t: 1, call: call(`${name}(`, `${name}()`, ret, nsec) })
    const rows = summary.lines().slice(2, 5)
    expect(rows.map((line) => line.trim().split(/ +/).slice(3).join(' '))).toEqual(['1 c', '2 1 b', '1 a'])
  })
})

describe('the lines of trace_pipe', () => {
  const line = (usec: number, event: string): string =>
    `            prog-7       [000] .....     0.00000${usec}: ${event}`

  it('make a call of its beginning and its end, and one of an end alone', () => {
    const reader = new TraceReader()
    const seen: (readonly [string, string, number, number])[] = []
    for (const l of [
      line(1, 'sys_enter: NR 63 (3, 0, a, 0, 0, 0) read(3, '),
      line(3, 'sys_exit: NR 63 = 2 read(3, "ab", 10) = 2'),
      line(4, 'sys_exit: NR 172 = 7 getpid() = 7'),
    ]) {
      const event = reader.read(l)
      if (event?.type === 'syscall')
        seen.push([event.call.whole(), event.call.result(), event.call.start, event.call.end])
    }
    expect(seen).toEqual([
      ['read(3, "ab", 10)', '2', 1000, 3000],
      ['getpid()', '7', 4000, 4000],
    ])
  })

  it('tell how many were lost, all in all', () => {
    const reader = new TraceReader()
    for (const l of ['CPU:0 [LOST 2 EVENTS]', 'CPU:0 [LOST 40 EVENTS]']) expect(reader.read(l)).toBe(null)
    expect(reader.lost).toBe(42)
  })
})
