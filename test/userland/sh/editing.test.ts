import { expect, test } from 'vitest'
import { boot, type Libc, type Run } from '../../../index.ts'
import { ECHO } from '../../../kernel/tty/termios.ts'
import { TCSANOW, cfmakeraw, tcgetattr, tcsetattr } from '../../../userland/termios.ts'
import { Screen } from '../../support/screen.ts'

/** Make the terminal raw, and end well or by a signal. */
function* raw(sys: Libc, argv: readonly string[]): Run<number> {
  const t = yield* tcgetattr(sys, 0)
  if (typeof t === 'number') return 1
  void (yield* tcsetattr(sys, 0, TCSANOW, { ...cfmakeraw(t), c_oflag: t.c_oflag }))
  return argv.length > 1 ? yield* sys.kill(yield* sys.getpid(), 15) : 0
}

function* echoes(sys: Libc): Run<number> {
  const t = yield* tcgetattr(sys, 0)
  return yield* sys.print(typeof t !== 'number' && (t.c_lflag & ECHO) !== 0 ? 'echo\n' : 'none\n')
}

/** A shell at which somebody types, each piece once the shell waits, and what the screen shows at the end. */
function typing(...keys: string[]): string[] {
  const screen = new Screen(60)
  const vm = boot({ cmdline: 'ckpt_debug=0', programs: { raw, echoes } })
  vm.terminal({ rows: 24, cols: 60, onOutput: (bytes) => screen.write(new TextDecoder().decode(bytes)) })
  vm.spawn('/bin/sh', [], { terminal: true, envp: ['PATH=/bin', 'TERM=xterm', 'PS1=$ '] })
  vm.run({ budget: 100_000 })
  for (const key of keys) {
    vm.input(key)
    vm.run({ budget: 100_000, until: vm.now })
  }
  return screen.lines
}

test('modes of the terminal stay where the program ended well, and else are undone', () => {
  expect(typing('raw x\r', 'echoes\r', 'raw\r', 'echoes\r')).toEqual([
    ...['$ raw x', 'Terminated', '$ echoes', 'echo', '$ raw', '$ echoes', 'none', '$'],
  ])
})

test('a trap for Ctrl-C runs at the prompt, and one for another signal below the line', () => {
  expect(typing("trap 'echo got' INT\r", 'ab\x03', "trap 'echo usr' USR1\r", 'cd', '\r').slice(1)).toEqual([
    ...['$ ab^C', 'got', "$ trap 'echo usr' USR1", '$ cd', '$'],
  ])
  expect(typing("trap 'echo usr' USR1\r", '(sleep 1; kill -USR1 $$) &\r', 'half', '\x15sleep 2 &\r')).toContain(
    '$ sleep 2 &',
  )
})

test('Tab knows the builtins, the variables and what is in a folder', () => {
  expect(typing('expo\tWHERE=/tm\t\r', 'cd $WHE\t\r', 'pwd\r')).toEqual([
    ...['$ export WHERE=/tmp/', '$ cd $WHERE', '$ pwd', '/tmp', '$'],
  ])
})
