import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { boot, onHit, type FaultRule, type Libc, type Run, type Vm } from '../../index.ts'
import * as errno from '../../kernel/errno.ts'
import { EBADF, EINTR, EINVAL, ENOMEM, EPIPE, ERESTARTSYS } from '../../kernel/errno.ts'
import { CLONE_FILES, CLONE_FS, CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { PIPE_SIZE } from '../../kernel/fs/pipe.ts'
import { TICK_NSEC } from '../../kernel/time.ts'
import { PR_GET_NAME, PR_SET_NAME } from '../../userland/libc.ts'
import {
  IMAGE_SIZE,
  commOf,
  fails,
  imageOf,
  inProgram,
  ok,
  openWith,
  patched,
  quietVm,
  start,
} from '../support/ckpt.ts'

/** What the two calls do that nobody would expect: docs/quirks.md says why. Its headings are these names. */

const image = imageOf(quietVm())
/** Where in an image that is. */
const TASK = 275
const COMM = 323
const TAIL_MAGIC = 347

describe('the calls', () => {
  test('checkpoint returns an id, which counts from 1 in each kernel, and restart returns 0', () => {
    for (const vm of [quietVm(), quietVm()]) {
      inProgram(vm, function* (sys) {
        const fd = yield* openWith(sys, vm, '/image', image)
        const ids = []
        for (let i = 0; i < 3; i++) ids.push(yield* sys.checkpoint(0, fd, 0))
        expect(ids).toEqual([1, 2, 3])
        fails(yield* sys.checkpoint(0, 99, 0), EBADF)
        fails(yield* sys.checkpoint(0, ok(yield* sys.open('/image', 0)), 0), EBADF)
        expect(yield* sys.checkpoint(0, fd, 0)).toBe(4)
        ok(yield* sys.lseek(fd, 0, 0))
        expect(yield* sys.restart(0, fd, 0)).toBe(0)
      })
    }
  })

  test('pid is ignored: whatever it names, the caller is checkpointed and restarted', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys, t) {
      const child = ok(yield* sys.fork((child) => child.nanosleep(1)))
      const images = []
      for (const pid of [0, t.pid, child, 1, 4711, -1]) {
        ok(yield* sys.prctl(PR_SET_NAME, 'caller'))
        ok(yield* sys.checkpoint(pid, ok(yield* sys.creat('/image', 0o600)), 0))
        images.push([...vm.readFile('/image')])
        ok(yield* sys.prctl(PR_SET_NAME, 'other'))
        ok(yield* sys.restart(pid, ok(yield* sys.open('/image', 0)), 0))
        expect(yield* commOf(sys)).toBe('caller')
      }
      expect(new Set(images.map(String)).size).toBe(1)
    })
  })

  test('any flag is EINVAL, before the descriptor is looked at', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys) {
      const good = yield* openWith(sys, vm, '/image', image)
      for (const fd of [good, 99, -1]) {
        for (let bit = 0n; bit < 64n; bit++) {
          fails(yield* sys.checkpoint(0, fd, 1n << bit), EINVAL)
          fails(yield* sys.restart(0, fd, 1n << bit), EINVAL)
        }
      }
      fails(yield* sys.checkpoint(0, 99, 0), EBADF)
      fails(yield* sys.restart(0, 99, 0), EBADF)
      expect(yield* sys.lseek(good, 0, 1)).toBe(0)
    })
  })

  test('without memory it is ENOMEM, even where the descriptor is bad', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys) {
      vm.kernel.inject.kmalloc.arm([always({ retval: 0 })])
      fails(yield* sys.checkpoint(0, 99, 0), ENOMEM)
      fails(yield* sys.restart(0, 99, 0), ENOMEM)
      fails(yield* sys.restart(0, 99, 1), EINVAL)
      vm.kernel.inject.kmalloc.arm([])
      fails(yield* sys.restart(0, 99, 0), EBADF)
    })
  })

  test('restart turns the four codes that would make it again into EINTR, and no other code', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys) {
      for (const code of Object.values(errno).filter((e) => typeof e === 'number' && e !== errno.EAGAIN) as number[]) {
        const fd = yield* openWith(sys, vm, '/image', image)
        vm.kernel.inject.vfs_read.arm([onHit(9, { retval: -code })])
        fails(yield* sys.restart(0, fd, 0), [512, 513, 514, 516].includes(code) ? EINTR : code)
        vm.kernel.inject.vfs_read.arm([])
        ok(yield* sys.close(fd))
      }
    })
  })

  test('checkpoint hands every code on as it is', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys) {
      for (const code of Object.values(errno).filter((e) => typeof e === 'number' && e !== errno.EAGAIN) as number[]) {
        const fd = ok(yield* sys.creat('/image', 0o600))
        vm.kernel.inject.vfs_write.arm([onHit(5, { retval: -code })])
        fails(yield* sys.checkpoint(0, fd, 0), code)
        vm.kernel.inject.vfs_write.arm([])
        ok(yield* sys.close(fd))
      }
    })
  })

  test('a checkpoint that is made again writes a second header behind what it had written', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys) {
      const fd = ok(yield* sys.open('/image', 0o102, 0o600))
      vm.kernel.inject.vfs_write.arm([onHit(4, { retval: -ERESTARTSYS })])
      fails(yield* sys.checkpoint(0, fd, 0), ERESTARTSYS)
      ok(yield* sys.checkpoint(0, fd, 0))
      const written = vm.readFile('/image')
      // The header, release, and the head of version were in the file.
      expect(written).toHaveLength(56 + 73 + 8 - 8 + IMAGE_SIZE)
      expect(written.subarray(129, 129 + 56)).toEqual(written.subarray(0, 56))
      ok(yield* sys.lseek(fd, 0, 0))
      fails(yield* sys.restart(0, fd, 0), EINVAL)
      ok(yield* sys.lseek(fd, 129, 0))
      ok(yield* sys.restart(0, fd, 0))
    })
  })
})

describe('the file', () => {
  test('a transfer that would block is tried again at once, and the machine is busy meanwhile', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys) {
      const fd = yield* openWith(sys, vm, '/image', new Uint8Array())
      const calls = countCalls(vm)
      const rule: FaultRule = { first: 2, last: 4, step: 1, action: { retval: -errno.EAGAIN } }
      vm.kernel.inject.vfs_write.arm([rule])
      ok(yield* sys.checkpoint(0, fd, 0))
      expect(vm.readFile('/image')).toHaveLength(IMAGE_SIZE)
      expect(calls.slice(0, 5)).toEqual([[56, 56], ...Array<number[]>(3).fill([8, -errno.EAGAIN]), [8, 8]])
      expect(vm.kernel.clock.now).toBe(3 * TICK_NSEC)
      ok(yield* sys.lseek(fd, 0, 0))
      vm.kernel.inject.vfs_read.arm([rule])
      ok(yield* sys.restart(0, fd, 0))
      expect(vm.kernel.clock.now).toBe(6 * TICK_NSEC)
    })
  })

  test('a write of nothing is tried again, while a read of nothing is the end', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys) {
      const fd = yield* openWith(sys, vm, '/image', new Uint8Array())
      vm.kernel.inject.vfs_write.arm([onHit(3, { retval: 0 })])
      ok(yield* sys.checkpoint(0, fd, 0))
      expect(vm.readFile('/image')).toHaveLength(IMAGE_SIZE)
      ok(yield* sys.lseek(fd, 0, 0))
      vm.kernel.inject.vfs_read.arm([onHit(3, { retval: 0 })])
      fails(yield* sys.restart(0, fd, 0), EPIPE)
    })
  })

  test('a checkpoint that waits for room keeps sethostname waiting, and behind it uname', () => {
    const vm = quietVm()
    start(vm, function* (sys) {
      const { wr } = (yield* sys.pipe()) as { wr: number }
      const buf = sys.alloc(4096)
      for (let left = PIPE_SIZE - 100; left > 0; left -= 4096) ok(yield* sys.write(wr, buf, Math.min(4096, left)))
      // The header fits, and so does the head of release.
      ok(yield* sys.checkpoint(0, wr, 0))
    })
    const waits = [/room in pipe/, /uts_sem/, /uts_sem/].map((what) => expect.stringMatching(what) as string)
    start(vm, (sys) => sys.sethostname('stuck', 5))
    start(vm, (sys) => sys.uname(sys.alloc(390)))
    const outcome = vm.run()
    expect(outcome.kind === 'deadlock' && outcome.waiting.map((w) => [w.syscall, w.waits_for])).toEqual([
      ['checkpoint', waits[0]],
      ['sethostname', waits[1]],
      ['uname', waits[2]],
    ])
  })

  test('an image begins where the position of the file is, and ends it behind the tail', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys) {
      const fd = yield* openWith(sys, vm, '/images', new Uint8Array())
      for (const name of ['one', 'two']) {
        ok(yield* sys.prctl(PR_SET_NAME, name))
        ok(yield* sys.checkpoint(0, fd, 0))
      }
      expect(yield* sys.lseek(fd, 0, 1)).toBe(2 * IMAGE_SIZE)
      ok(yield* sys.lseek(fd, 0, 0))
      for (const name of ['one', 'two']) {
        ok(yield* sys.restart(0, fd, 0))
        expect(yield* commOf(sys)).toBe(name)
      }
      fails(yield* sys.restart(0, fd, 0), EPIPE)
    })
  })
})

describe('the task', () => {
  test('restart restores comm and the two tids, and nothing else', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys, t) {
      const release = sys.alloc(390)
      ok(yield* sys.uname(release))
      const names = sys.load(release, 390)
      const numbers = [2, 32, 9, 10].flatMap((n) => [n, 0, 0, 0])
      const tids = [0x11, 0, 0, 0, 0, 0, 0, 0x80, 0x22, 0, 0, 0, 0, 0, 0, 0]
      let odd = patched(image, TASK + 8, [...numbers, ...tids])
      odd = patched(
        odd,
        64,
        [...'another kernel'].map((c) => c.charCodeAt(0)),
      )
      const pid = yield* sys.getpid()
      ok(yield* sys.restart(0, yield* openWith(sys, vm, '/image', odd), 0))
      expect(yield* commOf(sys)).toBe('sleeper')
      expect([t.set_child_tid, t.clear_child_tid]).toEqual([0x8000000000000011n, 0x22n])
      expect([t.state, t.exit_state, t.exit_code, t.exit_signal]).toEqual([0, 0, 0, 17])
      expect(yield* sys.getpid()).toBe(pid)
      ok(yield* sys.uname(release))
      expect(sys.load(release, 390)).toEqual(names)
    })
  })

  test('a restart that fails at the tail has given the task its new name and tids already', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys) {
      const word = sys.alloc(16)
      sys.storeInt(word, 7)
      const address = [0, 8, 16, 24].map((shift) => (word >> shift) & 255)
      const bad = patched(patched(image, TASK + 32, [...address, 0, 0, 0, 0]), TAIL_MAGIC, [1])
      const fd = yield* openWith(sys, vm, '/image', bad)
      let name = ''
      yield* inThread(sys, function* (thread) {
        fails(yield* thread.restart(0, fd, 0), EINVAL)
        name = yield* commOf(thread)
      })
      expect(name).toBe('sleeper')
      // clear_child_tid is where a thread that ends leaves a zero.
      expect(sys.loadInt(word)).toBe(0)
    })
  })

  test('comm is empty as soon as its record is asked for', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys, t) {
      for (const size of [COMM - 8, COMM - 1, COMM]) {
        ok(yield* sys.prctl(PR_SET_NAME, 'me'))
        fails(yield* sys.restart(0, yield* openWith(sys, vm, '/image', cut(image, size)), 0), EPIPE)
        expect([size, yield* commOf(sys), t.clear_child_tid]).toEqual([size, '', 0n])
      }
      ok(yield* sys.prctl(PR_SET_NAME, 'me'))
      fails(yield* sys.restart(0, yield* openWith(sys, vm, '/image', cut(image, COMM - 9)), 0), EPIPE)
      expect(yield* commOf(sys)).toBe('me')
    })
  })

  test('the type of a record is looked at only behind its payload, so a wrong one can be the name', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys, t) {
      const name = Array<number>(16).fill(0x41)
      const odd = patched(patched(image, COMM, name), COMM - 8, [2])
      fails(yield* sys.restart(0, yield* openWith(sys, vm, '/image', odd), 0), EINVAL)
      const comm = sys.alloc(16)
      ok(yield* sys.prctl(PR_GET_NAME, comm))
      // All 16 bytes: the zero at the end is put there for the right type only.
      expect([...sys.load(comm, 16)]).toEqual(name)
      expect(t.clear_child_tid).toBe(0n)
    })
  })

  test('the last byte of comm becomes zero, whatever the image says', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys) {
      const odd = patched(image, COMM, Array<number>(16).fill(0x41))
      ok(yield* sys.restart(0, yield* openWith(sys, vm, '/image', odd), 0))
      expect(yield* commOf(sys)).toBe('A'.repeat(15))
    })
  })
})

describe('the kernel', () => {
  test('an image wants a kernel of its version number, while names and time are compared with nothing', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys) {
      for (const [at, ret] of [
        [18, -EINVAL], // major
        [20, -EINVAL], // minor
        [22, -EINVAL], // patch
        [40, 0], // time
        [64, 0], // release
        [137, 0], // version
        [210, 0], // machine
      ]) {
        const fd = yield* openWith(sys, vm, '/image', patched(image, at, [image[at] + 1]))
        expect([at, yield* sys.restart(0, fd, 0)]).toEqual([at, ret])
      }
    })
  })
})

describe('the command line', () => {
  test('ckpt_debug=7 also lands in the environment of the first program, while ckpt_debug=x does not', () => {
    const environment = (cmdline: string) => inProgram(boot({ cmdline }), (_sys, _t, envp) => returning(envp))
    expect(environment('ckpt_debug=7 quiet=1')).toEqual(['HOME=/', 'TERM=linux', 'ckpt_debug=7', 'quiet=1'])
    for (const refused of ['ckpt_debug=x', 'ckpt_debug=0x7', 'ckpt_debug=-1', 'ckpt_debug=', 'ckpt_debug=7x']) {
      expect(environment(`${refused} quiet=1`)).toEqual(['HOME=/', 'TERM=linux', 'quiet=1'])
    }
    expect(boot({ cmdline: 'ckpt_debug=7' }).kernel.ckpt_debug_level).toBe(7)
    expect(boot({ cmdline: 'ckpt_debug=x' }).kernel.ckpt_debug_level).toBe(0xffff)
  })

  test('checkpoint and restart talk to the log unless they are told not to', () => {
    const lines = (cmdline: string) => {
      const vm = boot({ cmdline })
      imageOf(vm)
      return vm.dmesg().filter((line) => line.includes('c/r')).length
    }
    expect([lines(''), lines('ckpt_debug=4'), lines('ckpt_debug=2'), lines('ckpt_debug=0')]).toEqual([8, 7, 1, 0])
  })
})

test('every quirk of docs/quirks.md is a test, and every test here is in it', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /^quirks.*\.test\.ts$/.test(name))
  const titles = files.flatMap((name) => {
    const text = readFileSync(join(import.meta.dirname, name), 'utf8')
    return [...text.matchAll(/^ {2}test\((['"])(.*)\1, /gm)].map(([, , title]) => title)
  })
  const doc = readFileSync(join(import.meta.dirname, '../../docs/quirks.md'), 'utf8')
  const headings = [...doc.matchAll(/^### (.*)$/gm)].map(([, title]) => title.replaceAll('`', '').replaceAll('\\', ''))
  expect(headings.toSorted()).toEqual(titles.toSorted())
  expect(new Set(titles).size).toBe(titles.length)
})

function always(action: FaultRule['action']): FaultRule {
  return { first: 1, last: Infinity, step: 1, action }
}

function cut(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.slice(0, size)
}

function countCalls(vm: Vm): number[][] {
  const calls: number[][] = []
  vm.kernel.trace.vfs_write.register((_file, count, ret) => calls.push([count, ret]))
  return calls
}

function* returning<T>(value: T): Run<T> {
  return value
}

/** Run `fn` as a thread that shares everything, and wait until it is gone. */
function* inThread(sys: Libc, fn: (sys: Libc) => Run<void>): Run<void> {
  let gone = false
  const flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD
  ok(
    yield* sys.clone(flags, function* (thread) {
      yield* fn(thread)
      gone = true
      return 0
    }),
  )
  while (!gone) ok(yield* sys.sched_yield())
  ok(yield* sys.sched_yield())
}
