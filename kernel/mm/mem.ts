import type { Mem } from '../types.ts'

/** Up to here a loop over words beats the engine's own copy, which costs a call and a view object. */
const WORDWISE_MAX = 160
const INT_MAX = 0x7fffffff

export function allocMem(size: number): Mem {
  return memOf(new Uint8Array(size))
}

/** Both views on bytes that exist already. */
export function memOf(u8: Uint8Array): Mem {
  return { u8, dv: new DataView(u8.buffer, u8.byteOffset, u8.byteLength) }
}

/** memcpy(). The ranges must lie within their memory; they may not overlap. */
export function memcpy(to: Mem, toOff: number, from: Mem, fromOff: number, n: number): void {
  // As much as a pipe mostly carries that is only to wake somebody.
  if (n === 1) to.u8[toOff] = from.u8[fromOff]
  else if (n < 4) {
    for (let i = 0; i < n; i++) to.u8[toOff + i] = from.u8[fromOff + i]
  } else memcpy_words(to, toOff, from, fromOff, n)
}

function memcpy_words(to: Mem, toOff: number, from: Mem, fromOff: number, n: number): void {
  if (n > WORDWISE_MAX || toOff + n > INT_MAX || fromOff + n > INT_MAX) {
    to.u8.set(from.u8.subarray(fromOff, fromOff + n), toOff)
    return
  }
  const d = to.dv
  const s = from.dv
  // That each sum is an int is known by now; `| 0` tells the engine, which would test every one.
  let t = toOff | 0
  let f = fromOff | 0
  const end = (t + n) | 0
  for (; t <= ((end - 16) | 0); t = (t + 16) | 0, f = (f + 16) | 0) {
    d.setUint32(t, s.getUint32(f, true), true)
    d.setUint32((t + 4) | 0, s.getUint32((f + 4) | 0, true), true)
    d.setUint32((t + 8) | 0, s.getUint32((f + 8) | 0, true), true)
    d.setUint32((t + 12) | 0, s.getUint32((f + 12) | 0, true), true)
  }
  for (; t <= ((end - 4) | 0); t = (t + 4) | 0, f = (f + 4) | 0) d.setUint32(t, s.getUint32(f, true), true)
  for (; t < end; t = (t + 1) | 0, f = (f + 1) | 0) d.setUint8(t, s.getUint8(f))
}

/** Zero `n` bytes, a multiple of 8. Eight at a time: 0 is the one double whose bytes are the same everywhere. */
export function clear(m: Mem, off: number, n: number): void {
  if (n > WORDWISE_MAX) {
    m.u8.fill(0, off, off + n)
    return
  }
  for (const end = off + n; off < end; off += 8) m.dv.setFloat64(off, 0, true)
}

/** memset(). */
export function memset(m: Mem, off: number, value: number, n: number): void {
  m.u8.fill(value, off, off + n)
}
