import type { Run } from '../../program.ts'
import type { Shell } from '../shell.ts'
import type { Builtin } from './builtin.ts'
import {
  breakBuiltin,
  colon,
  dotBuiltin,
  evalBuiltin,
  execBuiltin,
  exitBuiltin,
  falseBuiltin,
  returnBuiltin,
  shiftBuiltin,
} from './control.ts'
import { cdBuiltin, pwdBuiltin, umaskBuiltin } from './directory.ts'
import { echoBuiltin } from './echo.ts'
import { fgBuiltin, jobsBuiltin, waitBuiltin } from './jobs.ts'
import { aliasBuiltin, describing, unaliasBuiltin } from './names.ts'
import { printfBuiltin } from './printf.ts'
import { readBuiltin } from './read.ts'
import { setBuiltin } from './set.ts'
import { testBuiltin } from './test.ts'
import { timesBuiltin } from './times.ts'
import { killBuiltin, trapBuiltin } from './trap.ts'
import { ulimitBuiltin } from './ulimit.ts'
import { exportBuiltin, getoptsBuiltin, localBuiltin, unsetBuiltin } from './variables.ts'

export type { Builtin } from './builtin.ts'

const { command, type, hash } = describing((name) => builtins.has(name))

/** What the shell does itself. */
export const builtins: ReadonlyMap<
  string,
  { readonly run: (sh: Shell, argv: readonly string[], flags: number) => Run<number> }
> = new Map(
  Object.entries({
    '.': dotBuiltin,
    ':': colon,
    '[': testBuiltin,
    alias: aliasBuiltin,
    bg: fgBuiltin,
    break: breakBuiltin,
    cd: cdBuiltin,
    chdir: cdBuiltin,
    command,
    continue: breakBuiltin,
    echo: echoBuiltin,
    eval: evalBuiltin,
    exec: execBuiltin,
    exit: exitBuiltin,
    export: exportBuiltin,
    false: falseBuiltin,
    fg: fgBuiltin,
    getopts: getoptsBuiltin,
    hash,
    jobs: jobsBuiltin,
    kill: killBuiltin,
    local: localBuiltin,
    printf: printfBuiltin,
    pwd: pwdBuiltin,
    read: readBuiltin,
    readonly: exportBuiltin,
    return: returnBuiltin,
    set: setBuiltin,
    shift: shiftBuiltin,
    test: testBuiltin,
    times: timesBuiltin,
    trap: trapBuiltin,
    true: colon,
    type,
    ulimit: ulimitBuiltin,
    umask: umaskBuiltin,
    unalias: unaliasBuiltin,
    unset: unsetBuiltin,
    wait: waitBuiltin,
  } satisfies Record<string, Builtin>).map(([name, run]) => [name, { run }]),
)
