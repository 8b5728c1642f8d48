import { boot, type Libc, type Run, type UserPtr } from '../../index.ts'
import { PAGE_SIZE } from '../../kernel/mm/mm.ts'
import { current } from '../../kernel/sched/current.ts'
import { CAP_SYS_RESOURCE } from '../../kernel/task/cred.ts'
import { commit_creds } from '../../kernel/task/setid.ts'
import { rows } from '../../syscalls/table.ts'
import { STAT_SIZE, readStat } from '../../userland/stat.ts'
import { outputs, ROOM, TMPFS_SIZE } from './calls.ts'
import { datum, Inodes } from './datum.ts'
import { Room } from './memory.ts'
import { behindChild, type Program } from './program.ts'

/** What came of a program: a line for each call, as runner.c writes it, and how its first process ended. */
export interface Answers {
  readonly lines: readonly string[]
  readonly end: string
  /** The host has answered otherwise another time: nothing can be said. */
  readonly races?: true
}

/** The same with strace's line of each call, up to its result. */
export interface Watched extends Answers {
  readonly strace: readonly string[]
}

const P_PID = 1
const WEXITED = 4
const WNOWAIT = 0x1000000
const __WALL = 0x40000000
const ENOSYS = 38
const PR_SET_CHILD_SUBREAPER = 36
/** More calls than any program makes. */
const BUDGET = 20_000

const numbers = new Map(rows.map(({ name, nr }) => [name, nr]))

/** Is it a call of the machine? */
export function hasCall(name: string): boolean {
  return numbers.has(name)
}

export function callNumber(name: string): number | undefined {
  return numbers.get(name)
}

/** Run a program in a machine of its own, as its process 2, with a tmpfs for its root. */
export function runInMachine(program: Program, watch = false): Watched {
  const run = new Execution(program)
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  if (watch) vm.strace(({ text }) => run.saw(text))
  vm.spawn(
    function* init(sys: Libc): Run<number> {
      return yield* run.init(sys)
    },
    [],
    { stdio: false, pid: 1 },
  )
  try {
    vm.run({ budget: BUDGET })
  } catch (error) {
    // A broken invariant of the kernel is a difference as well.
    run.end = `crashes: ${String(error)}`
  }
  return run
}

class Execution implements Watched {
  readonly lines: string[] = []
  readonly strace: string[] = []
  end = 'hangs'
  readonly #program: Program
  readonly #inodes = new Inodes()
  #last = ''

  constructor(program: Program) {
    this.#program = program
  }

  saw(text: string): void {
    if (!/^(\+\+\+|---)/.test(text)) this.#last = text
  }

  /** Process 1: make the root, and see how process 2 ends. */
  *init(sys: Libc): Run<number> {
    must(yield* sys.prctl(PR_SET_CHILD_SUBREAPER, 1 as UserPtr))
    // What is above the root is empty too: a program that leaves its root finds the same as on the host.
    const root = yield* mounted(sys, '/w', 'mode=755')
    must(yield* sys.syscall(number('chroot'), root))
    must(yield* mounted(sys, '/w', `size=${TMPFS_SIZE}`))
    const base = Math.ceil(must(yield* sys.brk(0)) / PAGE_SIZE) * PAGE_SIZE
    must(yield* sys.brk(base + ROOM))
    must(yield* sys.stat('/w', sys.room(STAT_SIZE)))
    this.#inodes.root = readStat(sys, sys.room(STAT_SIZE)).st_dev
    const run = this.#run.bind(this)
    const pid = must(
      yield* sys.fork(function* (child) {
        must(yield* child.syscall(number('chroot'), root))
        must(yield* child.syscall(number('chdir'), child.string('/')))
        must(yield* child.setsid())
        drop_resource()
        return yield* run(child, new Room(child, base), 0)
      }),
    )
    const status = sys.alloc(4)
    must(yield* sys.wait4(pid, status, __WALL))
    this.end = ended(sys.loadInt(status))
    return 0
  }

  /** The calls from `at` on, to the end of the process. */
  *#run(sys: Libc, room: Room, at: number): Run<number> {
    for (let i = at; i < this.#program.length; i++) {
      const [name, ...tokens] = this.#program[i]
      if (name === 'end') return Number(tokens[0] ?? 0)
      if (name === 'fork') {
        const begin = i + 1
        this.#note(yield* this.#fork(sys, room, begin))
        i = behindChild(this.#program, begin) - 1
      } else if (name === 'become') {
        const ret = yield* become(sys, Number(tokens[0]))
        this.#last = `become(${tokens[0]})`
        this.#note(ret)
      } else yield* this.#call(sys, name, room.place(tokens))
    }
    return 0
  }

  *#fork(sys: Libc, room: Room, begin: number): Run<number> {
    const run = this.#run.bind(this)
    const pid = yield* sys.fork((child) => run(child, room.of(child), begin))
    if (pid > 0) void (yield* sys.waitid(P_PID, pid, 0, WEXITED | WNOWAIT))
    this.#last = 'fork()'
    return pid
  }

  *#call(sys: Libc, name: string, args: readonly (number | bigint)[]): Run<void> {
    const nr = numbers.get(name)
    const ret = nr === undefined ? -ENOSYS : yield* sys.syscall(nr, ...args)
    const pairs = [...(outputs[name] ?? '').matchAll(/(.)(\d)/g)]
    const data = pairs.map(([, kind, n]) => datum(sys, this.#inodes, kind, Number(n), ret, args.map(Number)))
    this.#note(ret, data.join(''))
  }

  #note(ret: number, data = ''): void {
    this.lines.push(`${ret}${data}`)
    this.strace.push(this.#last)
  }
}

/** Make a folder, and mount a tmpfs there. Its path. */
function* mounted(sys: Libc, path: string, options: string): Run<UserPtr> {
  const [target, type, data] = [path, 'tmpfs', options].map((text) => sys.string(text))
  must(yield* sys.syscall(number('mkdirat'), -100, target, 0o755))
  must(yield* sys.syscall(number('mount'), type, target, type, 0, data))
  return target
}

function number(name: string): number {
  return numbers.get(name) as number
}

/** What must go well before a program can begin. */
function must(ret: number): number {
  if (ret < 0) throw new Error(`the machine cannot be made ready: ${ret}`)
  return ret
}

/** Root of a sandboxed host may not raise limits: so nobody does. */
function drop_resource(): void {
  const { cred } = current
  const cap_permitted = cred.cap_permitted & ~CAP_SYS_RESOURCE
  commit_creds(current, { ...cred, cap_permitted, cap_effective: cred.cap_effective & cap_permitted })
}

/** As runner.c does it. */
function* become(sys: Libc, uid: number): Run<number> {
  const groups = yield* sys.setgroups([uid, uid + 1000])
  const gids = groups < 0 ? groups : yield* sys.setresgid(uid, uid, uid)
  return gids < 0 ? gids : yield* sys.setresuid(uid, uid, uid)
}

function ended(status: number): string {
  const sig = status & 0x7f
  return sig === 0 ? `exited ${(status >> 8) & 0xff}` : `killed ${sig}`
}
