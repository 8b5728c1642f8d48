import type { ByteString, MaySleep, Sleeps, UserPtr } from './types.ts'
import type { Kernel } from './kernel.ts'
import { EFAULT, EINVAL, EPERM } from './errno.ts'
import { memOf } from './mm/mem.ts'
import { access_ok, copy_to_user } from './mm/uaccess.ts'
import { formatLogLine } from './printk.ts'
import { current } from './sched/current.ts'
import { wait_event_interruptible } from './sched/wait.ts'
import { capable } from './task/cred.ts'
import { bytesOf } from './utf8.ts'

/** syslog(2), by which dmesg(1) and a daemon read the log and say what is to be seen of it: kernel/printk/printk.c. */

const SYSLOG_ACTION_CLOSE = 0
const SYSLOG_ACTION_OPEN = 1
const SYSLOG_ACTION_READ = 2
const SYSLOG_ACTION_READ_ALL = 3
const SYSLOG_ACTION_READ_CLEAR = 4
const SYSLOG_ACTION_CLEAR = 5
const SYSLOG_ACTION_CONSOLE_OFF = 6
const SYSLOG_ACTION_CONSOLE_ON = 7
const SYSLOG_ACTION_CONSOLE_LEVEL = 8
const SYSLOG_ACTION_SIZE_UNREAD = 9
const SYSLOG_ACTION_SIZE_BUFFER = 10

/** The least that is to be seen: what the machine says before it stops. */
const MINIMUM_CONSOLE_LOGLEVEL = 1
const LAST_LEVEL = 8
/** What a line may take in the log. */
const LINE_MAX = 1024

/** Bytes, 0, or -EINVAL, -EPERM, -EFAULT, -ERESTARTSYS. Only to look at all of it is for everybody. */
export function do_syslog(type: number, buf: UserPtr, len: number): MaySleep<number> {
  const { kernel, cred } = current
  const anybody = type === SYSLOG_ACTION_READ_ALL || type === SYSLOG_ACTION_SIZE_BUFFER
  if (!anybody && !capable(cred)) return -EPERM
  switch (type) {
    case SYSLOG_ACTION_CLOSE:
    case SYSLOG_ACTION_OPEN:
      return 0
    case SYSLOG_ACTION_READ:
      return readable(buf, len) ?? read(kernel, buf, len)
    case SYSLOG_ACTION_READ_ALL:
    case SYSLOG_ACTION_READ_CLEAR:
      return readable(buf, len) ?? read_all(kernel, buf, len, type === SYSLOG_ACTION_READ_CLEAR)
    case SYSLOG_ACTION_CLEAR:
      kernel.syslog.clear_seq = kernel.log.end
      return 0
    case SYSLOG_ACTION_SIZE_UNREAD:
      return unread(kernel)
    case SYSLOG_ACTION_SIZE_BUFFER:
      return kernel.log.size * LINE_MAX
  }
  return set_console(kernel, type, len)
}

/** Null for a place to read to; else what the call returns. */
function readable(buf: UserPtr, len: number): number | null {
  if (buf === 0 || len < 0) return -EINVAL
  if (len === 0) return 0
  return access_ok(buf, len) ? null : -EFAULT
}

/** `<4>[    0.000000] text` */
function shown(kernel: Kernel, seq: number): ByteString {
  const line = kernel.log.line(seq)
  return line === null ? '' : `<${line.level}>${formatLogLine(line)}\n`
}

/** What the ring has dropped cannot be read. */
function catch_up({ syslog, log }: Kernel): void {
  if (syslog.seq >= log.dropped) return
  syslog.seq = log.dropped
  syslog.partial = 0
}

function* read(kernel: Kernel, buf: UserPtr, len: number): Sleeps<number> {
  const { syslog, log, log_wait } = kernel
  const err = yield* wait_event_interruptible(log_wait, () => syslog.seq < log.end)
  if (err < 0) return err
  let done = 0
  while (done < len && syslog.seq < log.end) {
    catch_up(kernel)
    const rest = shown(kernel, syslog.seq).slice(syslog.partial)
    // Only a line that no buffer would be long enough for is taken in pieces.
    if (rest.length > len - done && done > 0) break
    const piece = rest.slice(0, len - done)
    if (piece.length === rest.length) {
      syslog.seq++
      syslog.partial = 0
    } else syslog.partial += piece.length
    if (!put(buf, done, piece)) return done > 0 ? done : -EFAULT
    done += piece.length
  }
  return done
}

/** The last lines that fit, from where the log was cleared on. */
function read_all(kernel: Kernel, buf: UserPtr, len: number, clear: boolean): number {
  const { syslog, log } = kernel
  const { end } = log
  let seq = end
  let size = 0
  for (const first = Math.max(syslog.clear_seq, log.dropped); seq > first; seq--) {
    size += shown(kernel, seq - 1).length
    if (size > len) break
  }
  let done = 0
  for (; seq < end; seq++) {
    const text = shown(kernel, seq)
    if (!put(buf, done, text)) return -EFAULT
    done += text.length
  }
  if (clear) syslog.clear_seq = end
  return done
}

function put(buf: UserPtr, off: number, text: ByteString): boolean {
  return copy_to_user((buf + off) as UserPtr, memOf(bytesOf(text)), 0, text.length) === 0
}

/** Bytes that SYSLOG_ACTION_READ has not given yet. */
function unread(kernel: Kernel): number {
  const { syslog, log } = kernel
  catch_up(kernel)
  let n = 0
  for (let seq = syslog.seq; seq < log.end; seq++) n += shown(kernel, seq).length
  return n - syslog.partial
}

/** What is to come to the console. */
function set_console({ syslog, log }: Kernel, type: number, len: number): number {
  switch (type) {
    case SYSLOG_ACTION_CONSOLE_OFF:
      syslog.saved_console_loglevel ??= log.console_loglevel
      log.console_loglevel = MINIMUM_CONSOLE_LOGLEVEL
      return 0
    case SYSLOG_ACTION_CONSOLE_ON:
      log.console_loglevel = syslog.saved_console_loglevel ?? log.console_loglevel
      syslog.saved_console_loglevel = null
      return 0
    case SYSLOG_ACTION_CONSOLE_LEVEL:
      if (len < 1 || len > LAST_LEVEL) return -EINVAL
      log.console_loglevel = Math.max(len, MINIMUM_CONSOLE_LOGLEVEL)
      syslog.saved_console_loglevel = null
      return 0
  }
  return -EINVAL
}
