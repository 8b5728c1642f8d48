import {
  CHECKPOINT_MAGIC_HEAD,
  CHECKPOINT_MAGIC_TAIL,
  CHECKPOINT_VERSION,
  CKPT_HDR_BUFFER,
  CKPT_HDR_HEADER,
  CKPT_HDR_STRING,
  CKPT_HDR_TAIL,
  CKPT_HDR_TASK,
  RECORDS,
  ckpt_hdr,
  ckpt_hdr_header,
  ckpt_hdr_tail,
  ckpt_hdr_task,
} from '../kernel/checkpoint/checkpoint_hdr.ts'

/** Why restart(2) would refuse an image. */
export interface Refusal {
  /** Of the byte that it stumbles over, from the start of the image; the image's length where it ends too soon. */
  readonly offset: number
  readonly errno: 'EINVAL' | 'EPIPE'
  /** The function of the patch that refuses. */
  readonly where: string
  readonly why: string
}

/** What restart(2) would make of an image: why it refuses, or where it stops reading. */
export type Verdict = { readonly refusal: Refusal } | { readonly refusal: null; readonly end: number }

/** A kernel that an image has to be of. */
export type Version = readonly [major: number, minor: number, patch: number]

/**
 * Go through an image as do_restart() does, in its order, and say what it would refuse first. This is the
 * reader written once more, without a machine; a test holds the two against each other.
 */
export function checkImage(image: Uint8Array, version: Version = [2, 6, 31]): Verdict {
  const dv = new DataView(image.buffer, image.byteOffset, image.byteLength)
  let at = 0
  try {
    at = record(dv, at, CKPT_HDR_HEADER, ckpt_hdr_header.sizeof, 'ckpt_read_obj', 'ckpt_read_obj_type')
    header(dv, version)
    for (let i = 0; i < 3; i++)
      at = record(dv, at, CKPT_HDR_BUFFER, ckpt_hdr.sizeof + UTS_LEN, '_ckpt_read_obj', '_ckpt_read_obj_type')
    at = record(dv, at, CKPT_HDR_TASK, ckpt_hdr_task.sizeof, 'ckpt_read_obj', 'ckpt_read_obj_type')
    at = record(dv, at, CKPT_HDR_STRING, ckpt_hdr.sizeof + TASK_COMM_LEN, '_ckpt_read_obj', '_ckpt_read_obj_type')
    const tail = at
    at = record(dv, at, CKPT_HDR_TAIL, ckpt_hdr_tail.sizeof, 'ckpt_read_obj', 'ckpt_read_obj_type')
    if (new ckpt_hdr_tail(dv, tail).magic !== CHECKPOINT_MAGIC_TAIL)
      refuse(tail + 8, 'restore_read_tail', `the magic of the end is not 0x${CHECKPOINT_MAGIC_TAIL.toString(16)}`)
    return { refusal: null, end: at }
  } catch (error) {
    if (error instanceof Refused) return { refusal: error.refusal }
    throw error
  }
}

const UTS_LEN = 65
const TASK_COMM_LEN = 16

class Refused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.why)
    this.refusal = refusal
  }
}

function refuse(offset: number, where: string, why: string, errno: Refusal['errno'] = 'EINVAL'): never {
  throw new Refused({ offset, errno, where, why })
}

/** A record of `type` and `len` at `at`: where the next one begins. Its type is looked at last. */
function record(dv: DataView, at: number, type: number, len: number, lengthBy: string, typeBy: string): number {
  const wanted = RECORDS.get(type)?.name ?? String(type)
  const left = dv.byteLength - at
  if (left < ckpt_hdr.sizeof) {
    const why =
      left === 0 ? `the image ends where a ${wanted} record was to be` : 'the image ends inside a record header'
    refuse(dv.byteLength, '_ckpt_kread', why, 'EPIPE')
  }
  const h = new ckpt_hdr(dv, at)
  const found = RECORDS.get(h.type)?.name
  if (h.len !== len) {
    const told = h.type === type ? '' : ` (its type is ${h.type}${found === undefined ? '' : `, ${found}`})`
    refuse(at + 4, lengthBy, `a ${wanted} record is ${len} bytes long, this one says ${h.len}${told}`)
  }
  if (left < len) refuse(dv.byteLength, '_ckpt_kread', `the image ends inside a ${wanted} record`, 'EPIPE')
  if (h.type !== type)
    refuse(
      at,
      typeBy,
      `a ${wanted} record (type ${type}) was to be here, this is type ${h.type}${found === undefined ? '' : `, ${found}`}`,
    )
  return at + len
}

function header(dv: DataView, [major, minor, patch]: Version): void {
  const h = new ckpt_hdr_header(dv, 0)
  const by = 'restore_read_header'
  if (h.magic !== CHECKPOINT_MAGIC_HEAD) refuse(8, by, `the magic is not 0x${CHECKPOINT_MAGIC_HEAD.toString(16)}`)
  if (h.rev !== CHECKPOINT_VERSION)
    refuse(24, by, `revision ${h.rev} of the format, and the kernel knows ${CHECKPOINT_VERSION}`)
  const made = [h.major, h.minor, h.patch]
  const other = made.findIndex((part, i) => part !== [major, minor, patch][i])
  if (other >= 0) refuse(18 + 2 * other, by, `made by Linux ${made.join('.')}, and this is ${major}.${minor}.${patch}`)
  if (h.uflags !== 0n) refuse(48, by, `flags 0x${h.uflags.toString(16)}, and none is known`)
  const { constants } = h
  const sizes: readonly (readonly [string, number, number])[] = [
    ['task_comm_len', constants.task_comm_len, TASK_COMM_LEN],
    ['uts_release_len', constants.uts_release_len, UTS_LEN],
    ['uts_version_len', constants.uts_version_len, UTS_LEN],
    ['uts_machine_len', constants.uts_machine_len, UTS_LEN],
  ]
  sizes.forEach(([name, value, wanted], i) => {
    if (value !== wanted) refuse(32 + 2 * i, 'check_kernel_const', `${name} is ${value}, and the kernel's is ${wanted}`)
  })
}
