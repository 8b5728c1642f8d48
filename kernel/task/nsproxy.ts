import type { ByteString, KPtr } from '../types.ts'
import type { Slab } from '../mm/slab.ts'
import type { pid_namespace } from './pid.ts'
import { ENOMEM } from '../errno.ts'
import { bytesOf } from '../utf8.ts'
import { chars, struct, type StructView } from '../struct.ts'
import { NULL, koff } from '../mm/slab.ts'
import { memset } from '../mm/mem.ts'
import { current } from '../sched/current.ts'

/** Longest of the six names, without the zero: include/linux/utsname.h. */
export const __NEW_UTS_LEN = 64

export const new_utsname = struct('new_utsname', {
  sysname: chars(__NEW_UTS_LEN + 1),
  nodename: chars(__NEW_UTS_LEN + 1),
  release: chars(__NEW_UTS_LEN + 1),
  version: chars(__NEW_UTS_LEN + 1),
  machine: chars(__NEW_UTS_LEN + 1),
  domainname: chars(__NEW_UTS_LEN + 1),
})
export type new_utsname = StructView<{ [K in UtsField]: ReturnType<typeof chars> }>
export type UtsField = 'sysname' | 'nodename' | 'release' | 'version' | 'machine' | 'domainname'

/** What uname(2) tells, shared by the tasks of one namespace. Guarded by `uts_sem`. */
export interface uts_namespace {
  count: number
  readonly name: new_utsname
}

/** The namespaces of a task. */
export interface nsproxy {
  readonly uts_ns: uts_namespace
  readonly pid_ns: pid_namespace
}

/** A namespace with these names, or null when there is no memory. */
export function create_uts_ns(slab: Slab, names: Readonly<Record<UtsField, ByteString>>): uts_namespace | null {
  const ptr = slab.kmalloc(new_utsname.sizeof)
  if (ptr === NULL) return null
  const mem = slab.mem(ptr)
  memset(mem, koff(ptr), 0, new_utsname.sizeof)
  const name = new new_utsname(mem.dv, koff(ptr), ptr)
  for (const [field, text] of Object.entries(names)) {
    mem.u8.set(bytesOf(text).subarray(0, __NEW_UTS_LEN + 1), koff(name[field as UtsField]))
  }
  return { count: 1, name }
}

/** A copy for CLONE_NEWUTS, or -ENOMEM. kernel/utsname.c:clone_uts_ns(). */
export function clone_uts_ns(slab: Slab, old: uts_namespace): uts_namespace | number {
  const ptr = slab.kmalloc(new_utsname.sizeof)
  if (ptr === NULL) return -ENOMEM
  const to = slab.mem(ptr)
  const from = koff(old.name.addr)
  to.u8.set(slab.mem(old.name.addr).u8.subarray(from, from + new_utsname.sizeof), koff(ptr))
  return { count: 1, name: new new_utsname(to.dv, koff(ptr), ptr) }
}

export function put_uts_ns(slab: Slab, ns: uts_namespace): void {
  if (--ns.count === 0) slab.kfree(ns.name.addr)
}

/** The names of the current task's machine. Hold `uts_sem` while reading them. */
export function utsname(): new_utsname {
  return current.nsproxy.uts_ns.name
}

/** A string in kernel memory: up to its zero, or `max` bytes. */
export function kernelString(slab: Slab, ptr: KPtr, max: number): ByteString {
  const { u8 } = slab.mem(ptr)
  const start = koff(ptr)
  let text = ''
  for (let i = start; i < start + max && u8[i] !== 0; i++) text += String.fromCharCode(u8[i])
  return text
}
