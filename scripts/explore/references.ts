import type { Kernel } from '../../kernel/kernel.ts'
import type { file } from '../../kernel/fs/file.ts'
import type { task_struct } from '../../kernel/task/task.ts'
import type { CallsUnderWay, UnderWay } from './underway.ts'
import { pipe_inode_info } from '../../kernel/fs/pipe.ts'
import { TASK_DEAD } from '../../kernel/sched/sched.ts'
import { count, equal, holds, users } from './holds.ts'
import { OPENAT } from './underway.ts'

/** The files that the call of `t` under way keeps open. */
function kept(t: task_struct, call: UnderWay | undefined): file[] {
  if (t.kstack === null || call === undefined) return []
  // A transfer that sleeps in a pipe says itself whether it does: nobody else can close what only its task has open.
  if (STREAMED.has(call.nr) && t.kiocb !== null && t.kiocb.ki_filp !== null)
    return t.kiocb.keeps ? [t.kiocb.ki_filp] : []
  return call.held.map(({ file }) => file)
}

/** read(2), write(2) */
const STREAMED: ReadonlySet<number> = new Set([63, 64])

/** Who uses what, and that the slab accounts for exactly that. Returns the open files. */
export function references(kernel: Kernel, calls: CallsUnderWay): Map<file, number> {
  const { caches, slab, swapper } = kernel
  const all = [...kernel.tasks]
  const alive = all.filter((t) => t.state !== TASK_DEAD)
  const coming = new Set(alive.map(({ group }) => group.exec?.mm ?? null))
  const mms = users([...alive.map((t) => t.mm), ...coming])
  for (const [mm, n] of mms) equal('mm users', mm.mm_users, n, 'tasks')
  const tables = users(alive.map((t) => t.files))
  for (const [files, n] of tables) equal('files users', files.count, n, 'tasks')
  const fss = users([swapper, ...alive].map((t) => t.fs))
  for (const [fs, n] of fss) equal('fs users', fs.users, n, 'tasks')
  const hands = users(all.map((t) => t.sighand))
  for (const [sighand, n] of hands) equal('sighand users', sighand.count, n, 'tasks')
  const names = users([swapper, ...all].map((t) => t.nsproxy.uts_ns))
  for (const [ns, n] of names) equal('uts users', ns.count, n, 'tasks')
  const files = users([
    // Copies of a table that nobody has changed have its references in common.
    ...[...new Set([...tables.keys()].map(({ fd }) => fd))].flat(),
    ...alive.flatMap((t) => kept(t, calls.get(t))),
  ])
  for (const [f, n] of files) equal('file count', f.f_count, n, `descriptors and calls of ${f.f_dentry.d_name}`)
  const pages = new Set([...mms.keys()].flatMap((mm) => [...mm.resident()]))
  const pipes = new Set([...files.keys()].map((f) => f.private_data).filter((p) => p instanceof pipe_inode_info))
  const piped = [...pipes].reduce((sum, pipe) => sum + pipe.pages, 0)
  // Who sleeps until a named pipe has another side has a file that nobody else knows, and maybe its pipe.
  const opening = count(alive, (t) => t.kstack !== null && calls.get(t)?.nr === OPENAT)
  if (opening === 0) equal('pages', kernel.pages.used, pages.size + piped, 'mapped and in pipes')
  equal('leak', caches.task_struct.active_objs, all.length, 'tasks')
  equal('leak', caches.pid.active_objs, all.length, 'pids')
  equal('leak', caches.mm_struct.active_objs, mms.size, 'address spaces')
  equal('leak', caches.files_struct.active_objs, tables.size, 'file tables')
  equal('leak', caches.fs_struct.active_objs, fss.size, 'fs_structs')
  equal('leak', caches.filp.active_objs, files.size + opening, 'files')
  const cached = slab.caches.reduce((sum, cache) => sum + cache.active_objs, 0)
  // A checkpoint or restart that sleeps has its context and some records besides.
  const underWay = count(alive, (t) => t.kstack !== null && [244, 245].includes(calls.get(t)?.nr ?? 0))
  const extra = slab.active - cached - all.length - 1 - names.size
  holds('leak', extra >= underWay && extra <= 4 * underWay, `${extra} pieces of memory that nobody has`)
  return files
}
