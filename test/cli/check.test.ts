import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boot } from '../../index.ts'
import { errnoName } from '../../kernel/errno.ts'
import { O_RDONLY } from '../../kernel/fs/file.ts'
import { checkImage } from '../../userland/check_image.ts'

const maker = boot({ cmdline: 'ckpt_debug=0' })
maker.spawn('/bin/self_checkpoint', ['/tmp/image', 'counter'])
maker.run()
const GOOD = maker.readFile('/tmp/image')

/** What restart(2) itself makes of `image`, and how many bytes of it it has read. */
function restarted(image: Uint8Array): { ret: number; read: number } {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  vm.writeFile('/tmp/image', image)
  const result = { ret: 0, read: 0 }
  vm.spawn(function* main(sys) {
    const fd = yield* sys.open('/tmp/image', O_RDONLY)
    result.ret = yield* sys.restart(0, fd, 0)
    result.read = yield* sys.lseek(fd, 0, 1)
    return 0
  })
  vm.run()
  return result
}

function agree(image: Uint8Array): void {
  const verdict = checkImage(image)
  const { ret, read } = restarted(image)
  if (verdict.refusal === null) expect({ ret, read }).toEqual({ ret: 0, read: verdict.end })
  else {
    expect(errnoName(-ret)).toBe(verdict.refusal.errno)
    // A byte that is refused has been read; an image that ends too soon has been read to its end.
    if (verdict.refusal.errno === 'EPIPE') expect(verdict.refusal.offset).toBe(image.length)
    else expect(verdict.refusal.offset).toBeLessThan(read)
  }
}

describe('inspect --check', () => {
  test('takes what a checkpoint has written', () => {
    expect(checkImage(GOOD)).toEqual({ refusal: null, end: 355 })
    agree(GOOD)
  })

  test('refuses what restart refuses, with its errno, whatever byte is changed', () => {
    fc.assert(
      fc.property(fc.nat(GOOD.length - 1), fc.integer({ min: 1, max: 255 }), (at, xor) => {
        const image = GOOD.slice()
        image[at] ^= xor
        agree(image)
      }),
      { seed: 11, numRuns: 250 },
    )
  })

  test('refuses an image that ends anywhere before its end', () => {
    for (let size = 0; size < GOOD.length; size += 3) agree(GOOD.slice(0, size))
  })

  test('refuses records that are missing, doubled or of another kind', () => {
    const cuts = [0, 56, 129, 202, 275, 315, 339, 355]
    const records = cuts.slice(1).map((end, i) => GOOD.slice(cuts[i], end))
    records.forEach((record, i) => {
      agree(Buffer.concat(records.filter((_, n) => n !== i)))
      agree(Buffer.concat(records.flatMap((r) => (r === record ? [r, r] : [r]))))
      agree(Buffer.concat(records.map((r, n) => (n === i ? records[(i + 1) % records.length] : r))))
    })
  })

  test('names the function, the offset and the reason', () => {
    const image = GOOD.slice()
    image[22] = 30
    expect(checkImage(image).refusal).toEqual({
      offset: 22,
      errno: 'EINVAL',
      where: 'restore_read_header',
      why: 'made by Linux 2.6.30, and this is 2.6.31',
    })
    expect(checkImage(image, [2, 6, 30]).refusal).toBeNull()
  })
})
