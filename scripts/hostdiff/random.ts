import { mulberry32 } from '../lib/random.ts'

/** Choices that a seed decides. */
export class Random {
  readonly #next: () => number

  constructor(seed: number) {
    this.#next = mulberry32(seed)
  }

  /** From 0 up to `n`, which is not reached. */
  below(n: number): number {
    return Math.floor(this.#next() * n)
  }

  /** True `n` times in a hundred. */
  percent(n: number): boolean {
    return this.below(100) < n
  }

  pick<T>(of: readonly T[]): T {
    return of[this.below(of.length)]
  }

  /** One of several values, each as often as its weight says. */
  weighted<T>(of: readonly (readonly [weight: number, value: T])[]): T {
    let at = this.below(of.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, value] of of) {
      at -= weight
      if (at < 0) return value
    }
    return of[0][1]
  }

  /** Some of `bits`, or'ed. */
  bits(of: readonly number[], percent: number): number {
    return of.reduce((all, bit) => (this.percent(percent) ? all | bit : all), 0)
  }
}
