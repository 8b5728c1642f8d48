import type { ByteString } from '../../types.ts'
import type { Kernel } from '../../kernel.ts'
import { PAGE_SIZE } from '../../mm/mm.ts'
import { seq_fops } from '../seq_file.ts'
import { S_IFREG } from '../inode.ts'
import { proc_iops, type proc_dir_entry } from './inode.ts'
import { proc_file } from './file.ts'

/** The machine's memory: fs/proc/meminfo.c, mm/slab_common.c. */

/**
 * Memory is three parts of one size: the kernel's heap, the pages of programs, and the files of the root. What
 * lies in files counts as cached, as tmpfs does in Linux.
 */
export function si_meminfo(kernel: Kernel): Readonly<Record<'total' | 'free' | 'heap' | 'programs' | 'files', number>> {
  const heap = kernel.slab.total
  const programs = kernel.pages.used * PAGE_SIZE
  let files = 0
  for (const { mnt_sb } of kernel.mounts) {
    const { f_blocks, f_bfree } = mnt_sb.statfs()
    files += (f_blocks - f_bfree) * PAGE_SIZE
  }
  const total = 3 * kernel.mem
  return { total, free: Math.max(0, total - heap - programs - files), heap, programs, files }
}

/** /proc/meminfo */
export const meminfo = proc_file('meminfo', 0o444, ({ kernel }) => {
  const { total, free, heap, programs, files } = si_meminfo(kernel)
  const lines: readonly (readonly [string, number])[] = [
    ['MemTotal', total],
    ['MemFree', free],
    ['MemAvailable', free],
    ['Buffers', 0],
    ['Cached', files],
    ['SwapCached', 0],
    ['Active', programs + files],
    ['Inactive', 0],
    ['SwapTotal', 0],
    ['SwapFree', 0],
    ['Dirty', 0],
    ['Writeback', 0],
    ['AnonPages', programs],
    ['Mapped', 0],
    ['Shmem', files],
    ['KReclaimable', 0],
    ['Slab', heap],
    ['SReclaimable', 0],
    ['SUnreclaim', heap],
    ['KernelStack', 0],
    ['PageTables', 0],
  ]
  return lines.map(([name, n]) => `${`${name}:`.padEnd(16)}${String(Math.floor(n / 1024)).padStart(8)} kB\n`).join('')
})

const SLABINFO_HEADER = `slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>
`

/** /proc/slabinfo: the caches of objects that stand outside the heap, and the heap's by size. */
export const slabinfo: proc_dir_entry = {
  name: 'slabinfo',
  mode: S_IFREG | 0o400,
  op: proc_iops,
  fop: seq_fops(({ file: { kernel } }, index) => {
    if (index === 0) return SLABINFO_HEADER
    const { caches } = kernel.slab
    const cache = caches.at(index - 1)
    if (cache !== undefined && index <= caches.length) return line(cache.name, cache.active_objs, 0, cache.object_size)
    const general = kernel.slab.usage().at(index - 1 - caches.length)
    return general === undefined ? null : line(`kmalloc-${general.size}`, general.active, general.total, general.size)
  }),
}

function line(name: ByteString, active: number, total: number, size: number): ByteString {
  const pages = Math.max(1, Math.ceil(size / PAGE_SIZE))
  const per = Math.floor((pages * PAGE_SIZE) / size)
  const slabs = Math.ceil(Math.max(active, total) / per)
  const n = (value: number, width: number): string => String(value).padStart(width)
  return (
    `${name.padEnd(17)} ${n(active, 6)} ${n(slabs * per, 6)} ${n(size, 6)} ${n(per, 4)} ${n(pages, 4)}` +
    ` : tunables ${n(0, 4)} ${n(0, 4)} ${n(0, 4)} : slabdata ${n(slabs, 6)} ${n(slabs, 6)} ${n(0, 6)}\n`
  )
}
