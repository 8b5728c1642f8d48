import { boot } from '../../index.ts'

/** What somebody types at an interactive shell, piece by piece: each once the shell has dealt with what came before. */

const C = (c: string): string => String.fromCharCode(c.charCodeAt(0) & 0x1f)
const [INT, EOF, STOP, QUIT] = [C('c'), C('d'), C('z'), C('\\')]
/** Nothing is typed for two seconds. */
export const PAUSE = ''

export const SESSIONS: Readonly<Record<string, readonly string[]>> = {
  'commands and their status': ['echo hi\r', 'false\r', 'echo $?\r', 'no-such-thing\r', 'echo $?\r', 'exit 3\r'],
  'a line edited by the terminal': [
    'ecXX\x7f\x7fho hi\r',
    'no\x15echo x\r',
    'echo a bcd\x17e\r',
    'echo \x16\x03 | wc -c\r',
  ],
  'more lines to a command': [
    ...[
      'for i in 1 2\r',
      'do echo $i\r',
      'done\r',
      'echo "a\r',
      'b"\r',
      'cat <<E\r',
      'x\r',
      'E\r',
      'echo a |\r',
      'cat\r',
    ],
  ],
  mistakes: ['if ;\r', 'echo $?\r', 'echo ${x?gone}\r', 'echo $?\r', 'cd /no/where\r', ')\r', 'echo still\r'],
  'a line given up': ['abc', INT, 'echo $?\r', 'echo "a\r', INT, 'echo $?\r', 'for i in 1\r', INT, 'echo on\r'],
  'a job stopped and let go on': [
    ...['sleep 1000\r', STOP, 'echo $?\r', 'jobs\r', 'bg\r', 'jobs\r', 'fg\r', INT, 'echo $?\r', 'jobs\r'],
  ],
  'several jobs': [
    ...['sleep 1000 &\r', 'sleep 2000 &\r', 'jobs\r', 'kill %1\r', 'jobs\r', 'jobs\r', 'fg\r', STOP, 'bg %2\r'],
    ...['sleep 3000\r', STOP, 'jobs\r', 'fg %sleep\r', 'fg %?20\r', INT, 'jobs\r', 'kill %+\r', 'jobs\r', 'fg\r'],
  ],
  'a job that reads behind': ['cat &\r', 'jobs\r', 'fg\r', 'text\r', EOF, 'echo $?\r', 'jobs\r'],
  'a pipeline stopped': ['sleep 1000 | cat\r', STOP, 'jobs\r', 'fg\r', INT, 'echo $?\r', 'jobs\r'],
  'a subshell stopped': ['(sleep 1000; echo after)\r', STOP, 'jobs\r', 'fg\r', INT, 'echo $?\r'],
  'stopped, and ended from here': ['sleep 1000\r', STOP, 'kill %1\r', PAUSE, 'jobs\r', 'bg\r', 'jobs\r'],
  'the end of the input with a stopped job': ['cat\r', STOP, EOF, 'echo $?\r', EOF, EOF],
  'exit with a stopped job': ['cat\r', STOP, 'exit 2\r', 'exit 2\r'],
  'a trap for an interrupt': [
    "trap 'echo got' INT\r",
    'sleep 1000\r',
    INT,
    'echo $?\r',
    'trap - INT\r',
    INT,
    'echo on\r',
  ],
  'without job control': ['set +m\r', 'sleep 1000 &\r', 'sleep 1000\r', INT, 'echo $?\r', 'kill $!\r', 'echo on\r'],
  read: ['read x\r', 'a line\r', 'echo $x\r', 'read x\r', INT, 'echo $?\r', 'read x\r', EOF, 'echo $?\r'],
  'wait interrupted': ['sleep 1000 & wait\r', INT, 'echo $?\r', 'jobs\r', 'kill %1\r', 'wait\r', 'echo $?\r'],
  'a shell in the shell': ['sh\r', 'cat\r', STOP, 'jobs\r', 'fg\r', EOF, 'exit 3\r', 'echo $?\r'],
  'loops interrupted': [
    ...['while :; do :; done\r', INT, 'echo $?\r', 'while :; do sleep 1000; done\r', INT, 'echo $?\r'],
    ...['for i in 1 2; do sleep 1000; echo $i; done\r', STOP, 'jobs\r', 'fg\r', INT],
  ],
  quit: ['cat\r', QUIT, 'jobs\r', QUIT, 'echo on\r'],
  'a job that ends behind': [
    'sleep 1 &\r',
    PAUSE,
    PAUSE,
    '\r',
    'false &\r',
    PAUSE,
    '\r',
    'jobs\r',
    'sleep 1 & wait $!\r',
    PAUSE,
    '\r',
  ],
  'a job in a function, and in a group': [
    'f() { sleep 1000; echo $?; }\r',
    'f\r',
    INT,
    '{ sleep 1000; echo $?; }\r',
    STOP,
    'jobs\r',
    'fg\r',
    INT,
  ],
  'output from behind': ['(sleep 1; echo late) &\r', PAUSE, PAUSE, '\r', 'jobs\r'],
  'a builtin that waits for room': [
    ...['mkfifo /tmp/room; exec 3<>/tmp/room; rm /tmp/room\r', 'while :; do printf %4096s x; done >&3\r', INT],
    ...['echo $?\r', 'printf %6000s x >&3\r', INT, 'echo $?\r', 'echo a >&3; echo b\r', INT],
    ...["trap 'echo got' INT\r", 'echo x >&3\r', INT],
  ],
  'a redirection that waits': [
    ...['mkfifo /tmp/wait\r', 'echo a >/tmp/wait\r', INT, 'echo $?\r', 'read x </tmp/wait; echo b\r', INT, 'echo $?\r'],
    ...['rm /tmp/wait\r'],
  ],
  'monitor switched': ['set +m\r', 'sleep 1000\r', STOP, INT, 'set -m\r', 'sleep 1000\r', STOP, 'jobs\r'],
}

export const ENVIRONMENT = ['PATH=/usr/bin:/bin', 'HOME=/', 'TERM=dumb', 'PS1=$ ', 'LC_ALL=C']
const PAUSE_NS = 2e9

/** What our shell prints at each step of a session. */
export function runSession(steps: readonly string[]): string[] {
  let output = ''
  const decoder = new TextDecoder()
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  vm.terminal({ onOutput: (bytes) => (output += decoder.decode(bytes, { stream: true })) })
  const shell = vm.spawn('/bin/sh', [], { terminal: true, argv0: 'sh', envp: ENVIRONMENT })
  const until = (ns: number): string => {
    vm.run({ budget: 20_000, until: vm.now + ns })
    const printed = output
    output = ''
    return printed
  }
  const printed = [until(0)]
  for (const step of steps) {
    if (shell.status !== null) break
    vm.input(step)
    printed.push(until(step === PAUSE ? PAUSE_NS : 0))
  }
  if (shell.status !== null) printed.push(`ended ${shell.status}`)
  return printed
}
