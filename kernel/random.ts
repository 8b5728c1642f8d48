import type { Mem } from './types.ts'

/**
 * The machine's randomness: what /dev/urandom and getrandom(2) give comes from the seed it was booted with,
 * and from nothing else. xoshiro128** of Blackman and Vigna. It is no secret to anybody who knows the seed.
 */
export class Random {
  readonly #state = new Uint32Array(4)

  constructor(seed: number) {
    // splitmix32 over both halves of the seed, so that no seed gives a state of zeros or one near another's.
    let s = (seed | 0) ^ Math.imul(Math.floor(seed / 2 ** 32) | 0, 0x85ebca6b)
    for (let i = 0; i < 4; i++) {
      s = (s + 0x9e3779b9) | 0
      let z = Math.imul(s ^ (s >>> 16), 0x21f0aaad)
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
      this.#state[i] = z ^ (z >>> 15)
    }
  }

  /** The next 32 bits. */
  next(): number {
    const s = this.#state
    const result = Math.imul(rotl(Math.imul(s[1], 5), 7), 9) >>> 0
    const t = s[1] << 9
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = rotl(s[3], 11)
    return result
  }

  /** Fill the first `n` bytes of `to`. What is left of the last word is nobody's. */
  fill(to: Mem, n: number): void {
    for (let at = 0; at < n; at += 4) {
      const word = this.next()
      for (let k = 0; k < 4 && at + k < n; k++) to.u8[at + k] = word >>> (8 * k)
    }
  }
}

function rotl(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k))
}
