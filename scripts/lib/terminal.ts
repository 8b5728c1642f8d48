import { setImmediate } from 'node:timers/promises'
import type { Outcome, Process, Vm } from '../../index.ts'
import { Output } from './output.ts'

/** A machine's console on this computer's standard input and output. */

/** In place of standard input and output. The input is used up then. */
export interface Streams {
  readonly input?: NodeJS.ReadStream
  readonly output?: NodeJS.WriteStream
  /** What writes to `output`, where more than the machine does. */
  readonly out?: Output
}

/** How it ended: as the machine's run() did, `done` once the process had ended, or as who watched went away. */
export interface Attached {
  readonly process: Process
  readonly outcome: Outcome | { readonly kind: 'done' } | { readonly kind: 'closed' }
}

/** System calls between two looks at the keyboard. */
const BUDGET = 2_000
/** Those that programs may still make once the terminal is gone. */
const LAST_BUDGET = 1_000_000
const NSEC_PER_MSEC = 1e6

/**
 * Run the machine until the process that `start` spawns has ended. On a terminal keys go in as they are pressed, a
 * second lasts a second, and the terminal is given back as it was. From anything else bytes go in as programs ask
 * for them, and time passes as fast as it can.
 */
export async function attach(vm: Vm, start: (terminal: boolean) => Process, streams: Streams = {}): Promise<Attached> {
  const { input = process.stdin, output = process.stdout, out = new Output(output) } = streams
  const terminal = input.isTTY && output.isTTY
  return terminal ? await onTerminal(vm, start, out, input, output) : await onStreams(vm, start, out, input)
}

async function onStreams(vm: Vm, start: (terminal: boolean) => Process, out: Output, input: NodeJS.ReadStream) {
  const chunks = input[Symbol.asyncIterator]() as AsyncIterator<Buffer | string, undefined>
  const silence = vm.kernel.tty.push((bytes) => out.put(bytes)) - 1
  // Plug in a stream: a console with nothing at the other end reads as empty.
  vm.input('')
  const started = start(false)
  for (;;) {
    const outcome = vm.run({ budget: BUDGET })
    await out.flush()
    out.step(BUDGET - vm.kernel.budget, vm.now)
    const how = out.closed ? { kind: 'closed' as const } : started.status !== null ? { kind: 'done' as const } : outcome
    if (how.kind === 'budget') await setImmediate()
    else if (how.kind === 'input') {
      out.idle()
      const next = await chunks.next()
      if (next.done === true) vm.endInput()
      else vm.input(next.value)
    } else {
      vm.kernel.tty.splice(silence, 1)
      input.destroy()
      out.idle()
      return { process: started, outcome: how }
    }
  }
}

async function onTerminal(
  vm: Vm,
  start: (terminal: boolean) => Process,
  out: Output,
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
): Promise<Attached> {
  const event = new Signal()
  let gone = false
  const size = (): void => {
    vm.resize(output.rows, output.columns)
    event.raise()
  }
  const key = (bytes: Buffer): void => {
    vm.input(bytes)
    event.raise()
  }
  const leave = (): void => {
    gone = true
    event.raise()
  }
  // Who stopped us has changed the terminal meanwhile.
  const resume = (): void => {
    input.setRawMode(true)
    size()
  }
  const restore = (): void => void input.setRawMode(false)
  vm.terminal({ rows: output.rows, cols: output.columns, onOutput: (bytes) => out.put(bytes) })
  process.on('exit', restore).on('SIGHUP', leave).on('SIGTERM', leave).on('SIGCONT', resume)
  output.on('resize', size)
  input.setRawMode(true)
  input.on('data', key).on('end', leave).on('error', leave)
  try {
    const started = start(true)
    const outcome = await follow(vm, started, out, event, () => gone || out.closed)
    if (outcome.kind === 'closed') {
      vm.hangup()
      vm.run({ budget: LAST_BUDGET })
    }
    return { process: started, outcome }
  } finally {
    await out.flush()
    out.idle()
    restore()
    input.off('data', key).off('end', leave).off('error', leave)
    output.off('resize', size)
    process.off('exit', restore).off('SIGHUP', leave).off('SIGTERM', leave).off('SIGCONT', resume)
    input.pause()
    input.unref()
  }
}

/** Let the machine run as its keyboard and its clock say. */
async function follow(vm: Vm, started: Process, out: Output, event: Signal, gone: () => boolean) {
  let until = vm.now
  for (;;) {
    const outcome = vm.run({ budget: BUDGET, until })
    await out.flush()
    out.step(BUDGET - vm.kernel.budget, vm.now)
    if (outcome.kind !== 'budget') out.idle()
    if (gone()) return { kind: 'closed' as const }
    if (started.status !== null) return { kind: 'done' as const }
    const { now } = vm
    const before = performance.now()
    if (outcome.kind === 'budget') await setImmediate()
    else if (outcome.kind === 'input') await event.wait(Infinity)
    else if (outcome.kind === 'sleeping') await event.wait((outcome.until - now) / NSEC_PER_MSEC)
    else return outcome
    const passed = Math.ceil((performance.now() - before) * NSEC_PER_MSEC)
    // A timer of the host's may come a little early.
    until = outcome.kind === 'sleeping' && !event.raised ? Math.max(outcome.until, now + passed) : now + passed
    event.take()
  }
}

/** Something happened outside. */
class Signal {
  raised = false
  #wake: (() => void) | null = null

  raise(): void {
    this.raised = true
    this.#wake?.()
  }

  take(): void {
    this.raised = false
  }

  /** Until raise(), or so many milliseconds. */
  async wait(ms: number): Promise<void> {
    if (this.raised) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      if (ms !== Infinity) timer = setTimeout(resolve, Math.min(Math.ceil(ms), 0x7fffffff))
    })
    clearTimeout(timer)
    this.#wake = null
  }
}
