import { describe, expect, it } from 'vitest'
import { EEXIST, ENAMETOOLONG, ENOENT, ERANGE } from '../../kernel/errno.ts'
import { O_CREAT, O_RDONLY, O_WRONLY } from '../../kernel/fs/file.ts'
import { LAST_DOT, LAST_DOTDOT, LAST_NORM, LAST_ROOT, name_cache } from '../../kernel/fs/names.ts'
import type { UserPtr } from '../../kernel/types.ts'
import { bytesOf } from '../../kernel/utf8.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { STAT_SIZE, readStat, readdir } from '../../userland/stat.ts'
import { endOfHeap, fails, inVm, is, ok, textAt, withVm } from '../support/vm.ts'

/** A path of these bytes in memory, a zero behind. */
function raw(sys: Libc, path: string): UserPtr {
  const at = sys.alloc(path.length + 1)
  sys.store(at, bytesOf(path))
  return at
}

function* exists(sys: Libc, path: string): Run<number> {
  return yield* sys.access(path, 0)
}

describe('names', () => {
  it('are any bytes but a slash and a zero, and stay what they are', () => {
    inVm(function* (sys) {
      const names = [
        '\xff\xfe\x80',
        '\xc3',
        '\xed\xa0\x80',
        ' ',
        '\n',
        '\x01\x7f',
        '-',
        '*',
        '\xe2\x82\xac',
        '...',
        '__proto__',
      ]
      for (const name of names) {
        ok(yield* sys.close(ok(yield* sys.open(raw(sys, `/tmp/${name}`), O_WRONLY | O_CREAT, 0o644))))
      }
      ok(yield* sys.symlink(raw(sys, '\xff\xfe\x80'), raw(sys, '/tmp/\xfe')))
      const fd = ok(yield* sys.open('/tmp', O_RDONLY))
      const entries = yield* readdir(sys, fd)
      if (typeof entries === 'number') return 1
      is(
        entries.map(({ name }) => name),
        ['.', '..', '\xfe', ...names.toReversed()],
      )
      const buf = sys.alloc(16)
      is(yield* sys.readlink(raw(sys, '/tmp/\xfe'), buf, 16), 3)
      is([...sys.load(buf, 3)], [0xff, 0xfe, 0x80])
      ok(yield* sys.open(raw(sys, '/tmp/\xfe'), O_RDONLY))
      // UTF-8 to who speaks it.
      is(yield* exists(sys, '/tmp/€'), 0)
      for (const name of names) ok(yield* sys.unlink(raw(sys, `/tmp/${name}`)))
      ok(yield* sys.mkdir(raw(sys, '/tmp/\x80'), 0o755))
      ok(yield* sys.chdir(raw(sys, '/tmp/\x80')))
      is(yield* sys.getcwd(buf, 16), 7)
      is([...sys.load(buf, 7)], [47, 116, 109, 112, 47, 0x80, 0])
      return 0
    })
  })

  it('strace shows what is no ASCII in octal', () => {
    withVm({}, (vm) => {
      const lines: string[] = []
      const stop = vm.strace(({ text }) => lines.push(text))
      vm.spawn(function* main(sys) {
        ok(yield* sys.mkdir(raw(sys, '/tmp/\xff\x801'), 0o755))
        return 0
      })
      vm.run()
      stop()
      expect(lines[0]).toBe('mkdirat(AT_FDCWD, "/tmp/\\377\\2001", 0755) = 0')
    })
  })

  it('have at most 255 bytes, in every call that takes one', () => {
    inVm(function* (sys) {
      const most = `/tmp/${'n'.repeat(255)}`
      const long = `/tmp/${'n'.repeat(256)}`
      ok(yield* sys.mkdir(most, 0o755))
      fails(yield* sys.mkdir(most, 0o755), EEXIST)
      ok(yield* sys.symlink('x'.repeat(256), '/tmp/l'))
      for (const ret of [
        yield* sys.open(long, O_RDONLY),
        yield* sys.open(long, O_CREAT, 0o644),
        yield* sys.mkdir(long, 0o755),
        yield* sys.mkfifo(long, 0o755),
        yield* sys.symlink('x', long),
        yield* sys.link('/tmp/l', long),
        yield* sys.rename('/tmp/l', long),
        yield* sys.rename(long, '/tmp/m'),
        yield* sys.unlink(long),
        yield* sys.rmdir(long),
        yield* exists(sys, long),
        yield* exists(sys, `${long}/x`),
        yield* exists(sys, '/tmp/l'),
        yield* sys.chdir(long),
        yield* sys.readlink(long, sys.alloc(4), 4),
      ]) {
        fails(ret, ENAMETOOLONG)
      }
      // It is the walk that finds out.
      fails(yield* exists(sys, `/no/${'n'.repeat(256)}`), ENOENT)
      ok(yield* sys.rename(most, '/tmp/short'))
      return 0
    })
  })

  it('make paths of up to 4,095 bytes', () => {
    inVm(function* (sys) {
      const path = (length: number) => `/tmp${'/.'.repeat((length - 6) / 2)}${length % 2 === 0 ? '/f' : '//f'}`
      is([path(4095).length, path(4096).length], [4095, 4096])
      ok(yield* sys.open(path(4095), O_CREAT, 0o644))
      is(yield* exists(sys, path(4095)), 0)
      fails(yield* exists(sys, path(4096)), ENAMETOOLONG)
      fails(yield* sys.open(path(4096), O_CREAT, 0o644), ENAMETOOLONG)
      // The last byte of memory may be the last that is looked at.
      const end = yield* endOfHeap(sys, 4096)
      sys.store(end, bytesOf(path(4096)))
      fails(yield* sys.access(end, 0), ENAMETOOLONG)
      const target = `${'/.'.repeat(2047)}/`
      is(target.length, 4095)
      ok(yield* sys.symlink(target, '/tmp/l'))
      fails(yield* sys.symlink(`${target}x`, '/tmp/m'), ENAMETOOLONG)
      const buf = sys.alloc(STAT_SIZE)
      ok(yield* sys.lstat('/tmp/l', buf))
      is(readStat(sys, buf).st_size, 4095)
      is(yield* sys.readlink('/tmp/l', sys.alloc(5000), 5000), 4095)
      is(yield* exists(sys, '/tmp/l'), 0)
      return 0
    })
  })

  it('lead deeper than a path can say, but not getcwd', () => {
    inVm(function* (sys) {
      const name = 'd'.repeat(255)
      for (let depth = 0; depth < 17; depth++) {
        if (depth === 15) {
          const buf = sys.alloc(4096)
          is(yield* sys.getcwd(buf, 4096), 15 * 256 + 1)
          fails(yield* sys.getcwd(buf, 15 * 256), ERANGE)
          is(textAt(sys, buf, 15 * 256), `/${name}`.repeat(15))
        }
        ok(yield* sys.mkdir(name, 0o755))
        ok(yield* sys.chdir(name))
      }
      fails(yield* sys.getcwd(sys.alloc(8192), 8192), ENAMETOOLONG)
      ok(yield* sys.open('f', O_CREAT, 0o644))
      ok(yield* sys.chdir('..'))
      fails(yield* sys.getcwd(sys.alloc(8192), 8192), ENAMETOOLONG)
      ok(yield* sys.chdir('..'))
      is(yield* sys.getcwd(sys.alloc(8192), 8192), 15 * 256 + 1)
      return 0
    })
  })
})

describe('a cache of names', () => {
  const parsed = (path: string) => {
    const { absolute, names, last, slashes } = new name_cache().parse(path)
    return [absolute ? '/' : '', names.map(({ name }) => name).join('|'), last.name, last.type, slashes]
  }

  it('cuts paths at their slashes', () => {
    expect(parsed('/')).toEqual(['/', '', '', LAST_ROOT, false])
    expect(parsed('///')).toEqual(['/', '', '', LAST_ROOT, false])
    expect(parsed('a')).toEqual(['', '', 'a', LAST_NORM, false])
    expect(parsed('//a//b/./../c//')).toEqual(['/', 'a|b|.|..', 'c', LAST_NORM, true])
    expect(parsed('a/..')).toEqual(['', 'a', '..', LAST_DOTDOT, false])
    expect(parsed('./')).toEqual(['', '', '.', LAST_DOT, true])
  })

  it('gives the bytes that are there, however many were seen before', () => {
    const cache = new name_cache()
    const seen = (text: string) => cache.string(bytesOf(`xx${text}yy`), 2, 2 + text.length)
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 5000; i++) expect(seen(`/tmp/n${i}\xff`)).toBe(`/tmp/n${i}\xff`)
      for (let i = 0; i < 3000; i++) expect(cache.parse(`/tmp/n${i}`).last.name).toBe(`n${i}`)
    }
    // The same sum of bytes, and the same length.
    for (const text of ['aC', 'bB', '', 'l'.repeat(300), 'aC']) expect(seen(text)).toBe(text)
  })
})
