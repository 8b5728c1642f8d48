import type { ByteString, UserPtr } from '../kernel/types.ts'
import type { linux_binfmt } from '../kernel/task/exec.ts'
import type { Program, Run } from './program.ts'
import { ENOEXEC } from '../kernel/errno.ts'
import { Text, TsContext, __NR_exit_group } from './context.ts'
import { Libc } from './libc.ts'

/** First bytes of a file that stands for a TypeScript program; its name follows, and a newline. */
export const MAGIC = '\x7fckptvm\n'

/** The bytes of the file of program `name`. */
export function programFile(name: ByteString): ByteString {
  return `${MAGIC}${name}\n`
}

/** Load program files of the TypeScript programs in `programs`, by name. */
export function binfmtTypeScript(programs: ReadonlyMap<ByteString, Program>): linux_binfmt {
  return {
    name: 'typescript',
    load_binary(t, head, mm, sp) {
      if (!head.startsWith(MAGIC)) return -ENOEXEC
      const program = programs.get(head.slice(MAGIC.length).split('\n')[0])
      if (program === undefined) return -ENOEXEC
      return new TsContext(t, mm, new Text(), sp, {
        main: (context) => _start(context, program, sp),
        exit: __NR_exit_group,
      })
    },
  }
}

/** What is thrown for a program whose main is a plain function. */
class NoGenerator extends Error {
  override readonly name = 'TypeError'
  override readonly message = 'main is no generator: function* is wanted'
  // Where this is thrown tells nobody anything.
  override readonly stack = ''
}

/** What runs before main: find the arguments where exec has put them. */
function _start(context: TsContext, program: Program, sp: number): Run<number> {
  const sys = new Libc(context)
  const words = (at: number): number => Number(new DataView(sys.load(at as UserPtr, 8).buffer).getBigUint64(0, true))
  const strings = (at: number): string[] => {
    const out: string[] = []
    for (let p = words(at); p !== 0; p = words((at += 8))) out.push(sys.loadString(p as UserPtr))
    return out
  }
  const argv = strings(sp + 8)
  const envp = strings(sp + 8 * (argv.length + 2))
  const run: unknown = program(sys, argv, envp)
  if (typeof (run as Run<number> | null)?.next !== 'function') throw new NoGenerator()
  return run as Run<number>
}
