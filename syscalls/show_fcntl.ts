import type { UserPtr, Word } from '../kernel/types.ts'
import type { task_struct } from '../kernel/task/task.ts'
import {
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_GETFD,
  F_GETFL,
  F_GETLK,
  F_GETPIPE_SZ,
  F_OFD_GETLK,
  F_OFD_SETLK,
  F_OFD_SETLKW,
  F_SETFD,
  F_SETFL,
  F_SETLK,
  F_SETLKW,
  F_SETPIPE_SZ,
} from '../kernel/fs/fcntl.ts'
import { flock } from '../kernel/fs/uapi.ts'
import { flags, hex, oneOf, peek, ptr, toInt, toLong, type ArgType } from './args.ts'
import { open_flags, whence } from './show.ts'

/** What fcntl(2) and its kin are asked, as strace(1) shows it. */

export const fcntl_cmd = oneOf('F_', {
  [F_DUPFD]: 'F_DUPFD',
  [F_GETFD]: 'F_GETFD',
  [F_SETFD]: 'F_SETFD',
  [F_GETFL]: 'F_GETFL',
  [F_SETFL]: 'F_SETFL',
  [F_GETLK]: 'F_GETLK',
  [F_SETLK]: 'F_SETLK',
  [F_SETLKW]: 'F_SETLKW',
  [F_OFD_GETLK]: 'F_OFD_GETLK',
  [F_OFD_SETLK]: 'F_OFD_SETLK',
  [F_OFD_SETLKW]: 'F_OFD_SETLKW',
  [F_DUPFD_CLOEXEC]: 'F_DUPFD_CLOEXEC',
  [F_SETPIPE_SZ]: 'F_SETPIPE_SZ',
  [F_GETPIPE_SZ]: 'F_GETPIPE_SZ',
})

const fd_flags = flags([[1, 'FD_CLOEXEC']])
const lock_type = oneOf('F_', { 0: 'F_RDLCK', 1: 'F_WRLCK', 2: 'F_UNLCK' })
const NUMBERS = [F_DUPFD, F_DUPFD_CLOEXEC, F_SETPIPE_SZ]
const GETS = [F_GETFD, F_GETFL, F_GETPIPE_SZ]
const GETLKS = [F_GETLK, F_OFD_GETLK]
const SETLKS = [F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW]

/** By the command before it. */
export const fcntl_arg: ArgType<UserPtr> = {
  ...ptr,
  out: true,
  show(word, t, ret, args) {
    const cmd = toInt(args[1])
    if (NUMBERS.includes(cmd)) return String(toInt(word))
    if (GETS.includes(cmd)) return null
    if (cmd === F_SETFD) return fd_flags.show(word, t, ret, args)
    if (cmd === F_SETFL) return open_flags.show(word, t, ret, args)
    if (SETLKS.includes(cmd)) return showLock(t, word, false) ?? ptr.show(word, t, ret, args)
    if (GETLKS.includes(cmd)) return (ret === 0 ? showLock(t, word, true) : null) ?? ptr.show(word, t, ret, args)
    return toLong(word) === 0 ? '0' : hex(word)
  },
}

function showLock(t: task_struct, word: number | bigint, withPid: boolean): string | null {
  const bytes = peek(t, toLong(word), flock.sizeof)
  if (bytes?.length !== flock.sizeof) return null
  const l = new flock(new DataView(bytes.buffer), 0)
  const place = [lock_type.show(l.l_type, t, 0, []), whence.show(l.l_whence, t, 0, [])]
  const range = `l_start=${BigInt.asIntN(64, l.l_start)}, l_len=${BigInt.asIntN(64, l.l_len)}`
  return `{l_type=${place[0]}, l_whence=${place[1]}, ${range}${withPid ? `, l_pid=${l.l_pid}` : ''}}`
}

export const flock_cmd = flags([
  [1, 'LOCK_SH'],
  [2, 'LOCK_EX'],
  [4, 'LOCK_NB'],
  [8, 'LOCK_UN'],
  [32, 'LOCK_MAND'],
])

export const sync_file_range_flags = flags([
  [1, 'SYNC_FILE_RANGE_WAIT_BEFORE'],
  [2, 'SYNC_FILE_RANGE_WRITE'],
  [4, 'SYNC_FILE_RANGE_WAIT_AFTER'],
])

/** What came of it: flags by their names. */
export function fcntl_ret(ret: number, args: readonly Word[], t: task_struct): string {
  const cmd = toInt(args[1])
  const type = cmd === F_GETFD && ret !== 0 ? fd_flags : cmd === F_GETFL ? open_flags : null
  return type === null ? String(ret) : `${hex(ret)} (flags ${type.show(ret, t, ret, args) ?? ''})`
}
