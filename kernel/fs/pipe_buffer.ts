import type { Mem } from '../types.ts'

/** What a pipe holds: pages, its own or lent ones. include/linux/pipe_fs_i.h */

export interface pipe_buffer {
  readonly page: Mem
  offset: number
  len: number
  /** A write may go on in the page: PIPE_BUF_FLAG_CAN_MERGE. */
  merge: boolean
  /** Whose page it is; null for the pipe's own. */
  readonly owner: page_owner | null
}

/** Who lends pages to pipes: each get_page() is made up for by a put_page(). */
export interface page_owner {
  get_page(page: Mem): void
  put_page(page: Mem): void
}

/** Nobody, of a page that needs no keeping. */
export const no_owner: page_owner = { get_page: () => undefined, put_page: () => undefined }
