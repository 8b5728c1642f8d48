import fc from 'fast-check'
import { expect, it } from 'vitest'
import { boot } from '../../index.ts'
import type { file } from '../../kernel/fs/file.ts'
import { alloc_fd, alloc_files, close_fd, fd_install, type files_struct } from '../../kernel/fs/fdtable.ts'
import { O_RDONLY, get_file } from '../../kernel/fs/file.ts'
import { path_lookup } from '../../kernel/fs/namei.ts'
import { dentry_open } from '../../kernel/fs/open.ts'
import { actingFor } from '../../kernel/sched/current.ts'

const FDS = 5

const operation = fc.record({
  op: fc.constantFrom('fork', 'exit', 'open', 'dup', 'close', 'cloexec'),
  who: fc.nat(),
  fd: fc.nat(FDS),
  on: fc.boolean(),
})

interface Model {
  readonly files: files_struct
  readonly fds: (file | null)[]
  readonly cloexec: Set<number>
}

it('tables of descriptors that were copied from each other keep files open, and never see each other’s changes', () => {
  const { kernel } = boot()
  actingFor(kernel.swapper, () => {
    const before = kernel.caches.filp.active_objs
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const all: Model[] = [{ files: alloc_files(kernel) as files_struct, fds: [], cloexec: new Set() }]
        const give = (one: Model, f: file, cloexec: boolean): void => {
          const fd = alloc_fd(one.files, 0, cloexec)
          const free = one.fds.indexOf(null)
          expect(fd).toBe(free < 0 ? one.fds.length : free)
          fd_install(one.files, fd, f)
          one.fds[fd] = f
          if (cloexec) one.cloexec.add(fd)
        }
        for (const { op, who, fd, on } of operations) {
          if (all.length === 0) break
          const one = all[who % all.length]
          const at = one.fds[fd] ?? null
          if (op === 'fork') {
            all.push({ files: one.files.copy(false) as files_struct, fds: [...one.fds], cloexec: new Set(one.cloexec) })
          } else if (op === 'exit') {
            one.files.put()
            all.splice(all.indexOf(one), 1)
          } else if (op === 'open') {
            give(one, dentry_open(path_lookup(kernel.root, '/tmp') as typeof kernel.root, O_RDONLY) as file, on)
          } else if (op === 'dup' && at !== null) give(one, get_file(at), on)
          else if (op === 'close') {
            expect(close_fd(one.files, fd)).toBe(at === null ? -9 : 0)
            if (at !== null) one.fds[fd] = null
            one.cloexec.delete(fd)
          } else if (op === 'cloexec' && at !== null) {
            one.files.set_close_on_exec(fd, on)
            if (on) one.cloexec.add(fd)
            else one.cloexec.delete(fd)
          }
          for (const { files, fds, cloexec } of all) {
            expect(files.fd).toEqual(fds)
            expect(files.close_on_exec).toEqual(cloexec)
          }
          const open = new Set(all.flatMap(({ fds }) => fds.filter((f) => f !== null)))
          expect(kernel.caches.filp.active_objs - before).toBe(open.size)
        }
        for (const { files } of all) files.put()
        expect(kernel.caches.filp.active_objs).toBe(before)
      }),
      { seed: 1, numRuns: 200 },
    )
  })
})
