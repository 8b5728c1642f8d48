import { Writable } from 'node:stream'
import fc from 'fast-check'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { boot } from '../index.ts'
import { current } from '../kernel/sched/current.ts'
import {
  KERN_ALERT,
  KERN_CONT,
  KERN_DEBUG,
  KERN_EMERG,
  KERN_ERR,
  KERN_INFO,
  PrintkRing,
  formatLogLine,
} from '../kernel/printk.ts'
import { Clock, NSEC_PER_SEC, TICK_NSEC, do_gettimeofday } from '../kernel/time.ts'
import { Tracepoint } from '../kernel/trace.ts'
import { bytesOf, byteString, decodeUtf8, encodeUtf8, fromBytes, toBytes } from '../kernel/utf8.ts'
import { vsnprintf, vsprintf, type FormatArg } from '../kernel/vsprintf.ts'
import { expectStatus, is, ok, withVm } from './support/vm.ts'

describe('machines in one process', () => {
  it('do not affect each other, however their runs are mixed', () => {
    const vms = [1, 2, 3].map((n) => {
      const vm = boot({ uts: { nodename: `node${n}` }, slice: n })
      const process = vm.spawn(function* main(sys) {
        const buf = sys.alloc(390)
        for (let i = 0; i < 10; i++) {
          ok(yield* sys.uname(buf))
          ok(yield* sys.print(sys.loadString((buf + 65) as typeof buf)))
          ok(yield* sys.nanosleep(0, n))
        }
        return n
      })
      return { vm, process, n }
    })
    const before = current
    while (vms.filter(({ vm }) => vm.run({ budget: 2 }).kind === 'budget').length > 0) {
      for (const { vm, n } of vms) vm.writeFile('/tmp/n', String(n))
      expect(current).toBe(before)
    }
    for (const { vm, process, n } of vms) {
      expect([process.pid, process.status, vm.console]).toEqual([2, n << 8, `node${n}`.repeat(10)])
      expect(decodeUtf8(vm.readFile('/tmp/n'))).toBe(String(n))
    }
  })

  it('one may run inside another’s system call, and `current` is what it was', () => {
    withVm({}, (outer) => {
      const process = outer.spawn(function* main(sys) {
        const me = current
        is(me, process.task)
        withVm({}, (inner) => {
          const p = inner.spawn(function* nested(sys) {
            return ok(yield* sys.getpid())
          })
          is(inner.run().kind, 'exited')
          is(p.status, 2 << 8)
        })
        is(current === me, true)
        return ok(yield* sys.getpid()) - 2
      })
      outer.run()
      expectStatus(outer, process, 0)
    })
  })

  it('tell from outside why a call failed', () => {
    const vm = boot()
    for (const [call, code] of [
      [() => vm.spawn('/bin/nothing'), 'ENOENT'],
      [() => vm.spawn('/tmp'), 'EACCES'],
      [() => vm.spawn('/dev/null/x'), 'ENOTDIR'],
      [() => vm.readFile('/no'), 'ENOENT'],
      [() => vm.readFile('/tmp'), 'EISDIR'],
      [() => vm.writeFile('/no/x', ''), 'ENOENT'],
      [() => vm.writeFile('/dev/null', 'x'), 'EINVAL'],
    ] as const) {
      expect(call).toThrow(expect.objectContaining({ name: 'SyscallError', code }) as Error)
    }
    vm.writeFile('/tmp/text', 'no program', 0o755)
    expect(() => vm.spawn('/tmp/text')).toThrow('ENOEXEC')
    vm.writeFile('/tmp/text2', 'no program', 0o644)
    expect(() => vm.spawn('/tmp/text2')).toThrow('EACCES')
  })
})

describe('printk', () => {
  function ring(size?: number): { log: PrintkRing; clock: Clock; lines: () => string[] } {
    const clock = new Clock(0)
    const log = new PrintkRing(clock, new Tracepoint(), size)
    return { log, clock, lines: () => log.lines().map((line) => `${line.level} ${line.text}`) }
  }

  it('takes the level before the text, and 4 where there is none', () => {
    const { log, lines } = ring()
    for (const text of [
      `${KERN_EMERG}dead\n`,
      'plain\n',
      `${KERN_DEBUG}deep\n`,
      '<d>default\n',
      '<9>no level\n',
      '<x>\n',
    ]) {
      log.printk(text)
    }
    expect(lines()).toEqual(['0 dead', '4 plain', '7 deep', '4 default', '4 <9>no level', '4 <x>'])
  })

  it('goes on with an open line where no level is given, or KERN_CONT, and closes it where one is', () => {
    const { log, clock, lines } = ring()
    log.printk(`${KERN_ERR}one`)
    expect(lines()).toEqual(['3 one'])
    clock.advance(5000)
    log.printk(' two')
    log.printk(`${KERN_CONT} three\nnext\n`)
    log.printk(`${KERN_INFO}open`)
    log.printk(`${KERN_INFO}new\n`)
    log.printk(`${KERN_CONT}alone\n`)
    log.printk('')
    expect(lines()).toEqual(['3 one two three', '4 next', '6 open', '6 new', '4 alone'])
    expect(log.lines()[0].time).toBe(0)
  })

  it('gives all lines of one message its level, empty ones included', () => {
    const { log, lines } = ring()
    log.printk(`${KERN_ALERT}a\n\nb\n`)
    log.printk('\n')
    expect(lines()).toEqual(['1 a', '1 ', '1 b', '4 '])
  })

  it('drops the oldest lines of a full ring, and hands every line to the consoles once', () => {
    const { log, lines } = ring(8)
    const seen: string[] = []
    log.consoles.push((line) => seen.push(line.text))
    for (let i = 0; i < 20; i++) log.printk(`${i}\n`)
    expect(lines().length).toBeLessThanOrEqual(8)
    expect(lines().at(-1)).toBe('4 19')
    expect(log.dropped + lines().length).toBe(20)
    expect(lines()[0]).toBe(`4 ${log.dropped}`)
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => String(i)))
  })

  it('shows a line as dmesg(1) does, with virtual time', () => {
    const show = (time: number): string => formatLogLine({ level: 6, time, text: 'x' })
    expect([0, 999, 1000, TICK_NSEC, 61.5 * NSEC_PER_SEC, 123456 * NSEC_PER_SEC].map(show)).toEqual([
      '[    0.000000] x',
      '[    0.000000] x',
      '[    0.000001] x',
      '[    0.004000] x',
      '[   61.500000] x',
      '[123456.000000] x',
    ])
  })

  it('writes through pino, each level at the one that fits', () => {
    const calls: unknown[][] = []
    const say =
      (level: string) =>
      (...args: unknown[]): void =>
        void calls.push([level, ...args])
    const logger = {
      fatal: say('fatal'),
      error: say('error'),
      warn: say('warn'),
      info: say('info'),
      debug: say('debug'),
    }
    const vm = boot({ logger })
    calls.length = 0
    vm.kernel.clock.advance(1500)
    for (let level = 0; level <= 7; level++) vm.kernel.printk(`<${level}>${toBytes('größe')} ${level}\n`)
    expect(calls.map((call) => call[0])).toEqual(['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'])
    expect(calls[3]).toEqual(['error', { uptime_ns: 1500, kern_level: 3 }, 'größe 3'])
  })

  it('reaches a real pino logger, which loses no line', () => {
    let out = ''
    const stream = new Writable({
      write(chunk, _encoding, done) {
        out += String(chunk)
        done()
      },
    })
    const vm = boot({ logger: pino({ level: 'debug', base: null }, stream) })
    vm.spawn(function* broken() {
      throw new Error('on purpose')
    })
    vm.run()
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: number; msg: string })
    expect(lines.map((line) => line.msg)).toEqual(vm.dmesg().map((line) => line.slice(15)))
    expect(lines.at(-1)).toMatchObject({ level: 30, uptime_ns: 0 })
    expect(lines.at(-1)?.msg).toContain('broken[2]: uncaught Error: on purpose')
  })
})

describe('vsprintf', () => {
  // prettier-ignore
  const printed: [fmt: string, arg: number, text: string][] = [
    ['%d', 42, '42'], ['%d', -42, '-42'], ['%5d', 42, '   42'], ['%-5d|', 42, '42   |'], ['%05d', -42, '-0042'],
    ['%+d', 42, '+42'], ['% d', 42, ' 42'], ['%.3d', 7, '007'], ['%6.3d', -7, '  -007'], ['%-06d|', 7, '7     |'],
    ['%06.3d', 7, '   007'], ['%i', -2147483648, '-2147483648'], ['%u', -1, '4294967295'], ['%x', -1, 'ffffffff'],
    ['%X', 48879, 'BEEF'], ['%#x', 255, '0xff'], ['%#010x', 255, '0x000000ff'], ['%#o', 8, '010'], ['%o', 8, '10'],
    ['%08x', 48879, '0000beef'], ['%hhx', 511, 'ff'], ['%hd', 65535, '-1'], ['%hhd', 255, '-1'], ['%3d', 12345, '12345'],
    ['%.10x', 255, '00000000ff'], ['%-#8x|', 255, '0xff    |'], ['%+05d', 42, '+0042'],
    ['%c', 65, 'A'], ['%3c', 65, '  A'], ['%-3c|', 65, 'A  |'],
  ]

  it.each(printed)('%s of %d prints what C’s printf does', (fmt, arg, text) => {
    expect(vsprintf(fmt, [arg])).toBe(text)
  })

  it('takes arguments as wide as their modifier says', () => {
    const wide: [string, FormatArg, string][] = [
      ['%ld', 5_000_000_000, '5000000000'],
      ['%lld', -5_000_000_000n, '-5000000000'],
      ['%lu', -1, '18446744073709551615'],
      ['%lx', 2n ** 64n - 1n, 'ffffffffffffffff'],
      ['%d', 5_000_000_000, '705032704'],
      ['%zu', 3, '3'],
      ['%p', 0x1234, '0000000000001234'],
      ['%p', -0x80000000, 'ffffffff80000000'],
      ['%p', 0, '(null)'],
    ]
    for (const [fmt, arg, text] of wide) expect(vsprintf(fmt, [arg]), fmt).toBe(text)
  })

  it('ends a string at its zero, its precision or its end, and leaves what it has no argument for', () => {
    expect(vsprintf('%s|%5s|%-5s|%.2s|%s', ['abc', 'ab', 'ab', 'abc', 'a\0b'])).toBe('abc|   ab|ab   |ab|a')
    expect(vsprintf('%d %d %% %y', [1])).toBe('1 %d % %y')
    expect(vsprintf('%%d', [1])).toBe('%d')
  })

  it('cut to a size keeps room for the zero, and tells the length of the whole', () => {
    expect(vsnprintf(4, '%s', ['abcdef'])).toEqual({ text: 'abc', len: 6 })
    expect(vsnprintf(1, '%d', [5])).toEqual({ text: '', len: 1 })
    expect(vsnprintf(0, '%d', [5])).toEqual({ text: '', len: 1 })
    expect(vsnprintf(9, '%d', [5])).toEqual({ text: '5', len: 1 })
  })

  it('of a number and back is the number', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        (n) => Number(vsprintf('%d', [n])) === n && vsprintf('%x', [n]) === (n >>> 0).toString(16),
      ),
    )
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (n) => BigInt(vsprintf('%lld', [n])) === n),
    )
  })
})

describe('UTF-8', () => {
  const text = fc.string({ unit: 'binary' })
  const bytes = fc.uint8Array()
  // Bytes that mean something, so that sequences are nearly right.
  const heads = [0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc3, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xf5, 0xff]
  const broken = fc.array(fc.constantFrom(...heads)).map((all) => Uint8Array.from(all))

  function holds<T>(values: fc.Arbitrary<T>, numRuns: number, predicate: (value: T) => void): void {
    fc.assert(
      fc.property(values, (value) => {
        predicate(value)
      }),
      { numRuns },
    )
  }

  it('is encoded as TextEncoder does, lone surrogates too', () => {
    const units = fc.array(fc.integer({ min: 0xd7f0, max: 0xe00f })).map((codes) => String.fromCharCode(...codes))
    const same = (s: string): void => {
      expect([...encodeUtf8(s)]).toEqual([...new TextEncoder().encode(s)])
    }
    holds(text, 200, same)
    holds(units, 500, same)
  })

  it('is decoded as TextDecoder does, well-formed or not', () => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    const same = (b: Uint8Array): void => {
      expect(decodeUtf8(b)).toBe(decoder.decode(b))
    }
    holds(bytes, 500, same)
    holds(broken, 3000, same)
    holds(
      text.map((s) => new TextEncoder().encode(s)),
      200,
      same,
    )
  })

  it('goes through the kernel’s text and back unchanged', () => {
    holds(bytes, 200, (b) => {
      expect([...bytesOf(byteString(b))]).toEqual([...b])
    })
    holds(fc.string({ unit: 'grapheme' }), 200, (s) => {
      expect(fromBytes(toBytes(s))).toBe(s)
    })
  })
})

describe('timers', () => {
  it('fire in the order of their times, and of their arming among equals', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5)), (times) => {
        const clock = new Clock(0)
        const fired: [number, number][] = []
        times.forEach((time, i) => clock.arm(time, () => fired.push([time, i])))
        while (clock.skipToNext());
        const sorted = times.map((time, i): [number, number] => [time, i]).sort((a, b) => a[0] - b[0] || a[1] - b[1])
        expect(fired).toEqual(sorted)
        expect(clock.now).toBe(Math.max(0, ...times))
      }),
    )
  })

  it('fire when their time has come, not before, and not once they are disarmed', () => {
    const clock = new Clock(0)
    const fired: string[] = []
    clock.arm(10, () => fired.push('ten'))
    const disarm = clock.arm(10, () => fired.push('never'))
    clock.arm(20, () => clock.arm(15, () => fired.push('late')))
    clock.advance(9)
    expect(fired).toEqual([])
    disarm()
    disarm()
    clock.advance(1)
    expect(fired).toEqual(['ten'])
    clock.advance(10)
    expect([fired, clock.skipToNext(), clock.now]).toEqual([['ten', 'late'], false, 20])
  })

  it('the wall clock is the boot’s, and the time since', () => {
    const clock = new Clock(1_000_000)
    clock.advance(2 * NSEC_PER_SEC + 3_456_789)
    expect(do_gettimeofday(clock)).toEqual({ tv_sec: 1_000_002, tv_usec: 3456 })
  })
})
