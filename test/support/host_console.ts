import { attach } from '../../scripts/lib/terminal.ts'
import { boot, type Libc, type Run } from '../../index.ts'
import { Readline } from '../../userland/readline/readline.ts'

/** A little shell on this computer's terminal: it counts the characters of lines, and waits for `sleep`. */

const vm = boot()
const { process: ended, outcome } = await attach(vm, (terminal) => vm.spawn(counting, [], { terminal }))
process.stderr.write(`${outcome.kind}\n`)
process.exitCode = (ended.status ?? 0) >> 8

function* counting(sys: Libc): Run<number> {
  const readline = new Readline()
  let n = 0
  for (;;) {
    const got = yield* readline.read(sys, '> ')
    if (typeof got === 'number') return yield* copy(sys)
    if (got.kind === 'eof') return n & 0xff
    if (got.kind !== 'line') continue
    readline.history.add(got.text)
    if (got.text === 'spin') yield* spin(sys)
    if (got.text === 'sleep') void (yield* sys.nanosleep(0, 20_000_000))
    if (got.text === 'much') for (let i = 0; i < 5000; i++) void (yield* sys.print(`line ${i}\n`))
    n += got.text.length
    void (yield* sys.print(`${got.text.length} so ${n}\n`))
  }
}

/** Busy until Ctrl-C. */
function* spin(sys: Libc): Run<void> {
  let on = true
  void (yield* sys.sigaction(2, function* () {
    on = false
  }))
  void (yield* sys.print('spinning\n'))
  while (on) void (yield* sys.sched_yield())
}

function* copy(sys: Libc): Run<number> {
  const buf = sys.alloc(4096)
  for (;;) {
    const n = yield* sys.read(0, buf, 4096)
    if (n <= 0) return -n
    void (yield* sys.write(1, buf, n))
  }
}
