import type { ByteString } from '../../types.ts'
import { EFAULT, EINVAL, EEXIST } from '../../errno.ts'
import { allocMem } from '../../mm/mem.ts'
import { PAGE_SIZE } from '../../mm/mm.ts'
import { __copy_from_user } from '../../mm/uaccess.ts'
import { current } from '../../sched/current.ts'
import { byteString } from '../../utf8.ts'
import { FMODE_WRITE, O_TRUNC, type file, type file_operations } from '../file.ts'
import { seq_fops, single_fops } from '../seq_file.ts'
import { one_line, type trace_event } from './events.ts'
import { trace_array_idle, trace_dir, trace_file, type trace_node } from './inode.ts'
import { trace_array } from './trace_array.ts'
import { trace_pipe_fops } from './trace_pipe.ts'

/** The files of one trace_array: kernel/trace/trace.c, kernel/trace/trace_events.c. */

/** Operations of a file that holds a text: `show` makes it, `set` takes what is written; 0 or a negative errno. */
function setting(show: () => ByteString, set: (text: ByteString) => number, cut?: () => void): file_operations {
  return single_fops(() => show(), { ...opened(cut), write: written(set) })
}

/** Open for writing with O_TRUNC: as `>` does, the old goes first. */
function opened(cut?: () => void): Partial<file_operations> {
  if (cut === undefined) return {}
  return {
    open(_i, file) {
      if ((file.f_mode & FMODE_WRITE) !== 0 && (file.f_flags & O_TRUNC) !== 0) cut()
      return 0
    },
  }
}

function written(set: (text: ByteString) => number): NonNullable<file_operations['write']> {
  return (_file, buf, count, pos) => {
    const n = Math.min(count, PAGE_SIZE - 1)
    const chunk = allocMem(n)
    if (__copy_from_user(chunk, 0, buf, n) > 0) return -EFAULT
    const err = set(byteString(chunk.u8))
    if (err < 0) return err
    pos.pos += n
    return n
  }
}

/** `0` or `1`, a newline behind it or not. */
function flag(get: () => boolean, set: (on: boolean) => void): file_operations {
  return setting(
    () => (get() ? '1\n' : '0\n'),
    (text) => {
      const [, digit] = /^([01])\n?$/.exec(text) ?? []
      if (digit === undefined) return -EINVAL
      set(digit === '1')
      return 0
    },
  )
}

/** Do each word of a text; the first that fails ends it. */
function words(text: ByteString, fn: (word: ByteString) => number): number {
  for (const word of text.split(/[\s,]+/).filter((w) => w !== '')) {
    const err = fn(word)
    if (err < 0) return err
  }
  return 0
}

/** The names in the folder of `tr`. */
export function trace_array_nodes(tr: trace_array): trace_node[] {
  const file = (name: ByteString, mode: number, fop: file_operations): trace_node => trace_file(tr, name, mode, fop)
  const id = ({ system, name }: trace_event): ByteString => `${system}:${name}\n`
  return [
    file(
      'available_events',
      0o440,
      seq_fops((_m, i) => {
        const event = tr.events.at(i)
        return event === undefined ? null : id(event)
      }),
    ),
    file(
      'buffer_size_kb',
      0o640,
      setting(
        () => `${tr.buffer.size_kb}\n`,
        (text) => {
          const kb = /^\d{1,7}\n?$/.test(text) ? Number(text) : 0
          if (kb === 0) return -EINVAL
          tr.buffer.size_kb = kb
          return 0
        },
      ),
    ),
    events_dir(tr),
    trace_dir(tr, 'options', () => [
      file(
        'event-fork',
        0o640,
        flag(
          () => tr.event_fork,
          (on) => (tr.event_fork = on),
        ),
      ),
    ]),
    file(
      'set_event',
      0o640,
      setting(
        () =>
          tr.events
            .filter((event) => tr.enabled.has(event))
            .map(id)
            .join(''),
        (text) => words(text, (word) => tr.set_event(word)),
        () => tr.enable(tr.events, false),
      ),
    ),
    file(
      'set_event_pid',
      0o640,
      setting(
        () => tr.pids.map((pid) => `${pid}\n`).join(''),
        (text) =>
          words(text, (word) => {
            if (!/^\d{1,7}$/.test(word)) return -EINVAL
            tr.add_pid(Number(word))
            return 0
          }),
        () => tr.clear_pids(),
      ),
    ),
    file('trace', 0o640, trace_fops(tr)),
    file('trace_marker', 0o220, { write: written((text) => mark(tr, text)) }),
    file('trace_pipe', 0o440, trace_pipe_fops),
    file(
      'tracing_on',
      0o640,
      flag(
        () => tr.tracing_on,
        (on) => (tr.tracing_on = on),
      ),
    ),
  ]
}

function mark(tr: trace_array, text: ByteString): number {
  tr.mark(current, one_line(text))
  return 0
}

/** What is there and unread, as it stands; cut, it is forgotten. */
function trace_fops({ buffer }: trace_array): file_operations {
  const head = (): ByteString =>
    `# tracer: nop\n#\n# entries-in-buffer/entries-written: ${buffer.length}/${buffer.written}   #P:1\n#\n`
  return seq_fops(
    (m, i) => {
      const lines = (m.private ??= [head(), ...buffer.lines()]) as ByteString[]
      return lines[i] ?? null
    },
    {
      ...opened(() => buffer.clear()),
      write: (_file: file, _buf, count, pos) => {
        pos.pos += count
        return count
      },
    },
  )
}

/** events/SYSTEM/EVENT/enable, and an `enable` for each level above. */
function events_dir(tr: trace_array): trace_node {
  const all = tr.events
  const systems = [...new Set(all.map(({ system }) => system))]
  return trace_dir(tr, 'events', () => [
    trace_file(tr, 'enable', 0o640, enable(tr, all)),
    ...systems.map((system) => {
      const events = all.filter((event) => event.system === system)
      return trace_dir(tr, system, () => [
        trace_file(tr, 'enable', 0o640, enable(tr, events)),
        ...events.map((event) =>
          trace_dir(tr, event.name, () => [trace_file(tr, 'enable', 0o640, enable(tr, [event]))]),
        ),
      ])
    }),
  ])
}

/** `0`, `1`, and `X` where it is some. */
function enable(tr: trace_array, events: readonly trace_event[]): file_operations {
  return setting(
    () => {
      const on = events.filter((event) => tr.enabled.has(event)).length
      return on === 0 ? '0\n' : on === events.length ? '1\n' : 'X\n'
    },
    (text) => {
      const [, digit] = /^([01])\n?$/.exec(text) ?? []
      if (digit === undefined) return -EINVAL
      tr.enable(events, digit === '1')
      return 0
    },
  )
}

/** instances/: a folder made there is a trace_array of its own. kernel/trace/trace.c:instance_mkdir(). */
export function instances_dir(tr: trace_array): trace_node {
  const instances: trace_node[] = []
  const at = (name: ByteString): number => instances.findIndex((node) => node.name === name)
  return {
    ...trace_dir(tr, 'instances', () => instances),
    mkdir(name) {
      if (at(name) >= 0) return -EEXIST
      const own = new trace_array(tr.kernel, tr)
      const node = trace_dir(own, name, () => trace_array_nodes(own))
      instances.push(node)
      return node
    },
    rmdir(name) {
      const [node] = instances.slice(at(name))
      const err = trace_array_idle(node.tr)
      if (err < 0) return err
      node.tr.remove()
      instances.splice(at(name), 1)
      return 0
    },
  }
}
