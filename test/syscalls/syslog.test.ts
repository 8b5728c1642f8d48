import { describe, expect, it } from 'vitest'
import { boot, type Libc, type Run } from '../../index.ts'
import { EPERM } from '../../kernel/errno.ts'
import { fails, inVm, is, ok, textAt } from '../support/vm.ts'

const [READ, READ_ALL, READ_CLEAR, CLEAR, OFF, ON, LEVEL, UNREAD, SIZE] = [2, 3, 4, 5, 6, 7, 8, 9, 10]
const QUIET = { cmdline: 'ckpt_debug=0' }
const FIRST = '<5>[    0.000000] Linux version 2.6.31\n'
const SECOND = '<5>[    0.000000] Kernel command line: ckpt_debug=0\n'

function* syslog(sys: Libc, action: number, len = 4096): Run<string> {
  const buf = sys.alloc(4096)
  const n = ok(yield* sys.syscall(116, action, buf, len))
  return textAt(sys, buf, n)
}

function* say(sys: Libc, text: string): Run<void> {
  const fd = ok(yield* sys.open('/dev/kmsg', 1))
  ok(yield* sys.print(text, fd))
  ok(yield* sys.close(fd))
}

const order = (sys: Libc, action: number, len = 0): Run<number> => sys.syscall(116, action, 0, len)

describe('syslog', () => {
  it('shows the last lines that fit, and none of those before the log was cleared', () => {
    inVm(function* (sys) {
      is(yield* syslog(sys, READ_ALL), FIRST + SECOND)
      is(yield* syslog(sys, READ_ALL, FIRST.length + SECOND.length - 1), SECOND)
      is(yield* syslog(sys, READ_ALL, 10), '')
      is(yield* syslog(sys, READ_CLEAR, SECOND.length), SECOND)
      is(yield* syslog(sys, READ_ALL), '')
      yield* say(sys, '<3>new')
      is(yield* syslog(sys, READ_ALL), '<3>[    0.000000] new\n')
      ok(yield* order(sys, CLEAR))
      is([yield* syslog(sys, READ_ALL), yield* order(sys, SIZE)], ['', 4096 * 1024])
      return 0
    }, QUIET)
  })

  it('reads each line once, in pieces where the buffer is short, and waits for the next', () => {
    inVm(function* (sys) {
      is(yield* order(sys, UNREAD), FIRST.length + SECOND.length)
      is(yield* syslog(sys, READ, 10), FIRST.slice(0, 10))
      is(yield* order(sys, UNREAD), FIRST.length + SECOND.length - 10)
      // Clearing is for those who look at all of it.
      ok(yield* order(sys, CLEAR))
      is(yield* syslog(sys, READ, FIRST.length), FIRST.slice(10))
      is([yield* syslog(sys, READ), yield* order(sys, UNREAD)], [SECOND, 0])
      const writer = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.nanosleep(2, 5000))
          yield* say(sys, '<1>late')
          return 0
        }),
      )
      is(yield* syslog(sys, READ), '<1>[    2.000005] late\n')
      ok(yield* sys.wait4(writer, 0, 0))
      return 0
    }, QUIET)
  })

  it('goes on with the oldest line there is where others have been lost', () => {
    inVm(function* (sys) {
      is(yield* syslog(sys, READ, 10), FIRST.slice(0, 10))
      const fd = ok(yield* sys.open('/dev/kmsg', 1))
      for (let i = 0; i < 5000; i++) ok(yield* sys.print(`<6>line ${i}`, fd))
      // 4096 lines are kept, and a quarter of them goes at a time.
      is(/^<6>\[ +0\.\d{6}\] line 1022\n$/.test(yield* syslog(sys, READ, 40)), true)
      ok(yield* sys.close(fd))
      return 0
    }, QUIET)
  })

  it('says what lines come to the console, which all are in the log', () => {
    const vm = boot(QUIET)
    const seen: string[] = []
    vm.kernel.log.consoles.push(({ text }) => seen.push(text))
    vm.spawn(function* main(sys) {
      const both = function* (when: string): Run<void> {
        yield* say(sys, `<3>${when} err`)
        yield* say(sys, `<7>${when} debug`)
      }
      yield* both('first')
      is(yield* order(sys, LEVEL, 4), 0)
      yield* both('at 4')
      for (let i = 0; i < 2; i++) is(yield* order(sys, OFF), 0)
      yield* both('off')
      is(yield* order(sys, ON), 0)
      yield* both('on')
      for (const action of [OFF, LEVEL, ON]) is(yield* order(sys, action, 8), 0)
      yield* both('at 8')
      return 0
    })
    vm.run()
    expect(seen).toEqual(['first err', 'first debug', 'at 4 err', 'on err', 'at 8 err', 'at 8 debug'])
    expect(vm.dmesg().length).toBe(2 + 10)
  })

  it('lets everybody look, and only root do anything else', () => {
    inVm(function* (sys) {
      ok(yield* sys.setresuid(1000, 1000, 1000))
      is([yield* syslog(sys, READ_ALL), yield* order(sys, SIZE)], [FIRST + SECOND, 4096 * 1024])
      for (const action of [0, 1, READ, READ_CLEAR, CLEAR, OFF, ON, LEVEL, UNREAD, 99])
        fails(yield* order(sys, action), EPERM)
      return 0
    }, QUIET)
  })
})

describe('dmesg', () => {
  const told = (script: string): string => {
    const vm = boot(QUIET)
    vm.spawn('/bin/sh', ['-c', script])
    vm.run()
    return vm.console
  }

  it('clears the log, with or without showing it', () => {
    expect(told('dmesg -c >/dev/null; echo "<4>a" >/dev/kmsg; dmesg -tc; echo -; dmesg')).toBe('a\n-\n')
    expect(told('dmesg -C; dmesg; echo "<4>b" >/dev/kmsg; dmesg -r')).toMatch(/^<4>\[.*\] b\n$/)
  })

  it('says what comes to the console', () => {
    const vm = boot(QUIET)
    const seen: string[] = []
    vm.kernel.log.consoles.push(({ text }) => seen.push(text))
    const lines = 'echo "<4>w" >/dev/kmsg; echo "<3>e" >/dev/kmsg'
    vm.spawn('/bin/sh', ['-c', `dmesg -n err; ${lines}; dmesg -n 5; ${lines}; dmesg -D; ${lines}; dmesg -E; ${lines}`])
    vm.run()
    // As with dmesg(1), a name is a level that comes.
    expect(seen).toEqual(['e', 'w', 'e', 'w', 'e'])
    expect(told('dmesg -n none 2>&1; echo $?')).toBe("dmesg: unknown level 'none'\n1\n")
  })
})
