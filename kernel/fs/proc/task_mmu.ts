import type { ByteString } from '../../types.ts'
import type { mm_struct, vm_area_struct } from '../../mm/mm.ts'
import type { task_struct } from '../../task/task.ts'
import { EACCES, EFAULT, ESRCH } from '../../errno.ts'
import { PAGE_SIZE, PROT_EXEC, PROT_READ, PROT_WRITE } from '../../mm/mm.ts'
import { __copy_to_user } from '../../mm/uaccess.ts'
import { ptrace_may_access } from '../../task/ptrace.ts'
import type { file_operations } from '../file.ts'
import { seqOf, seq_fops } from '../seq_file.ts'
import { get_proc_task } from './inode.ts'

/** The memory of a task: fs/proc/task_mmu.c, and what of it holds its arguments. */

/** Pages of an area; of the heap its last one belongs to it whole. */
function pages({ vm_start, vm_end }: vm_area_struct): number {
  return Math.ceil(vm_end / PAGE_SIZE) - Math.floor(vm_start / PAGE_SIZE)
}

/** In pages: all that is mapped, and of it the data and the stack. */
export function sizes(mm: mm_struct): { readonly total: number; readonly data: number; readonly stack: number } {
  const sum = (areas: readonly vm_area_struct[]): number => areas.reduce((n, vma) => n + pages(vma), 0)
  const stack = sum(mm.mmap.filter((vma) => vma.name === '[stack]'))
  const data = sum(mm.mmap.filter((vma) => vma.name !== '[stack]' && (vma.vm_prot & PROT_WRITE) !== 0))
  return { total: sum(mm.mmap), data, stack }
}

/** /proc/PID/maps: a line for each area. Who opens it must be allowed to look into the task. */
export const maps_fops: file_operations = seq_fops(
  (m, index) => {
    if (get_proc_task(m.file.f_inode) === null) return -ESRCH
    const mm = m.private as mm_struct | null
    const vma = mm?.mmap.filter((vma) => pages(vma) > 0).sort((a, b) => a.vm_start - b.vm_start)[index]
    return vma === undefined ? null : show_map_vma(vma)
  },
  {
    open(inode, file) {
      const t = get_proc_task(inode)
      if (t === null) return -ESRCH
      if (t.mm !== null && !ptrace_may_access(t)) return -EACCES
      seqOf(file).private = t.mm
      return 0
    },
  },
)

/** Where the name begins in a line of maps. */
const NAME_COLUMN = 73

function show_map_vma(vma: vm_area_struct): ByteString {
  const hex = (n: number): string => n.toString(16).padStart(8, '0')
  const end = Math.ceil(vma.vm_end / PAGE_SIZE) * PAGE_SIZE
  const bit = (prot: number, letter: string): string => ((vma.vm_prot & prot) === 0 ? '-' : letter)
  const prot = `${bit(PROT_READ, 'r')}${bit(PROT_WRITE, 'w')}${bit(PROT_EXEC, 'x')}p`
  const line = `${hex(vma.vm_start)}-${hex(end)} ${prot} 00000000 00:00 0 `
  return `${vma.name === '' ? line : line.padEnd(NAME_COLUMN) + vma.name}\n`
}

/** A file that is a piece of a task's memory as it is, from `start` to `end`. */
function memory_fops(
  open: (t: task_struct) => number,
  range: (mm: mm_struct) => readonly [start: number, end: number],
): file_operations {
  return {
    open(inode) {
      const t = get_proc_task(inode)
      return t === null ? -ESRCH : open(t)
    },
    read(file, buf, count, pos) {
      const t = get_proc_task(file.f_inode)
      if (t === null) return -ESRCH
      if (t.mm === null) return 0
      const [start, end] = range(t.mm)
      const rest = end - start - pos.pos
      let done = 0
      while (done < Math.min(rest, count)) {
        const from = start + pos.pos + done
        const page = t.mm.peek(from)
        const off = from & (PAGE_SIZE - 1)
        const n = Math.min(rest - done, count - done, PAGE_SIZE - off)
        if (page === null || __copy_to_user((buf + done) as typeof buf, page, off, n) > 0) return done || -EFAULT
        done += n
      }
      pos.pos += done
      return done
    },
  }
}

/** /proc/PID/cmdline: the arguments, a zero behind each, where they were put when the program began. */
export const cmdline_fops = memory_fops(
  () => 0,
  (mm) => [mm.arg_start, mm.arg_end],
)

/** /proc/PID/environ: the environment that the program began with. */
export const environ_fops = memory_fops(
  (t) => (t.mm === null ? -ESRCH : ptrace_may_access(t) ? 0 : -EACCES),
  (mm) => [mm.arg_end, mm.env_end],
)
