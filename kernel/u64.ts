/**
 * A u64 in memory, little endian, as a bigint. DataView's own accessors are calls, and the one that reads
 * allocates; most of what the kernel keeps in 64 bits, flags and tids, is 0 and needs neither.
 */

export function getU64(dv: DataView, off: number): bigint {
  if (dv.getInt32(off, true) === 0 && dv.getInt32(off + 4, true) === 0) return 0n
  return dv.getBigUint64(off, true)
}

export function setU64(dv: DataView, off: number, value: bigint): void {
  if (value) dv.setBigUint64(off, value, true)
  else dv.setFloat64(off, 0, true)
}

/** The same as a number, signed, which is exact up to 2^53. */
export function getLong(dv: DataView, off: number): number {
  return dv.getInt32(off + 4, true) * 2 ** 32 + dv.getUint32(off, true)
}

export function setLong(dv: DataView, off: number, value: number): void {
  dv.setInt32(off, value, true)
  dv.setInt32(off + 4, value === (value | 0) ? value >> 31 : Math.floor(value / 2 ** 32), true)
}
