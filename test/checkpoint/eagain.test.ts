import { describe, expect, test } from 'vitest'
import { imageFields, type Libc, type Run, type Vm } from '../../index.ts'
import { NSEC_PER_SEC } from '../../kernel/time.ts'
import { O_NONBLOCK } from '../../kernel/fs/file.ts'
import { PIPE_SIZE } from '../../kernel/fs/pipe.ts'
import { SOFTLOCKUP_THRESH } from '../../kernel/sched/watchdog.ts'
import { IMAGE_SIZE, commOf, imageOf, inProgram, ok, quietVm, start } from '../support/ckpt.ts'

/** What stands in the pipe before the image. */
const FILLER = 0xf1

describe('a checkpoint into a full pipe that does not block', () => {
  test('spins until a reader makes room, and the reader gets the image right behind what was there', () => {
    const vm = quietVm()
    const { id, got, turns } = inProgram(vm, function* (sys) {
      const p = yield* fullPipe(sys, O_NONBLOCK)
      const eagain = countEagain(vm)
      const { done } = yield* forkReader(sys, p)
      const id = ok(yield* sys.checkpoint(0, p.wr, 0))
      ok(yield* sys.close(p.wr))
      ok(yield* sys.wait4(-1, 0, 0))
      return { id, got: done(), turns: eagain.count() }
    })
    expect(id).toBe(1)
    expectImageBehind(got, PIPE_SIZE)
    expect(turns).toBeGreaterThan(0)
  })

  test('does so in every order in which the two may run', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const vm = quietVm({ seed, slice: 1 + (seed % 3) })
      const got = inProgram(vm, function* (sys) {
        const p = yield* fullPipe(sys, O_NONBLOCK)
        const { done } = yield* forkReader(sys, p, 0, 64 * seed)
        expect(ok(yield* sys.checkpoint(0, p.wr, 0))).toBe(1)
        ok(yield* sys.close(p.wr))
        ok(yield* sys.wait4(-1, 0, 0))
        return done()
      })
      expectImageBehind(got, PIPE_SIZE)
    }
  })

  test('lets a second go by while the reader sleeps, and then succeeds', () => {
    const vm = quietVm()
    const got = inProgram(vm, function* (sys) {
      const p = yield* fullPipe(sys, O_NONBLOCK)
      const from = vm.kernel.clock.now
      const { done } = yield* forkReader(sys, p, 1)
      ok(yield* sys.checkpoint(0, p.wr, 0))
      const took = vm.kernel.clock.now - from
      expect(took).toBeGreaterThanOrEqual(NSEC_PER_SEC)
      expect(took).toBeLessThan(2 * NSEC_PER_SEC)
      ok(yield* sys.close(p.wr))
      ok(yield* sys.wait4(-1, 0, 0))
      return done()
    })
    expectImageBehind(got, PIPE_SIZE)
  })

  test('takes a reader that reads one byte at a time', () => {
    const vm = quietVm()
    const got = inProgram(vm, function* (sys) {
      const p = yield* fullPipe(sys, O_NONBLOCK)
      const { done } = yield* forkReader(sys, p, 0, 1)
      ok(yield* sys.checkpoint(0, p.wr, 0))
      ok(yield* sys.close(p.wr))
      ok(yield* sys.wait4(-1, 0, 0))
      return done()
    })
    expectImageBehind(got, PIPE_SIZE)
  })

  test('ends run() as a soft lockup where nobody reads, and the machine can still be looked at', () => {
    const vm = quietVm()
    const { t } = start(vm, function* (sys) {
      const p = yield* fullPipe(sys, O_NONBLOCK)
      ok(yield* sys.checkpoint(0, p.wr, 0))
    })
    expect(vm.run()).toEqual({ kind: 'soft lockup', pid: t.pid, comm: 'program', where: '_ckpt_kwrite' })
    expect(vm.kernel.clock.now).toBe(SOFTLOCKUP_THRESH * NSEC_PER_SEC)
    expect(vm.dmesg().slice(-2)).toEqual([
      `[   60.000000] BUG: soft lockup - CPU#0 stuck for 61s! [program:${t.pid}]`,
      '[   60.000000] ra : _ckpt_kwrite',
    ])
    expect(vm.kernel.ctx_count).toBe(0)
    vm.writeFile('/tmp/note', 'still here')
    expect(new TextDecoder().decode(vm.readFile('/tmp/note'))).toBe('still here')
    // It is a report, not an end: asked to go on, the machine spins for as long again.
    expect(vm.run()).toMatchObject({ kind: 'soft lockup', where: '_ckpt_kwrite' })
    expect(vm.kernel.clock.now).toBe(2 * SOFTLOCKUP_THRESH * NSEC_PER_SEC)
  })

  test('goes on behind a soft lockup where the reader was only slow', () => {
    const vm = quietVm()
    const { t, end } = start(vm, function* (sys) {
      const p = yield* fullPipe(sys, O_NONBLOCK)
      const { done } = yield* forkReader(sys, p, 100)
      ok(yield* sys.checkpoint(0, p.wr, 0))
      ok(yield* sys.close(p.wr))
      ok(yield* sys.wait4(-1, 0, 0))
      return done()
    })
    expect(vm.run()).toMatchObject({ kind: 'soft lockup', pid: t.pid })
    const outcome = vm.run()
    expect(outcome).toEqual({ kind: 'exited' })
    expectImageBehind(end(outcome), PIPE_SIZE)
  })

  test('does not keep other programs from running meanwhile', () => {
    const vm = quietVm()
    const { end } = start(vm, function* (sys) {
      for (let i = 0; i < 1000; i++) ok(yield* sys.sched_yield())
      return vm.kernel.clock.now
    })
    start(vm, function* (sys) {
      const p = yield* fullPipe(sys, O_NONBLOCK)
      ok(yield* sys.checkpoint(0, p.wr, 0))
    })
    const outcome = vm.run()
    expect(outcome).toMatchObject({ kind: 'soft lockup', where: '_ckpt_kwrite' })
    expect(end(outcome)).toBeLessThan(SOFTLOCKUP_THRESH * NSEC_PER_SEC)
  })
})

describe('a restart from an empty pipe that does not block', () => {
  test('spins until a writer puts the image in, whole or in pieces', () => {
    for (const piece of [IMAGE_SIZE, 100, 7, 1]) {
      const vm = quietVm()
      const image = imageOf(vm)
      inProgram(vm, function* (sys) {
        const p = yield* pipe(sys, O_NONBLOCK)
        ok(
          yield* sys.fork(function* (child) {
            ok(yield* child.nanosleep(1))
            const buf = child.alloc(IMAGE_SIZE)
            child.store(buf, image)
            for (let at = 0; at < IMAGE_SIZE; at += piece) {
              ok(yield* child.write(p.wr, (buf + at) as typeof buf, Math.min(piece, IMAGE_SIZE - at)))
              ok(yield* child.sched_yield())
            }
            return 0
          }),
        )
        ok(yield* sys.restart(0, p.rd, 0))
        expect(vm.kernel.clock.now).toBeGreaterThanOrEqual(NSEC_PER_SEC)
        expect(yield* commOf(sys)).toBe('sleeper')
      })
    }
  })

  test('ends run() as a soft lockup where nobody writes', () => {
    const vm = quietVm()
    const { t } = start(vm, function* (sys) {
      const p = yield* pipe(sys, O_NONBLOCK)
      ok(yield* sys.restart(0, p.rd, 0))
    })
    expect(vm.run()).toEqual({ kind: 'soft lockup', pid: t.pid, comm: 'program', where: '_ckpt_kread' })
    expect(vm.dmesg().slice(-2)).toEqual([
      `[   60.000000] BUG: soft lockup - CPU#0 stuck for 61s! [program:${t.pid}]`,
      '[   60.000000] ra : _ckpt_kread',
    ])
  })
})

describe('a pipe that blocks', () => {
  test('lets a checkpoint sleep for room and complete, without a turn of the loop', () => {
    const vm = quietVm()
    const { got, turns } = inProgram(vm, function* (sys) {
      const p = yield* fullPipe(sys, 0)
      const eagain = countEagain(vm)
      const { done } = yield* forkReader(sys, p, 1)
      ok(yield* sys.checkpoint(0, p.wr, 0))
      ok(yield* sys.close(p.wr))
      ok(yield* sys.wait4(-1, 0, 0))
      return { got: done(), turns: eagain.count() }
    })
    expectImageBehind(got, PIPE_SIZE)
    expect(turns).toBe(0)
  })

  test('leaves a checkpoint asleep where nobody reads', () => {
    const vm = quietVm()
    const { t } = start(vm, function* (sys) {
      const p = yield* fullPipe(sys, 0)
      ok(yield* sys.checkpoint(0, p.wr, 0))
    })
    expect(vm.run()).toEqual({
      kind: 'deadlock',
      waiting: [
        {
          pid: t.pid,
          comm: 'program',
          syscall: 'checkpoint',
          waits_for: expect.stringMatching(/^room in pipe:/) as string,
        },
      ],
    })
    expect(vm.kernel.clock.now).toBe(0)
  })

  test('lets a restart sleep for each piece of the image and complete', () => {
    const vm = quietVm()
    const image = imageOf(vm)
    inProgram(vm, function* (sys) {
      const p = yield* pipe(sys, 0)
      ok(
        yield* sys.fork(function* (child) {
          const buf = child.alloc(1)
          for (const byte of image) {
            child.store(buf, Uint8Array.of(byte))
            ok(yield* child.write(p.wr, buf, 1))
            ok(yield* child.nanosleep(0, 1000))
          }
          return 0
        }),
      )
      ok(yield* sys.restart(0, p.rd, 0))
      expect(yield* commOf(sys)).toBe('sleeper')
    })
  })
})

interface Pipe {
  readonly rd: number
  readonly wr: number
}

function* pipe(sys: Libc, flags: number): Run<Pipe> {
  const p = yield* sys.pipe(flags)
  if (typeof p === 'number') throw new Error(`no pipe: ${p}`)
  return p
}

/** A pipe with no room left. */
function* fullPipe(sys: Libc, flags: number): Run<Pipe> {
  const p = yield* pipe(sys, flags)
  const buf = sys.alloc(4096)
  sys.store(buf, new Uint8Array(4096).fill(FILLER))
  for (let i = 0; i < PIPE_SIZE / 4096; i++) expect(yield* sys.write(p.wr, buf, 4096)).toBe(4096)
  return p
}

/** A child that sleeps for `sec` seconds and then reads, `step` bytes at a time, until the pipe ends. */
function* forkReader(sys: Libc, p: Pipe, sec = 0, step = 4096): Run<{ done: () => Uint8Array }> {
  const got = new Uint8Array(PIPE_SIZE + 2 * IMAGE_SIZE)
  let length = 0
  ok(
    yield* sys.fork(function* (child) {
      ok(yield* child.close(p.wr))
      if (sec > 0) ok(yield* child.nanosleep(sec))
      const buf = child.alloc(step)
      for (;;) {
        const n = yield* child.read(p.rd, buf, step)
        if (n === 0) return 0
        if (n > 0) got.set(child.load(buf, n), length)
        if (n > 0) length += n
        // Empty for now, or more to come: the writer's turn.
        ok(yield* child.sched_yield())
      }
    }),
  )
  return { done: () => got.subarray(0, length) }
}

function expectImageBehind(got: Uint8Array, filler: number): void {
  expect(got).toHaveLength(filler + IMAGE_SIZE)
  expect(got.subarray(0, filler).every((b) => b === FILLER)).toBe(true)
  const fields = imageFields(got.subarray(filler))
  expect(fields.map((f) => f.field)).not.toContain('?')
  expect(fields.at(-1)).toMatchObject({ type: 'TAIL', field: 'magic', value: 0x002d2a0cc0deef00n })
}

/** Writes that were answered with -EAGAIN from now on. */
function countEagain(vm: Vm): { count: () => number } {
  let n = 0
  const stop = vm.kernel.trace.vfs_write.register((_file, _count, ret) => (n += ret === -11 ? 1 : 0))
  return {
    count() {
      stop()
      return n
    },
  }
}
