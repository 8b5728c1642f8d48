import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { Failure } from '../sh/errors.ts'
import { runCommands } from '../sh/interactive.ts'
import { Jobs } from '../sh/jobs.ts'
import { Os } from '../sh/os.ts'
import { readScript } from '../sh/builtins/control.ts'
import { findPwd } from '../sh/builtins/directory.ts'
import { takeOptions } from '../sh/builtins/set.ts'
import { DEFAULT_PATH } from '../sh/search.ts'
import { LAST, Shell, register } from '../sh/shell.ts'
import { isTerminal } from '../sh/terminal.ts'
import { runText, runner, toEnd } from '../sh/text.ts'

const HELP = `usage: sh [-abCefimnuvx] [-o OPTION]... [FILE [ARGUMENT]...]
       sh [OPTION]... -c COMMANDS [NAME [ARGUMENT]...]
       sh [OPTION]... -s [ARGUMENT]...
A POSIX shell: run the commands of FILE, of COMMANDS, or of standard input.
  -a  export what is assigned        -b  tell of jobs at once
  -C  > overwrites no file           -e  end when a command fails
  -f  no patterns in file names      -i  interactive, with prompts
  -m  job control                    -n  read commands, run none
  -u  unset variables are errors     -v  show input as it is read
  -x  show commands as they are run
`

/** sh(1) */
export function* sh(sys: Libc): Run<number> {
  const argv = Os.arguments(sys)
  const environment = Os.environment(sys)
  const shell = new Shell(new Os(sys), runner, new Jobs(), argv[0] ?? 'sh')
  register(shell)
  shell.pid = yield* sys.getpid()
  shell.variables.adopt(environment)
  for (const [name, value] of Object.entries({ PS1: '# ', PS2: '> ', PS4: '+ ', OPTIND: '1', IFS: ' \t\n' })) {
    if (name === 'IFS' || name === 'OPTIND' || shell.variables.get(name) === undefined)
      void shell.variables.set(name, value)
  }
  if (shell.variables.get('PATH') === undefined) void shell.variables.set('PATH', DEFAULT_PATH)
  void shell.variables.set('PPID', String(yield* sys.getppid()))
  yield* findPwd(shell)
  if (argv.includes('--help')) return yield* shell.print(HELP)
  return yield* toEnd(shell, (self) => main(self, argv))
}

function* main(shell: Shell, argv: readonly string[]): Run<number> {
  let commands = false
  const left = yield* takeOptions(shell, argv, 1, true, (letter) => {
    if (letter === 'c') commands = true
    return letter === 'c' || letter === 'l'
  })
  let operands = left ?? []
  if (commands) {
    const [text, name] = operands
    if ((text as string | undefined) === undefined) {
      yield* shell.warn('-c requires an argument')
      throw new Failure()
    }
    if ((name as string | undefined) !== undefined) shell.arg0 = name
    shell.parameters = operands.slice(2)
    const status = yield* runText(shell, text, shell.option('s') ? 0 : LAST)
    if (!shell.option('s') || shell.skip !== 'no') return status
    operands = []
  } else if (operands.length > 0 && !shell.option('s')) {
    const [file] = operands
    const text = yield* readScript(shell, file)
    shell.arg0 = file
    shell.parameters = operands.slice(1)
    return yield* runText(shell, text, 0)
  } else shell.parameters = [...operands]
  shell.options.add('s')
  const onTerminal = (yield* isTerminal(shell, 0)) && (yield* isTerminal(shell, 2))
  return yield* runCommands(shell, shell.option('i') || (onTerminal && !commands))
}
