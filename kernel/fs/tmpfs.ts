import type { ByteString } from '../types.ts'
import type { Kernel } from '../kernel.ts'
import type { dentry } from './dentry.ts'
import type { inode } from './inode.ts'
import type { file_system_type } from './namespace.ts'
import { EINVAL } from '../errno.ts'
import { PAGE_SIZE } from '../mm/mm.ts'
import { Ramfs } from './ramfs.ts'

/** Ramfs as mount(2) makes it: with a size and an owner, as tmpfs, or without a size. mm/shmem.c, fs/ramfs/inode.c. */

interface Options {
  /** Bytes; null for as many as there are. */
  size: number | null
  /** Names there may be; Infinity for as many as there is memory for, null where nothing is said. */
  inodes: number | null
  mode: number | null
  uid: number
  gid: number
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }

export const tmpfs_fs_type: file_system_type = {
  name: 'tmpfs',
  mount(kernel, data) {
    const options = parse(kernel, data, false)
    if (typeof options === 'number') return options
    // Half of what there is, where nothing is said.
    const fs = new Ramfs(kernel, options.size ?? Math.floor(kernel.mem / 2), 'tmpfs')
    own(fs, options, 0o1777)
    const usual = Math.floor(kernel.mem / 2 / PAGE_SIZE)
    fs.max_inodes = options.inodes ?? usual
    fs.sb.show_options = () => {
      const size = options.size === null ? '' : `,size=${fs.limit >> 10}k`
      const max = fs.max_inodes === Infinity ? 0 : fs.max_inodes
      return size + (max === usual ? '' : `,nr_inodes=${max}`) + shown(options, 0o1777)
    }
    fs.sb.reconfigure = (data) => {
      const change = parse(kernel, data, false)
      if (typeof change === 'number') return change
      const { size, inodes } = change
      if (size !== null && size < fs.used) return -EINVAL
      // What has had no limit gets none later.
      const late = fs.max_inodes === Infinity && inodes !== Infinity
      if (inodes !== null && (late || inodes < fs.used_inodes)) return -EINVAL
      if (size !== null) fs.limit = options.size = size
      fs.max_inodes = inodes ?? fs.max_inodes
      return 0
    }
    return fs.root
  },
}

export const ramfs_fs_type: file_system_type = {
  name: 'ramfs',
  mount(kernel, data) {
    const options = parse(kernel, data, true)
    if (typeof options === 'number') return options
    const fs = new Ramfs(kernel, kernel.mem, 'ramfs')
    own(fs, { ...options, uid: 0, gid: 0 }, 0o755)
    fs.sb.show_options = () => (options.mode === null ? '' : `,mode=${options.mode.toString(8)}`)
    return fs.root
  },
}

function own(fs: Ramfs, { mode, uid, gid }: Options, usual: number): dentry {
  const i = fs.root.d_inode as inode
  i.i_mode = (i.i_mode & ~0o7777) | (mode ?? usual)
  i.i_uid = uid
  i.i_gid = gid
  return fs.root
}

function shown({ mode, uid, gid }: Options, usual: number): ByteString {
  const modeShown = mode === null || mode === usual ? '' : `,mode=${mode.toString(8).padStart(3, '0')}`
  return `${modeShown}${uid === 0 ? '' : `,uid=${uid}`}${gid === 0 ? '' : `,gid=${gid}`}`
}

/** `size=64k,mode=700`; -EINVAL for what is no option, which with `lax` is passed over. */
function parse(kernel: Kernel, data: ByteString, lax: boolean): Options | number {
  const options: Options = { size: null, inodes: null, mode: null, uid: 0, gid: 0 }
  for (const option of data.split(',').filter((o) => o !== '')) {
    const eq = option.indexOf('=')
    const name = eq < 0 ? option : option.slice(0, eq)
    const value = eq < 0 ? '' : option.slice(eq + 1)
    if (name === 'mode' && /^[0-7]+$/.test(value)) options.mode = parseInt(value, 8) & 0o7777
    else if (lax) continue
    else if (name === 'size' && sizeOf(kernel, value) >= 0) options.size = sizeOf(kernel, value)
    else if (name === 'nr_inodes' && /^\d+[kmgt]?$/i.test(value)) options.inodes = numberOf(value) || Infinity
    else if ((name === 'uid' || name === 'gid') && /^\d+$/.test(value)) options[name] = Number(value)
    else return -EINVAL
  }
  return options
}

/** Digits and maybe a unit. */
function numberOf(text: ByteString): number {
  return parseInt(text, 10) * UNITS[text.replace(/^\d+/, '').toLowerCase()]
}

/** Whole pages; -1 for what is no size. A percentage is one of the machine's memory. */
function sizeOf(kernel: Kernel, text: ByteString): number {
  const [, digits, unit] = /^(\d+)([kmgt%]?)$/i.exec(text) ?? []
  if (digits === undefined) return -1
  const bytes = unit === '%' ? (kernel.mem * Number(digits)) / 100 : numberOf(text)
  // As in Linux, 0 stands for no limit but what there is.
  return bytes === 0 ? kernel.mem : Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE
}
