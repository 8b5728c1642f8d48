import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { evaluateTest } from '../sh/builtins/test.ts'
import { Os } from '../sh/os.ts'

const HELP = `usage: test EXPRESSION
       [ EXPRESSION ]
End with 0 where EXPRESSION is true, 1 where it is not, 2 where it is none.
  -e -f -d -h -L -p -S -b -c FILE   it is there, a file, directory, link, pipe, socket, device
  -r -w -x -s -u -g -k -O -G FILE   readable, writable, executable, not empty, with mode bits, one's own
  -n -z TEXT                        not empty, empty
  A = B, A != B, A < B, A > B       texts
  A -eq B, -ne -lt -le -gt -ge      numbers
  A -nt B, -ot, -ef                 files: newer, older, the same
  ! E, E -a E, E -o E, ( E )
`

/** What is wrong has been told. */
class NoExpression extends Error {}

/** test(1) */
export function* test(sys: Libc): Run<number> {
  const argv = Os.arguments(sys)
  const os = new Os(sys)
  const name = argv[0].slice(argv[0].lastIndexOf('/') + 1)
  if (argv.length === 2 && argv[1] === '--help') {
    return (yield* os.write(1, HELP)) < 0 ? 2 : 0
  }
  const asker = {
    os,
    *fail(message: string): Run<never> {
      void (yield* os.write(2, `${name}: ${message}\n`))
      throw new NoExpression(message)
    },
  }
  try {
    return yield* evaluateTest(asker, [name, ...argv.slice(1)])
  } catch (error) {
    if (error instanceof NoExpression) return 2
    throw error
  }
}
