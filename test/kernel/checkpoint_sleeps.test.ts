import { expect, it } from 'vitest'
import { boot, type Libc, type Run, type Vm } from '../../index.ts'
import { O_CREAT, O_RDONLY, O_RDWR } from '../../kernel/fs/file.ts'
import { PIPE_SIZE } from '../../kernel/fs/pipe.ts'

/** Run `main` to its end on a machine of its own; nothing may be leaked. */
function run(main: (sys: Libc) => Run<number>, prepare: (vm: Vm) => void = () => undefined): Vm {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  prepare(vm)
  const { active } = vm.kernel.slab
  const process = vm.spawn(main)
  expect(vm.run()).toEqual({ kind: 'exited' })
  expect(process.status).toBe(0)
  expect(vm.kernel.slab.active).toBe(active)
  expect(vm.kernel.uts_sem.count).toBe(0)
  return vm
}

/** The image that a process named so writes to a file. */
function imageOf(): Uint8Array {
  const vm = run(function* main(sys): Run<number> {
    const fd = yield* sys.open('/tmp/image', O_RDWR | O_CREAT, 0o600)
    return (yield* sys.checkpoint(0, fd, 0)) === 1 ? 0 : 1
  })
  return vm.readFile('/tmp/image')
}

it.each([0, 1, 40, 56, 63, 64, 100, 130, 200, 275, 320, 340, 354])(
  'a checkpoint that sleeps for room after %i bytes writes the same image',
  (room) => {
    const out: number[] = []
    run(function* main(sys): Run<number> {
      const pipe = yield* sys.pipe()
      if (typeof pipe === 'number') return 1
      const filler = sys.alloc(PIPE_SIZE)
      void (yield* sys.fork(function* reader(child): Run<number> {
        void (yield* child.close(pipe.wr))
        const buf = child.alloc(PIPE_SIZE)
        for (;;) {
          const n = yield* child.read(pipe.rd, buf, 7)
          if (n <= 0) return -n
          out.push(...child.load(buf, n))
        }
      }))
      void (yield* sys.write(pipe.wr, filler, PIPE_SIZE - room))
      const id = yield* sys.checkpoint(0, pipe.wr, 0)
      void (yield* sys.close(pipe.wr))
      void (yield* sys.close(pipe.rd))
      void (yield* sys.wait4(-1, 0, 0))
      return id === 1 ? 0 : 2
    })
    const image = Uint8Array.from(out.slice(PIPE_SIZE - room))
    expect(image).toEqual(imageOf())
  },
)

it.each([1, 7, 8, 60, 354])('a restart that gets its image %i bytes at a time succeeds', (chunk) => {
  run(
    function* main(sys): Run<number> {
      const pipe = yield* sys.pipe()
      if (typeof pipe === 'number') return 1
      void (yield* sys.fork(function* writer(child): Run<number> {
        void (yield* child.close(pipe.rd))
        const fd = yield* child.open('/tmp/image', O_RDONLY)
        const buf = child.alloc(512)
        for (;;) {
          const n = yield* child.read(fd, buf, chunk)
          if (n <= 0) return -n
          void (yield* child.write(pipe.wr, buf, n))
          void (yield* child.sched_yield())
        }
      }))
      void (yield* sys.close(pipe.wr))
      const ret = yield* sys.restart(0, pipe.rd, 0)
      const end = yield* sys.read(pipe.rd, sys.alloc(1), 1)
      void (yield* sys.wait4(-1, 0, 0))
      return ret === 0 && end === 0 ? 0 : 2
    },
    (vm) => vm.writeFile('/tmp/image', imageOf()),
  )
})

it.each([0, 5, 30, 60, 100, 283, 300, 350])('a restart whose image ends after %i bytes gives EPIPE', (length) => {
  run(function* main(sys): Run<number> {
    const pipe = yield* sys.pipe()
    if (typeof pipe === 'number') return 1
    void (yield* sys.fork(function* writer(child): Run<number> {
      void (yield* child.sched_yield())
      const buf = child.alloc(512)
      child.store(buf, imageOf().subarray(0, length))
      void (yield* child.write(pipe.wr, buf, length))
      return 0
    }))
    void (yield* sys.close(pipe.wr))
    const ret = yield* sys.restart(0, pipe.rd, 0)
    void (yield* sys.wait4(-1, 0, 0))
    return ret === -32 ? 0 : 2
  })
})
