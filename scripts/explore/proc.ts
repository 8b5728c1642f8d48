import type { Kernel } from '../../kernel/kernel.ts'
import type { task_struct } from '../../kernel/task/task.ts'
import type { ByteString } from '../../kernel/types.ts'
import { actingFor } from '../../kernel/sched/current.ts'
import { dentry } from '../../kernel/fs/dentry.ts'
import { FMODE_READ, file } from '../../kernel/fs/file.ts'
import { S_ISDIR, S_ISLNK, type inode } from '../../kernel/fs/inode.ts'
import { kvec_iter } from '../../kernel/mm/iov_iter.ts'
import { allocMem } from '../../kernel/mm/mem.ts'
import { current } from '../../kernel/sched/current.ts'
import { TASK_RUNNING, TASK_STOPPED } from '../../kernel/sched/sched.ts'
import { byteString } from '../../kernel/utf8.ts'
import { equal, holds } from './holds.ts'
import { Violation } from './world.ts'

/**
 * /proc tells what is so: all that it has of a task, whatever that does, and of the machine. It is read without
 * a descriptor, so that nothing changes by it.
 */

/** Tasks take turns: one at every so manyth look. */
const TURN = 24
const PAGE = allocMem(4096)
/** Bytes of a small read. */
const PIECE = 300
/** What a value is that was never set. */
const NONSENSE = /undefined|NaN|\[object|Infinity/

export class ProcReader {
  readonly #kernel: Kernel
  readonly #root: dentry
  /** Those names of the root that are there for good. */
  readonly #fixed: readonly string[]
  #looks = 0

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    const proc = kernel.mounts.find((m) => m.mnt_sb.s_type === 'proc')
    this.#root = proc?.mnt_root as dentry
    this.#fixed = actingFor(kernel.swapper, () => list(this.#root).filter((name) => !/^\d/.test(name)))
    // An inode for good is made when it is first asked for, which is not to depend on when that is.
    actingFor(kernel.swapper, () => this.#machine())
  }

  /** Look at one task, now and then. */
  look(): void {
    if (this.#looks++ % TURN !== 0) return
    const all = [...this.#kernel.tasks]
    const turn = Math.floor(this.#looks / TURN)
    if (all.length === 0) return
    actingFor(this.#kernel.swapper, () => {
      this.#task(all[turn % all.length])
      if (turn % 4 === 0) this.#machine()
    })
  }

  #machine(): void {
    const names = list(this.#root)
    const pids = [...this.#kernel.tasks].filter((t) => t === t.group_leader).map((t) => t.pid)
    same(
      '/proc',
      names.filter((name) => /^\d/.test(name)),
      pids,
    )
    for (const name of this.#fixed) {
      const d = step(this.#root, name)
      const mode = d.d_inode?.i_mode ?? 0
      if (S_ISLNK(mode)) continue
      if (S_ISDIR(mode)) for (const inner of list(d)) deeper(d, inner)
      else this.#table(name, textOf(d))
    }
  }

  /** What can be told from other numbers. */
  #table(name: string, text: string): void {
    if (name === 'meminfo') {
      const kB = new Map([...text.matchAll(/^(\w+): +(\d+) kB$/gm)].map(([, key, n]) => [key, Number(n)]))
      equal('proc', kB.size, text.split('\n').length - 1, 'lines of meminfo')
      equal('proc', (kB.get('AnonPages') ?? 0) / 4, this.#kernel.pages.used, 'pages of programs')
    }
    if (name === 'slabinfo')
      for (const { name, active_objs } of this.#kernel.slab.caches) {
        const active = new RegExp(`^${name} +(\\d+) `, 'm').exec(text)?.[1]
        equal('proc', Number(active), active_objs, `objects of ${name}`)
      }
  }

  #task(t: task_struct): void {
    const leader = t.group_leader
    const top = step(this.#root, String(leader.pid))
    same(
      `task of ${leader.pid}`,
      list(step(top, 'task')),
      [...t.group.tasks].map((o) => o.pid),
    )
    const dir = t === leader ? top : step(step(top, 'task'), String(t.pid))
    for (const name of list(dir)) {
      const d = step(dir, name)
      const mode = d.d_inode?.i_mode ?? 0
      if (S_ISLNK(mode)) link(d.d_inode as inode, t)
      else if (!S_ISDIR(mode)) taskFile(name, d, t)
    }
    const open = (t.files?.fd ?? []).flatMap((f, fd) => (f === null ? [] : [fd]))
    for (const name of ['fd', 'fdinfo']) {
      const names = t.files === null ? [] : list(step(dir, name))
      same(`${name} of ${t.pid}`, names, open)
      for (const fd of names) {
        const d = step(step(dir, name), fd)
        if (name === 'fd') link(d.d_inode as inode, t)
        else if (/^pos:\t(\d+)\n/.exec(textOf(d)) === null) throw new Violation('proc', `no position of ${fd}`)
      }
    }
  }
}

function taskFile(name: string, d: dentry, t: task_struct): void {
  const alive = t.exit_state === 0
  const text = read(d)
  // Of the dead not all can be told.
  if (typeof text === 'number') {
    holds('proc', !alive, `${name} of task ${t.pid} cannot be read (${text})`)
    return
  }
  if (name !== 'comm' && name !== 'cmdline' && name !== 'environ') sane(`${name} of task ${t.pid}`, text)
  if (name === 'stat') stat(text, t)
  if (name === 'status') {
    const odd = text.split('\n').find((line) => line !== '' && !/^\w+:\t/.test(line))
    holds('proc', odd === undefined, `status of task ${t.pid} has the line ${odd}`)
    equal('proc', Number(/^Threads:\t(\d+)$/m.exec(text)?.[1]), t.group.tasks.length, 'threads')
  }
  if (name === 'mounts') {
    const lines = text.split('\n').slice(0, -1)
    const six = lines.every((line) => line.split(' ').length === 6)
    holds('proc', six && lines.length <= t.kernel.mounts.length, `mounts of task ${t.pid} are:\n${text}`)
  }
  if (name === 'maps') {
    let last = 0
    for (const [, start, end] of text.matchAll(/^([0-9a-f]+)-([0-9a-f]+) [r-][w-][x-]p /gm)) {
      holds('proc', parseInt(start, 16) >= last && parseInt(end, 16) > parseInt(start, 16), `maps of ${t.pid}: ${text}`)
      last = parseInt(end, 16)
    }
  }
}

function stat(text: string, t: task_struct): void {
  const [, pid, state, rest] = /^(\d+) \([\s\S]*\) ([RSDTZX]) (.*)\n$/.exec(text) ?? []
  equal('proc', Number(pid), t.pid, 'as the id in stat')
  equal('proc', (rest ?? '').split(' ').length, 49, 'numbers behind the state in stat')
  equal('proc', Number((rest ?? '').split(' ')[16]), t.group.tasks.length, 'threads in stat')
  const letter =
    t.exit_state !== 0 ? 'Z' : t.state === TASK_RUNNING ? 'R' : (t.state & TASK_STOPPED) !== 0 ? 'T' : 'S or D'
  holds('proc', letter.includes(state), `task ${t.pid} is said to be ${state}, and is ${letter}`)
}

/** A link can be read, while who holds what it leads to is alive. */
function link(i: inode, t: task_struct): void {
  const target = i.i_op?.readlink?.(i) ?? i.i_op?.get_link(i)
  holds(
    'proc',
    t.exit_state !== 0 || typeof target === 'string',
    `a link of task ${t.pid} leads nowhere (${typeof target})`,
  )
}

/** All that is there below: settings. */
function deeper(dir: dentry, name: string): void {
  const d = step(dir, name)
  if (S_ISDIR(d.d_inode?.i_mode ?? 0)) for (const inner of list(d)) deeper(d, inner)
  else sane(name, textOf(d))
}

/** The name `name` in a directory, which has said that it is there. */
function step(dir: dentry, name: string): dentry {
  const i = dir.d_inode as inode
  const found = i.i_op?.lookup(i, name) ?? null
  if (found === null || typeof found === 'number') throw new Violation('proc', `${name} is listed, and is not there`)
  return new dentry(name, dir, found)
}

function list(d: dentry): string[] {
  const f = opened(d)
  const names: ByteString[] = []
  const err = f.f_op.iterate?.(f, (name) => names.push(name) > 0) ?? -1
  close(f)
  holds('proc', err === 0, `${d.d_name} cannot be listed (${err})`)
  return names.filter((name) => name !== '.' && name !== '..')
}

/** The text of a file; a negative errno where it has none to tell. In pieces it is the same. */
function read(d: dentry): string | number {
  const whole = readBy(d, PAGE.u8.length)
  if (typeof whole === 'number') return whole
  const pieces = readBy(d, PIECE)
  // What is only told from its start has no pieces.
  holds('proc', pieces === whole || whole.startsWith(String(pieces)), `${d.d_name} in pieces is:\n${pieces}`)
  return whole
}

function textOf(d: dentry): string {
  const text = read(d)
  if (typeof text === 'number') throw new Violation('proc', `${d.d_name} cannot be read (${text})`)
  sane(d.d_name, text)
  return text
}

function readBy(d: dentry, size: number): string | number {
  const f = opened(d)
  try {
    const err = d.d_inode?.i_fop.open?.(f.f_inode, f) ?? 0
    if (typeof err !== 'number' || err < 0) return Number(err)
    const pos = { pos: 0 }
    let text = ''
    for (;;) {
      const iter = (current.uio = new kvec_iter(PAGE, 0, size))
      const n = f.f_op.read?.(f, iter.address, size, pos) ?? 0
      current.uio = null
      if (typeof n !== 'number') throw new Violation('proc', `${d.d_name} sleeps when it is read`)
      if (n < 0) return n
      if (n === 0) return text
      text += byteString(PAGE.u8.subarray(0, n))
    }
  } finally {
    close(f)
  }
}

/** Open in nobody's table. */
function opened(d: dentry): file {
  const i = d.d_inode as inode
  return new file(i.kernel, d, i.i_fop, FMODE_READ, 0)
}

function close(f: file): void {
  f.f_inode.i_count--
}

function sane(name: string, text: string): void {
  holds('proc', !NONSENSE.test(text), `${name} says:\n${text}`)
}

function same(of: string, names: readonly string[], numbers: readonly number[]): void {
  const told = names.map(Number).sort((a, b) => a - b)
  const there = [...numbers].sort((a, b) => a - b)
  holds('proc', String(told) === String(there), `${of} lists ${String(told)}, and there are ${String(there)}`)
}
