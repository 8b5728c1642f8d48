import { boot, type Libc, type Run, type UserPtr, type Vm } from '../../../index.ts'
import { SA_SIGINFO } from '../../../kernel/task/signal.ts'
import type { SignalHandler } from '../../../userland/libc.ts'
import { callNumber, type Answers } from '../machine.ts'
import type { Call, Program } from '../program.ts'
import { outputs } from './calls.ts'
import { datum, hex } from './datum.ts'
import { look } from './look.ts'
import { DEPTH, PLACES_SIZE, Places } from './place.ts'
import { ACTORS, BODIES, BODY_STEPS, stepsOf } from './steps.ts'

/** Programs of processes and signals, run by the machine: what stage.c does on the host. */

/** So many handlers do something, of each actor; then they only run. */
const RUNS = 30
/** Descriptors that programs do not come by. */
const FD_TAKE = 910
const FD_GIVE = 930
/** No program gets so far. */
const PIDS = 40
const WNOHANG = 1
const __WALL = 0x40000000
const PR_SET_CHILD_SUBREAPER = 36
const SIGUSR1 = 10
const NO_SIGNAL = 99
const BUDGET = 200_000

const NR = {
  sigaltstack: 132,
  rt_sigaction: 134,
  rt_sigprocmask: 135,
} as const

/** Run a program in a machine of its own. `seed` decides who runs first of those who can; without one they take turns. */
export function playInMachine(program: Program, seed?: number): Answers {
  const play = new Play(program)
  const x = (sys: Libc, argv: readonly string[]): Run<number> => play.again(sys, Number(argv[1]))
  const vm = boot({ cmdline: 'ckpt_debug=0', programs: { x }, ...(seed === undefined ? {} : { seed }) })
  play.vm = vm
  vm.spawn(
    function* init(sys: Libc): Run<number> {
      return yield* play.prompt(sys)
    },
    [],
    { stdio: false, pid: 1 },
  )
  try {
    vm.run({ budget: BUDGET })
  } catch (error) {
    // A broken invariant of the kernel is a difference as well.
    play.end = `crashes: ${String(error)}`
  }
  return play
}

class Actor {
  readonly k: number
  /** 0 before it is born, -1 when another has its id. */
  tid = 0
  busy = false
  step: Call = []
  runs = 0
  depth = 0
  calls = ''
  handlers = ''
  /** What has been told of it, by letter. */
  readonly shown = new Map<string, string>()

  constructor(k: number) {
    this.k = k
  }
}

/** Who acts, and where its calls' arguments go. */
interface Body {
  readonly actor: Actor
  readonly places: Places
}

class Play implements Answers {
  readonly lines: string[] = []
  end = 'end hangs'
  vm!: Vm
  readonly #steps: Program
  readonly #bodies: readonly Program[]
  readonly #actors = Array.from({ length: ACTORS }, (_, k) => new Actor(k))
  readonly #of = new WeakMap<Libc, Body>()
  readonly #handlers: readonly [SignalHandler[], SignalHandler[]]
  /** Their addresses, the same in each address space. */
  #addresses: [number[], number[]] = [[], []]

  constructor(program: Program) {
    this.#steps = stepsOf(program)
    this.#bodies = Array.from({ length: BODIES }, (_, n) =>
      program
        .filter(([who]) => who === `h${n}`)
        .slice(0, BODY_STEPS)
        .map(([, ...call]) => call),
    )
    const handler =
      (n: number, siginfo: boolean): SignalHandler =>
      (sys, sig, info) =>
        this.#handle(sys, n, sig, siginfo ? info : null)
    const all = (siginfo: boolean): SignalHandler[] => this.#bodies.map((_, n) => handler(n, siginfo))
    this.#handlers = [all(false), all(true)]
  }

  // ---- the prompter, process 1

  *prompt(sys: Libc): Run<number> {
    must(yield* sys.prctl(PR_SET_CHILD_SUBREAPER, 1 as UserPtr))
    for (let k = 0; k < ACTORS; k++) {
      const ends = yield* sys.pipe()
      if (typeof ends === 'number') return ends
      for (const [from, to] of [
        [ends.rd, FD_TAKE + k],
        [ends.wr, FD_GIVE + k],
      ]) {
        must(yield* sys.dup3(from, to, 0))
        must(yield* sys.close(from))
      }
    }
    const base = must(yield* sys.brk(0))
    must(yield* sys.brk(base + PLACES_SIZE))
    const first = this.#first.bind(this)
    must(yield* sys.fork((child) => first(child, base)))
    yield* this.#settle(sys)
    void this.#tell()
    for (const [who, ...call] of this.#steps) {
      const actor = this.#actors[Number(who)]
      if (actor.tid <= 0 || actor.shown.get('s') !== 'idle') {
        this.lines.push('-')
        continue
      }
      actor.step = call
      actor.busy = true
      must(yield* sys.write(FD_GIVE + actor.k, sys.room(1), 1))
      yield* this.#settle(sys)
      this.lines.push(this.#tell())
    }
    let end = 'end'
    const status = sys.alloc(4)
    for (let pid = 2; pid < PIDS; pid++) {
      if ((yield* sys.wait4(pid, status, WNOHANG | __WALL)) > 0) end += ` ${pid}:${sys.loadInt(status).toString(16)}`
    }
    this.end = end
    return 0
  }

  /** Time passes when all others sleep. */
  *#settle(sys: Libc): Run<void> {
    must(yield* sys.nanosleep(0, 100_000_000))
  }

  /** A line for what has happened since the last. */
  #tell(): string {
    const parts: string[] = []
    for (const actor of this.#actors) {
      if (actor.tid === 0) continue
      const { k, calls, handlers, shown } = actor
      const news = look(this.vm.kernel, actor.tid, actor.busy).filter(([letter, value]) => shown.get(letter) !== value)
      actor.calls = actor.handlers = ''
      news.forEach(([letter, value]) => shown.set(letter, value))
      const text = calls + handlers + news.map(([letter, value]) => ` ${letter}=${value}`).join('')
      if (text !== '') parts.push(`${k}:${text}`)
    }
    return parts.length === 0 ? '.' : parts.join(' / ')
  }

  // ---- the actors

  *#first(sys: Libc, base: number): Run<number> {
    must(yield* sys.setsid())
    const places = new Places(sys, base)
    const [old] = places.put(0, 0, ['@24']) as UserPtr[]
    for (const flavour of [0, 1] as const) {
      for (const handler of this.#handlers[flavour]) {
        must(yield* sys.sigaction(SIGUSR1, handler))
        must(yield* sys.syscall(NR.rt_sigaction, SIGUSR1, 0, old, 8))
        this.#addresses[flavour].push(sys.loadInt(old))
      }
    }
    must(yield* sys.sigaction(SIGUSR1, 0))
    return yield* this.#live(sys, this.#actors[0], places)
  }

  /** The program that actors become. */
  *again(sys: Libc, k: number): Run<number> {
    const base = must(yield* sys.brk(0))
    must(yield* sys.brk(base + PLACES_SIZE))
    // So that they get the addresses that they had.
    for (const handler of this.#handlers.flat()) void (yield* sys.sigaction(NO_SIGNAL, handler))
    const actor = this.#actors[k]
    const tid = yield* sys.getpid()
    for (const other of this.#actors) if (other.tid === tid) other.tid = -1
    actor.busy = false
    actor.depth = 0
    actor.calls += ' exec'
    return yield* this.#live(sys, actor, new Places(sys, base))
  }

  /** One step after the other. */
  *#live(sys: Libc, actor: Actor, places: Places): Run<number> {
    this.#of.set(sys, { actor, places })
    actor.tid = yield* sys.gettid()
    for (;;) {
      const n = yield* sys.read(FD_TAKE + actor.k, places.token, 1)
      if (n !== 1) continue
      const log = (text: string): void => void (actor.calls += text)
      yield* this.#call(sys, actor, places, 0, actor.step, log)
      actor.busy = false
    }
  }

  *#call(
    sys: Libc,
    actor: Actor,
    places: Places,
    depth: number,
    [name, ...tokens]: Call,
    log: (text: string) => void,
  ): Run<void> {
    if (name === 'rt_sigaction') return log(yield* this.#sigaction(sys, places, actor.k, depth, tokens))
    if (name === 'clone') return log(yield* this.#clone(sys, places, actor.k, depth, tokens))
    if (name === 'exec') {
      return log(` ${yield* sys.execve(tokens[0] === '0' ? '/bin/x' : '/absent', ['x', String(actor.k)])}`)
    }
    const nr = callNumber(name)
    if (nr === undefined) return log(' ?')
    const args = places.put(actor.k, depth, tokens)
    const ret = yield* sys.syscall(nr, ...args)
    const pairs = [...(outputs[name] ?? '').matchAll(/(.)(\d)/g)]
    const data = pairs.map(([, kind, n]) => datum(sys, kind, Number(n), ret, args, places.alt(actor.k)))
    log(` ${ret}${data.join('')}`)
  }

  *#sigaction(sys: Libc, places: Places, k: number, depth: number, tokens: Call): Run<string> {
    const [sig, handler, flags, mask, size] = tokens
    const flavour = (Number(flags) & SA_SIGINFO) !== 0 ? 1 : 0
    const address = handler.startsWith('h') ? this.#addresses[flavour][Number(handler[1])] : Number(handler)
    const [act, old] = places.put(k, depth, [`[${Math.max(0, address)},${flags},${mask}]`, '@24']) as UserPtr[]
    const ret = yield* sys.syscall(NR.rt_sigaction, Number(sig), address < 0 ? 0 : act, old, Number(size))
    if (ret < 0) return ` ${ret}`
    const was = new DataView(sys.load(old, 24).buffer)
    const at = was.getInt32(0, true)
    const known = this.#addresses.map((all) => all.indexOf(at)).find((n) => n >= 0)
    const flagsWere = was.getUint32(8, true).toString(16)
    return ` ${ret} ${known === undefined ? at : `h${known}`},${flagsWere},${hex(was.getBigUint64(16, true))}`
  }

  *#clone(sys: Libc, places: Places, k: number, depth: number, [who, flags, ctid]: Call): Run<string> {
    const actor = this.#actors[Number(who)]
    if (actor.tid !== 0) return ' -'
    const [tid] = places.put(k, depth, [ctid]) as UserPtr[]
    const live = this.#live.bind(this)
    return ` ${yield* sys.clone(Number(flags), (child) => live(child, actor, places.of(child)), 0, tid)}`
  }

  *#handle(sys: Libc, body: number, sig: number, info: UserPtr | null): Run<void> {
    const { actor, places } = this.#of.get(sys) as Body
    const log = (text: string): void => void (actor.handlers += text)
    const [mask, stack] = places.put(actor.k, DEPTH, ['@8', '@24']) as UserPtr[]
    void (yield* sys.syscall(NR.rt_sigprocmask, 0, 0, mask, 8))
    void (yield* sys.syscall(NR.sigaltstack, 0, stack))
    log(` !${sig}`)
    const word = (at: number): bigint => new DataView(sys.load(at as UserPtr, 8).buffer).getBigUint64(0, true)
    if (info !== null) {
      const int = (i: number): number => sys.loadInt((info + 4 * i) as UserPtr)
      log(`:${int(2)},${int(4)},${int(5)},${hex(word(info + 24))}`)
    }
    log(`:${hex(word(mask))}:${(sys.loadInt((stack + 8) as UserPtr) >>> 0).toString(16)}`)
    if (actor.depth + 1 >= DEPTH || actor.runs >= RUNS) return
    actor.runs++
    actor.depth++
    for (const call of this.#bodies[body]) yield* this.#call(sys, actor, places, actor.depth, call, log)
    actor.depth--
    log(' .')
  }
}

/** What must go well before a program can begin. */
function must(ret: number): number {
  if (ret < 0) throw new Error(`the machine cannot be made ready: ${ret}`)
  return ret
}
