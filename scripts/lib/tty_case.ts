import { boot, type Libc, type Run } from '../../index.ts'
import { O_NONBLOCK, O_RDWR } from '../../kernel/fs/file.ts'
import { FIONREAD } from '../../kernel/tty/ioctls.ts'
import { VEOL, VMIN } from '../../kernel/tty/termios.ts'
import { TCSANOW, tcgetattr, tcsetattr } from '../../userland/termios.ts'
import type { TtyAnswer, TtyCase } from './tty_cases.ts'

/** What the machine's terminal does with `c`; into `echoes` goes how many bytes come back for each. */
export function runTtyCase(c: TtyCase, echoes: number[] = []): TtyAnswer {
  let echo = ''
  let avail = -1
  const reads: string[] = []
  const vm = boot()
  vm.terminal({ onOutput: (bytes) => (echo += hex(bytes)) })

  vm.spawn(function* setup(sys: Libc): Run<number> {
    const t = yield* tcgetattr(sys, 0)
    if (typeof t === 'number') return 1
    const c_cc = t.c_cc.slice()
    c_cc[VMIN] = c.vmin
    c_cc[VEOL] = 0x25
    return yield* tcsetattr(sys, 0, TCSANOW, { ...t, c_iflag: c.iflag, c_oflag: c.oflag, c_lflag: c.lflag, c_cc })
  })
  vm.run()
  for (let i = 0; i < c.input.length; i += 2) {
    const before = echo.length
    vm.input(Uint8Array.of(Number.parseInt(c.input.slice(i, i + 2), 16)))
    echoes.push((echo.length - before) / 2)
  }
  vm.spawn(function* reader(sys: Libc): Run<number> {
    const fd = yield* sys.open('/dev/console', O_RDWR | O_NONBLOCK)
    const buf = sys.alloc(4096)
    if ((yield* sys.ioctl(fd, FIONREAD, buf)) === 0) avail = sys.loadInt(buf)
    for (const size of c.sizes) {
      const n = yield* sys.read(fd, buf, size)
      reads.push(n < 0 ? 'again' : hex(sys.load(buf, n)))
    }
    return 0
  })
  vm.run()
  return { echo, avail, reads }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}
