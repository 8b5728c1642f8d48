import fc from 'fast-check'
import { expect, it } from 'vitest'
import { boot } from '../../index.ts'
import { actingFor } from '../../kernel/sched/current.ts'
import { PAGE_SIZE, copy_mm, mm_alloc, mmput, type mm_struct } from '../../kernel/mm/mm.ts'

const PAGES = 4

const operation = fc.oneof(
  fc.record({ op: fc.constant('fork'), who: fc.nat() }),
  fc.record({ op: fc.constant('exit'), who: fc.nat() }),
  fc.record({ op: fc.constant('write'), who: fc.nat(), page: fc.nat(PAGES), value: fc.nat(1000) }),
  fc.record({ op: fc.constant('unseen'), who: fc.nat(), page: fc.nat(PAGES), value: fc.nat(1000) }),
  fc.record({ op: fc.constant('read'), who: fc.nat(), page: fc.nat(PAGES) }),
  fc.record({ op: fc.constant('brk'), who: fc.nat(), pages: fc.nat(PAGES) }),
)

/** What each address space holds, page by page of its heap; null where nothing has been touched. */
interface Model {
  readonly mm: mm_struct
  brk: number
  readonly words: (number | null)[]
}

it('address spaces that were copied from each other share pages, and never what is in them', () => {
  const vm = boot()
  const { kernel } = vm
  actingFor(kernel.swapper, () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const at = (page: number): number => 0x10_0000 + page * PAGE_SIZE + 8
        const all: Model[] = [
          { mm: mm_alloc(kernel) as mm_struct, brk: 0, words: new Array<null>(PAGES + 1).fill(null) },
        ]
        for (const o of operations) {
          if (all.length === 0) break
          const one = all[o.who % all.length]
          if (o.op === 'fork') {
            all.push({ mm: copy_mm(one.mm, false) as mm_struct, brk: one.brk, words: [...one.words] })
          } else if (o.op === 'exit') {
            mmput(one.mm)
            all.splice(all.indexOf(one), 1)
          } else if (o.op === 'brk' && 'pages' in o) {
            expect(one.mm.brk(0x10_0000 + o.pages * PAGE_SIZE)).toBe(0x10_0000 + o.pages * PAGE_SIZE)
            one.brk = o.pages
            one.words.fill(null, o.pages)
          } else if ('page' in o) {
            const mapped = o.page < one.brk
            const value = 'value' in o ? o.value : 0
            if (o.op === 'unseen' && one.mm.storeUnseen(at(o.page), value)) one.words[o.page] = value
            else if (o.op === 'read') {
              expect(one.mm.page(at(o.page), false)?.dv.getInt32(8, true)).toBe(
                mapped ? (one.words[o.page] ?? 0) : undefined,
              )
              if (mapped) one.words[o.page] ??= 0
            } else {
              one.mm.page(at(o.page), true)?.dv.setInt32(8, value, true)
              if (mapped) one.words[o.page] = value
            }
          }
          for (const { mm, words } of all) expect(mm.rss).toBe(words.filter((word) => word !== null).length)
        }
        for (const { mm, words } of all) {
          words.forEach((word, page) => {
            if (word !== null) expect(mm.peek(at(page))?.dv.getInt32(8, true)).toBe(word)
          })
        }
        const distinct = new Set(all.flatMap(({ mm }) => [...mm.resident()]))
        expect(kernel.pages.used).toBe(distinct.size)
        for (const { mm } of all) mmput(mm)
        expect(kernel.pages.used).toBe(0)
      }),
      { seed: 1, numRuns: 500 },
    )
  })
})
