import type { ByteString } from '../types.ts'
import type { file, file_operations, filldir } from './file.ts'
import { EINVAL, EISDIR } from '../errno.ts'
import type { inode } from './inode.ts'
import { noop_fsync } from './sync.ts'
import { MAX_LFS_FILESIZE, SEEK_CUR, SEEK_SET } from './read_write.ts'

/**
 * Where names stand in a directory that is nowhere but in memory: fs/libfs.c, as tmpfs uses it since 6.6. A name
 * gets the next place, and keeps it; a listing goes from the newest name to the oldest. So one that goes on later
 * misses nothing and shows nothing twice, and ends, whatever comes and goes meanwhile. What is renamed to a name that
 * was there has that one's place, and is the newest all the same.
 */

/** A name in a directory. */
export interface DirEntry {
  readonly name: ByteString
  /** Null: the name is gone. */
  inode: inode | null
  readonly offset: number
}

/** The first place; below are `.`, `..`, and the position of a listing that has shown these. */
const DIR_OFFSET_MIN = 3
/** Position of a listing that has ended. */
const DIR_OFFSET_EOD = 0x7fffffff
/** Names that are gone are kept up to so many, and up to half. */
const GONE_MAX = 16

/** The places of one directory. */
export class offset_ctx {
  /** The oldest first: by place, unless a name was taken over. */
  #entries: DirEntry[] = []
  #by_place = true
  #gone = 0
  #next_offset = DIR_OFFSET_MIN

  /** A new name, behind all others. */
  add(name: ByteString, inode: inode): DirEntry {
    const entry = { name, inode, offset: this.#next_offset++ }
    this.#entries.push(entry)
    return entry
  }

  remove(entry: DirEntry): void {
    entry.inode = null
    if (++this.#gone <= GONE_MAX || this.#gone * 2 < this.#entries.length) return
    this.#entries = this.#entries.filter((e) => e.inode !== null)
    this.#gone = 0
  }

  /** A name that was taken away has come back, to what is another inode maybe. */
  again({ name, offset }: DirEntry, inode: inode): DirEntry {
    const entry = { name, inode, offset }
    const i = this.#entries.findIndex((e) => e.offset === offset)
    if (i >= 0) {
      this.#entries.splice(i, 1)
      this.#gone--
    }
    const last = this.#entries.at(-1)
    if (last !== undefined && last.offset > offset) this.#by_place = false
    this.#entries.push(entry)
    return entry
  }

  get empty(): boolean {
    return this.#gone === this.#entries.length
  }

  /** Hand over what stands at the file's position and behind. fs/libfs.c:offset_readdir(). */
  iterate(file: file, fill: filldir): void {
    const entries = this.#entries
    let i = file.f_pos < DIR_OFFSET_MIN ? -1 : this.#below(this.#floor(file.f_pos))
    // Where nothing is left from the position on, Linux too begins again.
    if (i < 0) i = this.#below(entries.length - 1)
    while (i >= 0) {
      const { name, inode } = entries[i]
      const { i_ino, i_mode } = inode as inode
      const below = this.#below(i - 1)
      const next = below < 0 ? DIR_OFFSET_EOD : entries[below].offset
      file.f_pos = entries[i].offset
      if (!fill(name, i_ino, i_mode >> 12, next)) return
      i = below
    }
    file.f_pos = DIR_OFFSET_EOD
  }

  /** The place where a listing begins. */
  get first(): number {
    const i = this.#below(this.#entries.length - 1)
    return i < 0 ? DIR_OFFSET_EOD : this.#entries[i].offset
  }

  /** The entry at `i`, or the next below that is not gone; -1 where there is none. */
  #below(i: number): number {
    while (i >= 0 && this.#entries[i].inode === null) i--
    return i
  }

  /** The entry with the last place that is not behind `offset`. */
  #floor(offset: number): number {
    return this.#by_place ? this.#search(offset) : this.#scan(offset)
  }

  #scan(offset: number): number {
    let found = -1
    for (const [i, e] of this.#entries.entries()) {
      if (e.inode === null || e.offset > offset) continue
      if (found < 0 || e.offset > this.#entries[found].offset) found = i
    }
    return found
  }

  #search(offset: number): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#entries[middle].offset <= offset) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

/** What can be done with an open directory whose names `ctx_of` has. */
export function simple_offset_dir_operations(ctx_of: (dir: inode) => offset_ctx): file_operations {
  return {
    read_loops: true,
    read: () => -EISDIR,
    fsync: noop_fsync,

    /** Anywhere from the start on. fs/libfs.c:offset_dir_llseek(). */
    llseek(file, offset, whence) {
      if (whence !== SEEK_SET && whence !== SEEK_CUR) return -EINVAL
      const pos = whence === SEEK_CUR ? file.f_pos + offset : offset
      return pos < 0 || pos > MAX_LFS_FILESIZE ? -EINVAL : (file.f_pos = pos)
    },

    iterate(file, fill) {
      const ctx = ctx_of(file.f_inode)
      if (dir_emit_dots(file, fill, ctx.first) && file.f_pos !== DIR_OFFSET_EOD) ctx.iterate(file, fill)
      return 0
    },
  }
}

/** The two names that every directory has; `next` is the place of the one behind. False where they do not fit. */
export function dir_emit_dots(file: file, fill: filldir, next: number): boolean {
  const { d_inode, d_parent } = file.f_dentry
  if (file.f_pos === 0) {
    if (!fill('.', (d_inode as inode).i_ino, DT_DIR, 1)) return false
    file.f_pos = 1
  }
  if (file.f_pos === 1) {
    if (!fill('..', (d_parent.d_inode as inode).i_ino, DT_DIR, next)) return false
    file.f_pos = 2
  }
  return true
}

const DT_DIR = 4
