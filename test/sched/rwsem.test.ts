import { describe, expect, it } from 'vitest'
import type { Sleeps } from '../../kernel/types.ts'
import type { BootOptions } from '../../index.ts'
import { Bug } from '../../kernel/bug.ts'
import { O_CREAT, O_RDWR } from '../../kernel/fs/file.ts'
import { kthread_run } from '../../kernel/init.ts'
import { may } from '../../kernel/sched/may_sleep.ts'
import { rw_semaphore } from '../../kernel/sched/rwsem.ts'
import { sleep_interruptible } from '../../kernel/sched/wait.ts'
import { expectStatus, is, ok, withVm } from '../support/vm.ts'

/**
 * Tasks that come a nanosecond after each other, each to read (r) or write (w), and stay ten. What happens:
 * `R1` for task 1 beginning to read, `r1` for its end.
 */
function play(kinds: string, options: BootOptions = {}): string {
  return withVm(options, (vm) => {
    const sem = new rw_semaphore('sem')
    const events: string[] = []
    ;[...kinds].forEach((kind, i) => {
      const write = kind === 'w'
      kthread_run(vm.kernel, `t${i + 1}`, function* (): Sleeps<number> {
        ok(yield* sleep_interruptible(i + 1))
        yield* may(write ? sem.down_write() : sem.down_read())
        events.push(`${kind.toUpperCase()}${i + 1}`)
        is(sem.count < 0, write)
        ok(yield* sleep_interruptible(100))
        events.push(`${kind}${i + 1}`)
        if (write) sem.up_write()
        else sem.up_read()
        return 0
      })
    })
    vm.run()
    is(sem.count, 0)
    return events.join(' ')
  })
}

describe('a semaphore for readers and writers', () => {
  it('is shared by readers', () => {
    expect(play('rrr')).toBe('R1 R2 R3 r1 r2 r3')
  })

  it('is held by one writer alone', () => {
    expect(play('wwr')).toBe('W1 w1 W2 w2 R3 r3')
    expect(play('rw')).toBe('R1 r1 W2 w2')
  })

  it('serves in order: a reader that comes after a waiting writer waits behind it', () => {
    expect(play('rwrr')).toBe('R1 r1 W2 w2 R3 R4 r3 r4')
    expect(play('wrrwr')).toBe('W1 w1 R2 R3 r2 r3 W4 w4 R5 r5')
  })

  it('lets all readers in that are next, in whatever order they wake', () => {
    for (let seed = 0; seed < 20; seed++) {
      expect(play('wrrrrw', { seed }).replace(/([rR])\d/g, '$1')).toBe('W1 w1 R R R R r r r r W6 w6')
    }
  })

  it('given back by who does not hold it is a bug of the kernel’s', () => {
    const sem = new rw_semaphore('sem')
    expect(() => sem.up_read()).toThrow(Bug)
    expect(() => sem.up_write()).toThrow(Bug)
    expect(sem.down_read()).toBe(0)
    expect(() => sem.up_write()).toThrow(Bug)
  })
})

describe('uts_sem', () => {
  it('held for writing makes uname and checkpoint wait, and sethostname behind them', () => {
    withVm({}, (vm) => {
      const { kernel } = vm
      const events: string[] = []
      kthread_run(kernel, 'renamer', function* (): Sleeps<number> {
        yield* may(kernel.uts_sem.down_write())
        ok(yield* sleep_interruptible(1e9))
        events.push('renamed')
        kernel.uts_sem.up_write()
        return 0
      })
      const processes = ['uname', 'checkpoint', 'sethostname'].map((call) =>
        vm.spawn(function* main(sys) {
          const fd = ok(yield* sys.open(`/tmp/${call}`, O_RDWR | O_CREAT, 0o600))
          if (call === 'uname') ok(yield* sys.uname(sys.alloc(390)))
          else if (call === 'sethostname') ok(yield* sys.sethostname('new', 3))
          else is(yield* sys.checkpoint(0, fd, 0), 1)
          events.push(call)
          return 0
        }),
      )
      expect(vm.run()).toEqual({ kind: 'exited' })
      for (const process of processes) expectStatus(vm, process, 0)
      expect(events).toEqual(['renamed', 'uname', 'checkpoint', 'sethostname'])
      expect(kernel.uts_sem.count).toBe(0)
    })
  })
})
