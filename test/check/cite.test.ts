import { describe, expect, it } from 'vitest'
import { checkCitations, type Seed } from '../../scripts/check/cite.ts'
import { formatFinding } from '../../scripts/check/finding.ts'

const seed: Seed = {
  'checkpoint/sys.c': { functions: ['ckpt_kwrite'], constants: ['ckpt_debug_level'] },
  'include/linux/checkpoint.h': { macros: ['_ckpt_debug', 'ckpt_debug'] },
  'include/linux/checkpoint_hdr.h': { structs: ['ckpt_hdr'] },
}

const PORT = `/** seed: checkpoint/sys.c:ckpt_kwrite() */
export function* ckpt_kwrite() {}
// seed: include/linux/checkpoint_hdr.h:ckpt_hdr
export const ckpt_hdr = struct('ckpt_hdr')
/**
 * Two macros in one, so one name is gone.
 * seed: include/linux/checkpoint.h:_ckpt_debug(), include/linux/checkpoint.h:ckpt_debug()
 */
export function ckpt_debug() {}
`

/** The findings, when `sources` stand beside a file that ports all of the patch. */
function check(sources: Record<string, string>): string[] {
  const files = new Map(Object.entries({ 'kernel/checkpoint/sys.ts': PORT, ...sources }))
  return checkCitations(files, seed).map(formatFinding)
}

describe('cite', () => {
  it('a patch that is ported and cited whole passes the check', () => {
    expect(check({})).toEqual([])
  })

  it('a citation that names nothing in the patch fails the check', () => {
    const source = `\n// seed: checkpoint/sys.c:ckpt_kwrit()\n/* x\n * seed: checkpoint/system.c:ckpt_kwrite() */`
    expect(check({ 'syscalls/checkpoint.ts': source })).toEqual([
      'syscalls/checkpoint.ts:2: seed: checkpoint/sys.c:ckpt_kwrit(): the patch has no such name [cite]',
      'syscalls/checkpoint.ts:4: seed: checkpoint/system.c:ckpt_kwrite(): the patch adds nothing to such a file [cite]',
    ])
  })

  it('a citation of the wrong file names the right one', () => {
    expect(check({ 'kernel/a.ts': '// seed: include/linux/checkpoint_hdr.h:ckpt_kwrite()' })).toEqual([
      'kernel/a.ts:1: seed: include/linux/checkpoint_hdr.h:ckpt_kwrite(): the patch has it in checkpoint/sys.c [cite]',
    ])
  })

  it('a function without its () and a struct with them fail the check', () => {
    const source = '// seed: checkpoint/sys.c:ckpt_kwrite\n// seed: include/linux/checkpoint_hdr.h:ckpt_hdr()'
    expect(check({ 'kernel/a.ts': source })).toHaveLength(2)
  })

  it('a function or struct of the patch that nobody ports fails the check', () => {
    expect(check({ 'kernel/checkpoint/sys.ts': '' })).toEqual([
      'kernel/checkpoint/:1: no port cites seed: checkpoint/sys.c:ckpt_kwrite() [cite]',
      'kernel/checkpoint/:1: no port cites seed: include/linux/checkpoint.h:_ckpt_debug() [cite]',
      'kernel/checkpoint/:1: no port cites seed: include/linux/checkpoint.h:ckpt_debug() [cite]',
      'kernel/checkpoint/:1: no port cites seed: include/linux/checkpoint_hdr.h:ckpt_hdr [cite]',
    ])
  })

  it('a citation outside kernel/checkpoint ports nothing', () => {
    expect(check({ 'kernel/checkpoint/sys.ts': '', 'kernel/fs/file.ts': PORT })).toHaveLength(4)
  })

  it('a citation with no code of that name beside it ports nothing', () => {
    const comments = PORT.replaceAll(/^export.*$/gm, '')
    expect(check({ 'kernel/checkpoint/sys.ts': comments })).toEqual([
      'kernel/checkpoint/sys.ts:1: seed: checkpoint/sys.c:ckpt_kwrite(): no code in this file has that name [cite]',
      expect.stringContaining('sys.ts:3: seed: include/linux/checkpoint_hdr.h:ckpt_hdr'),
      'kernel/checkpoint/:1: no port cites seed: checkpoint/sys.c:ckpt_kwrite() [cite]',
      'kernel/checkpoint/:1: no port cites seed: include/linux/checkpoint_hdr.h:ckpt_hdr [cite]',
    ])
  })

  it('a constant may be cited and need not be', () => {
    expect(check({ 'kernel/a.ts': '// seed: checkpoint/sys.c:ckpt_debug_level' })).toEqual([])
  })

  it('each of several citations behind one seed: is looked at', () => {
    const source = '/* seed: checkpoint/sys.c:ckpt_kwrite(),\n * checkpoint/sys.c:ckpt_kwrit(). */'
    expect(check({ 'kernel/a.ts': source })).toEqual([expect.stringContaining('ckpt_kwrit(): the patch has no such')])
  })

  it('a scheduler’s seed is no citation, nor is one in code', () => {
    const source = `// The choices come from the seed: a number.\nexport const boot = { seed: 1, s: 'seed: a/b.c:c()' }`
    expect(check({ 'kernel/a.ts': source })).toEqual([])
  })

  it('a marker that gives no reason fails the check', () => {
    const source = `/**
 * SEED:
 *
 * NON-SEED: */
// SEED:`
    expect(check({ 'kernel/a.ts': source })).toEqual([
      'kernel/a.ts:2: SEED says nothing: give the reason [cite]',
      'kernel/a.ts:4: NON-SEED says nothing: give the reason [cite]',
      'kernel/a.ts:5: SEED says nothing: give the reason [cite]',
    ])
  })

  it('a marker with its reason passes the check, on the same line or the next', () => {
    const source = `/** SEED: total grows even so. */\n/**\n * NON-SEED:\n * no preemption here.\n */`
    expect(check({ 'kernel/a.ts': source })).toEqual([])
  })

  it('a file that cannot be parsed fails the check instead of passing unread', () => {
    expect(check({ 'kernel/a.ts': 'const' })).toEqual(['kernel/a.ts:1: cannot be parsed [cite]'])
  })
})
