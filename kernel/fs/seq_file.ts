import type { ByteString } from '../types.ts'
import { EFAULT, EINVAL } from '../errno.ts'
import { memOf } from '../mm/mem.ts'
import { PAGE_SIZE } from '../mm/mm.ts'
import { __copy_to_user } from '../mm/uaccess.ts'
import { bytesOf } from '../utf8.ts'
import { FMODE_PWRITE, type file, type file_operations } from './file.ts'
import { SEEK_CUR, SEEK_SET } from './read_write.ts'

/**
 * Files whose text is made as it is read, a record at a time: fs/seq_file.c. A read hands out what is left of
 * the records made last, then whole records as long as they fit into a page; one at the start, or at a place
 * where the last one did not end, begins anew with the first record.
 */

/** Record number `index` as it is now: '' to pass over it, null behind the last one, or a negative errno. */
export type seq_show = (m: seq_file, index: number) => ByteString | null | number

/** What one open file keeps. */
export class seq_file {
  readonly file: file
  /** Belongs to who shows. */
  private: unknown = null
  text: ByteString = ''
  from = 0
  index = 0
  read_pos = 0

  constructor(file: file) {
    this.file = file
  }

  /** Begin anew, and go on to `offset`: 0 or a negative errno. fs/seq_file.c:traverse(). */
  traverse(show: seq_show, offset: number): number {
    this.index = this.from = 0
    this.text = ''
    for (let pos = 0; pos < offset; this.index++) {
      const record = show(this, this.index)
      if (record === null) break
      if (typeof record === 'number') return record
      if (pos + record.length > offset) {
        this.text = record
        this.from = offset - pos
        this.index++
        return 0
      }
      pos += record.length
    }
    return 0
  }

  /** Make records for a read of `count` bytes: 0 or a negative errno where not even one could be made. */
  fill(show: seq_show, count: number): number {
    this.text = ''
    this.from = 0
    while (this.text.length < count || this.text === '') {
      const record = show(this, this.index)
      if (record === null) return 0
      if (typeof record === 'number') return this.text === '' ? record : 0
      if (this.text !== '' && this.text.length + record.length > PAGE_SIZE) return 0
      this.text += record
      this.index++
    }
    return 0
  }
}

/** Operations of a file that `show` makes the text of. `more` are its others; an open of its own comes first. */
export function seq_fops(show: seq_show, more: Partial<file_operations> = {}): file_operations {
  return {
    ...more,

    open(inode, file) {
      file.private_data = new seq_file(file)
      // Its text is made anew from the start: nothing has a place in it.
      file.f_mode &= ~FMODE_PWRITE
      return more.open?.(inode, file) ?? 0
    },

    read(file, buf, count, pos) {
      const m = seqOf(file)
      if (count === 0) return 0
      if (pos.pos === 0) void m.traverse(show, 0)
      else if (pos.pos !== m.read_pos) {
        const err = m.traverse(show, pos.pos)
        if (err < 0) {
          m.read_pos = 0
          return err
        }
      }
      if (pos.pos !== m.read_pos) m.read_pos = pos.pos
      let done = 0
      let err = 0
      // First what is left, then what is new.
      for (let fresh = false; ; fresh = true) {
        if (fresh) {
          if (done === count) break
          err = m.fill(show, count - done)
        }
        const n = Math.min(m.text.length - m.from, count - done)
        const left = n === 0 ? 0 : __copy_to_user((buf + done) as typeof buf, memOf(bytesOf(m.text)), m.from, n)
        m.from += n - left
        done += n - left
        if (left > 0) err = -EFAULT
        if (fresh || left > 0 || m.from < m.text.length) break
      }
      if (done === 0) return err
      pos.pos += done
      m.read_pos += done
      return done
    },

    llseek(file, offset, whence) {
      const m = seqOf(file)
      if (whence !== SEEK_SET && whence !== SEEK_CUR) return -EINVAL
      const pos = whence === SEEK_CUR ? file.f_pos + offset : offset
      if (pos < 0) return -EINVAL
      const err = pos === m.read_pos ? 0 : m.traverse(show, pos)
      if (err < 0) {
        m.read_pos = file.f_pos = 0
        return err
      }
      m.read_pos = pos
      return (file.f_pos = pos)
    },
  }
}

/** The same where all the text is one record. fs/seq_file.c:single_open(). */
export function single_fops(
  show: (file: file) => ByteString | number,
  more: Partial<file_operations> = {},
): file_operations {
  return seq_fops((m, index) => (index === 0 ? show(m.file) : null), more)
}

export function seqOf(file: file): seq_file {
  return file.private_data as seq_file
}
