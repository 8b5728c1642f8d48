import type { ByteString } from '../../types.ts'
import type { task_struct } from '../../task/task.ts'
import type { mm_struct } from '../../mm/mm.ts'
import type { pid } from '../../task/pid.ts'
import { PAGE_SIZE } from '../../mm/mm.ts'
import type { cred } from '../../task/cred.ts'
import { RLIMIT_SIGPENDING } from '../../task/rlimit.ts'
import { collect_sigign_sigcatch, ppid_of, task_state } from './array.ts'
import type { proc_fs } from './inode.ts'
import { sizes } from './task_mmu.ts'

/** A task as a person reads it: fs/proc/array.c:proc_pid_status(). */

const STATES: Readonly<Record<string, string>> = {
  R: 'running',
  S: 'sleeping',
  D: 'disk sleep',
  T: 'stopped',
  Z: 'zombie',
  X: 'dead',
}

export function proc_pid_status(t: task_struct, fs: proc_fs): ByteString {
  const state = task_state(t)
  const alive = t.exit_state === 0
  const { uid, euid, suid, fsuid, gid, egid, sgid, fsgid, groups } = t.cred
  const { leader } = t.group
  const lines: [name: string, value: string | number][] = [
    ['Name', escape(t.commString())],
    ...(alive ? [['Umask', t.fs.umask.toString(8).padStart(4, '0')] satisfies [string, string]] : []),
    ['State', `${state} (${STATES[state]})`],
    ['Tgid', fs.nr(leader.thread_pid)],
    ['Ngid', 0],
    ['Pid', fs.nr(t.thread_pid)],
    ['PPid', ppid_of(t, fs)],
    ['TracerPid', 0],
    ['Uid', [uid, euid, suid, fsuid].join('\t')],
    ['Gid', [gid, egid, sgid, fsgid].join('\t')],
    ['FDSize', fdSize(t)],
    ['Groups', `${groups.join(' ')} `],
    ['NStgid', inEach(leader.thread_pid, fs)],
    ['NSpid', inEach(t.thread_pid, fs)],
    ['NSpgid', inEachOf(t.group.pgrp, t, fs)],
    ['NSsid', inEachOf(t.group.session, t, fs)],
    ['Kthread', t.mm === null && alive ? 1 : 0],
    ...(t.mm === null ? [] : memory(t.mm)),
    ['Threads', t.group.tasks.length],
    ...signals(t),
    ...capabilities(t.cred),
    ['NoNewPrivs', 0],
    ['Seccomp', 0],
    ['Seccomp_filters', 0],
    ['Cpus_allowed', 1],
    ['Cpus_allowed_list', 0],
    ['Mems_allowed', 1],
    ['Mems_allowed_list', 0],
    ['voluntary_ctxt_switches', t.nvcsw],
    ['nonvoluntary_ctxt_switches', t.nivcsw],
  ]
  return lines.map(([name, value]) => `${name}:\t${value}\n`).join('')
}

/** A name on one line, whatever is in it. */
function escape(name: ByteString): ByteString {
  return name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

/** Places in the table of descriptors, of which there are 64, or a power of two. */
function fdSize(t: task_struct): number {
  if (t.files === null) return 0
  let size = 64
  while (size < t.files.fd.length) size *= 2
  return size
}

/** The id in the namespace of `fs`, and in those below it that the process is in. */
function inEach(pid: pid, fs: proc_fs): ByteString {
  return pid.numbers.slice(fs.pid_ns.level).join('\t')
}

function inEachOf(nr: number, t: task_struct, fs: proc_fs): ByteString {
  const pid = t.kernel.pid_ns.pid_map.get(nr)
  return pid === undefined ? String(fs.vnr(nr)) : inEach(pid, fs)
}

function memory(mm: mm_struct): [string, string | number][] {
  const { total, data, stack } = sizes(mm)
  const kB = (pages: number): string => `${String((pages * PAGE_SIZE) / 1024).padStart(8)} kB`
  return [
    ['VmPeak', kB(total)],
    ['VmSize', kB(total)],
    ['VmLck', kB(0)],
    ['VmPin', kB(0)],
    ['VmHWM', kB(mm.hiwater_rss)],
    ['VmRSS', kB(mm.rss)],
    ['RssAnon', kB(mm.rss)],
    ['RssFile', kB(0)],
    ['RssShmem', kB(0)],
    ['VmData', kB(data)],
    ['VmStk', kB(stack)],
    ['VmExe', kB(0)],
    ['VmLib', kB(0)],
    ['VmPTE', kB(0)],
    ['VmSwap', kB(0)],
    ['CoreDumping', 0],
    ['THP_enabled', 0],
  ]
}

function signals(t: task_struct): [string, string][] {
  const queued = t.group.rlim.pairs[RLIMIT_SIGPENDING].rlim_cur
  const { ignored, caught } = collect_sigign_sigcatch(t)
  const hex = (set: bigint): string => set.toString(16).padStart(16, '0')
  return [
    ['SigQ', `${t.user.sigpending}/${queued}`],
    ['SigPnd', hex(t.pending.signal)],
    ['ShdPnd', hex(t.group.shared_pending.signal)],
    ['SigBlk', hex(t.blocked)],
    ['SigIgn', hex(ignored)],
    ['SigCgt', hex(caught)],
  ]
}

function capabilities(c: cred): [string, string][] {
  const hex = (set: bigint): string => set.toString(16).padStart(16, '0')
  return [
    ['CapInh', hex(c.cap_inheritable)],
    ['CapPrm', hex(c.cap_permitted)],
    ['CapEff', hex(c.cap_effective)],
    ['CapBnd', hex(c.cap_bset)],
    ['CapAmb', hex(0n)],
  ]
}
