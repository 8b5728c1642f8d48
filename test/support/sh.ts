import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { byteString } from '../../kernel/utf8.ts'
import type { Vm } from '../../index.ts'

/** What a script wrote, a character a byte, and its exit status as a shell has it. */
export interface Told {
  readonly stdout: string
  readonly stderr: string
  readonly status: number
}

/** Where scripts run, in the machine and on the host; `work` is the current directory. */
export const PLACE = '/tmp/ckptvm-sh'
export const ENVIRONMENT = { PATH: '/bin', HOME: '/tmp/ckptvm-sh/home', LC_ALL: 'C', TZ: 'UTC0' }
/** Of the shell: the script's path from the current directory. */
export const ARGUMENTS = ['../script', 'first', 'second word']

/** Run the text of a script by the machine's own shell. */
export function runScript(vm: Vm, text: string | Uint8Array): Told {
  vm.writeFile('/tmp/script', text, 0o755)
  const process = vm.spawn(function* main(sys) {
    for (const folder of ['', '/work', '/home'])
      ok(yield* sys.syscall(34, -100, sys.string(`${PLACE}${folder}`), 0o755))
    ok(yield* sys.syscall(276, -100, sys.string('/tmp/script'), -100, sys.string(`${PLACE}/script`), 0))
    ok(yield* sys.syscall(49, sys.string(`${PLACE}/work`)))
    const pid = ok(
      yield* sys.fork(function* (child) {
        for (const fd of [0, 1, 2]) ok(yield* child.close(fd))
        ok(yield* child.open('/dev/null', O_RDONLY))
        for (const name of ['out', 'err']) ok(yield* child.open(`../${name}`, O_WRONLY | O_CREAT | O_TRUNC, 0o644))
        const environment = Object.entries(ENVIRONMENT).map(([name, value]) => `${name}=${value}`)
        return ok(yield* child.execve('/bin/sh', ['sh', ...ARGUMENTS], environment))
      }),
    )
    const status = sys.alloc(4)
    ok(yield* sys.wait4(pid, status, 0))
    const word = sys.loadInt(status)
    return (word & 0x7f) === 0 ? word >> 8 : 128 + (word & 0x7f)
  })
  const outcome = vm.run({ budget: 3e6 })
  if (outcome.kind !== 'exited') throw new Error(`the script did not end: ${outcome.kind}`)
  if (process.status === null || (process.status & 0x7f) !== 0) throw new Error(vm.dmesg().join('\n'))
  const read = (name: string): string => byteString(vm.readFile(`${PLACE}/${name}`))
  return { stdout: read('out'), stderr: read('err'), status: process.status >> 8 }
}

function ok(ret: number): number {
  if (ret < 0) throw new Error(`errno ${-ret}`)
  return ret
}
