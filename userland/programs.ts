import type { Program } from './program.ts'
import { cat } from './bin/cat.ts'
import { chmod } from './bin/chmod.ts'
import { cp } from './bin/cp.ts'
import { date } from './bin/date.ts'
import { echo } from './bin/echo.ts'
import { false_ } from './bin/false.ts'
import { grep } from './bin/grep.ts'
import { head } from './bin/head.ts'
import { hexdump } from './bin/hexdump.ts'
import { ln } from './bin/ln.ts'
import { ls } from './bin/ls.ts'
import { mkdir } from './bin/mkdir.ts'
import { mkfifo } from './bin/mkfifo.ts'
import { mv } from './bin/mv.ts'
import { printf } from './bin/printf.ts'
import { rm } from './bin/rm.ts'
import { rmdir } from './bin/rmdir.ts'
import { self_checkpoint } from './bin/self_checkpoint.ts'
import { self_restart } from './bin/self_restart.ts'
import { seq } from './bin/seq.ts'
import { sh } from './bin/sh.ts'
import { sleep } from './bin/sleep.ts'
import { sort } from './bin/sort.ts'
import { stat } from './bin/stat.ts'
import { tail } from './bin/tail.ts'
import { tee } from './bin/tee.ts'
import { test } from './bin/test.ts'
import { timeout } from './bin/timeout.ts'
import { touch } from './bin/touch.ts'
import { true_ } from './bin/true.ts'
import { wc } from './bin/wc.ts'
import { xargs } from './bin/xargs.ts'
import { yes } from './bin/yes.ts'
import { dmesg } from './bin/dmesg.ts'
import { env } from './bin/env.ts'
import { free } from './bin/free.ts'
import { hostname } from './bin/hostname.ts'
import { id } from './bin/id.ts'
import { kill } from './bin/kill.ts'
import { mount } from './bin/mount.ts'
import { pgrep } from './bin/pgrep.ts'
import { ps } from './bin/ps.ts'
import { umount } from './bin/umount.ts'
import { uname } from './bin/uname.ts'
import { checkpoint } from './bin/checkpoint.ts'
import { ckptinfo } from './bin/ckptinfo.ts'
import { clear } from './bin/clear.ts'
import { counter } from './bin/counter.ts'
import { readlink } from './bin/readlink.ts'
import { restart } from './bin/restart.ts'
import { strace } from './bin/strace.ts'
import { stty } from './bin/stty.ts'

/** The programs of /bin. */
export const programs: Readonly<Record<string, Program>> = {
  '[': test,
  cat,
  chmod,
  cp,
  date,
  echo,
  false: false_,
  grep,
  head,
  hexdump,
  ln,
  ls,
  mkdir,
  mkfifo,
  mv,
  printf,
  rm,
  rmdir,
  self_checkpoint,
  self_restart,
  seq,
  sh,
  sleep,
  sort,
  stat,
  tail,
  tee,
  test,
  timeout,
  touch,
  true: true_,
  wc,
  xargs,
  yes,
  dmesg,
  env,
  free,
  hostname,
  id,
  kill,
  mount,
  pgrep,
  ps,
  umount,
  uname,
  checkpoint,
  ckptinfo,
  clear,
  counter,
  readlink,
  restart,
  strace,
  stty,
}
