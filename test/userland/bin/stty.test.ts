import { expect, it } from 'vitest'
import { boot } from '../../../index.ts'

/** What a shell's command says on a terminal of 24 rows and 80 columns. What is expected, GNU's stty says on Linux. */
function sh(command: string): string {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  vm.terminal({ rows: 24, cols: 80 })
  vm.spawn('/bin/sh', ['-c', `stty -iutf8 -hupcl; ${command}`], { terminal: true })
  expect(vm.run({ budget: 1e6 })).toEqual({ kind: 'exited' })
  return vm.console.replaceAll('\r', '')
}

const HEAD = 'speed 38400 baud; line = 0;\n'

it('stty shows all modes, in rows as wide as the terminal', () => {
  expect(sh('stty -a')).toBe(`speed 38400 baud; rows 24; columns 80; line = 0;
intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;
eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;
werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;
-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff
-iuclc -ixany -imaxbel -iutf8
opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
isig icanon iexten echo echoe echok -echonl -noflsh -xcase -tostop -echoprt
echoctl echoke -flusho -extproc
`)
  expect(sh('stty raw; stty -a').split('\n').slice(5, 9).join('\n')).toBe(
    `-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr -icrnl -ixon -ixoff
-iuclc -ixany -imaxbel -iutf8
-opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
-isig -icanon iexten echo echoe echok -echonl -noflsh -xcase -tostop -echoprt`,
  )
  expect(sh('stty rows 5 cols 20; stty -a').split('\n').slice(0, 17)).toEqual([
    ...['speed 38400 baud;', 'rows 5; columns 20;', 'line = 0;', 'intr = ^C; quit = ^\\;', 'erase = ^?;'],
    ...['kill = ^U; eof = ^D;', 'eol = <undef>;', 'eol2 = <undef>;', 'swtch = <undef>;', 'start = ^Q;'],
    ...['stop = ^S; susp = ^Z;', 'rprnt = ^R;', 'werase = ^W;', 'lnext = ^V;', 'discard = ^O;', 'min = 1; time = 0;'],
    '-parenb -parodd',
  ])
})

it.each([
  ['stty', `${HEAD}-brkint -imaxbel\n`],
  ['stty sane; stty', HEAD],
  ['stty size; stty rows 3; stty size; stty columns 7; stty size; stty speed', '24 80\n3 80\n3 7\n38400\n'],
  ['stty raw; stty', `${HEAD}min = 1; time = 0;\n-brkint -icrnl -imaxbel\n-opost\n-isig -icanon\n`],
  ['stty cooked; stty', `${HEAD}-imaxbel\n`],
  ['stty -raw; stty', `${HEAD}-imaxbel\n`],
  ['stty cbreak min 5 time 3; stty; stty -cbreak', `${HEAD}min = 5; time = 3;\n-brkint -imaxbel\n-icanon\n`],
  ['stty nl; stty; stty -nl', `${HEAD}-brkint -icrnl -imaxbel\n-onlcr\n`],
  ['stty tab3; stty; stty sane; stty', `${HEAD}-brkint -imaxbel\ntab3\n${HEAD}`],
  [
    'stty tab1 nl1 cr3 bs1 vt1 ff1; stty; stty sane; stty; stty tab2 cr2; stty',
    `${HEAD}-brkint -imaxbel\nnl1 cr3 tab1 bs1 vt1 ff1\n${HEAD}${HEAD}cr2 tab2\n`,
  ],
  ['stty intr x susp undef; stty sane; stty', HEAD],
  ['stty inpck ignpar; stty sane; stty -a | grep -o "[^ ]*inpck"; stty -a | grep -o "[^ ]*ignpar"', 'inpck\nignpar\n'],
  [
    'stty intr 128 quit 160 erase 255 kill 127; stty',
    `${HEAD}intr = M-^@; quit = M- ; erase = M-^?; kill = ^?;\n-brkint -imaxbel\n`,
  ],
  ['stty intr " " quit ^c erase ^a; stty', `${HEAD}intr =  ; quit = ^C; erase = ^A;\n-brkint -imaxbel\n`],
  ['stty intr 256; echo $?', "stty: invalid integer argument: '256': Numerical result out of range\n1\n"],
  ['stty -tab3; echo $?', "stty: invalid argument '-tab3'\nTry 'stty --help' for more information.\n1\n"],
  ['stty tab3 cr1; stty tab1; stty cr2; stty cs5; stty -a | grep -o "cs[0-9]"', 'cs5\n'],
  ['stty -echo intr x eol ^- susp undef; stty', `${HEAD}intr = x; susp = <undef>;\n-brkint -imaxbel\n-echo\n`],
  ['stty -g', '500:5:bf:8a3b:3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0\n'],
  ['a=$(stty -g); stty raw -echo quit x; stty $a; stty', `${HEAD}-brkint -imaxbel\n`],
  ['stty -F /dev/tty size', '24 80\n'],
  ['stty -a </dev/null; echo $?', "stty: 'standard input': Inappropriate ioctl for device\n1\n"],
  ['stty foo </dev/null; echo $?', "stty: invalid argument 'foo'\nTry 'stty --help' for more information.\n1\n"],
  ['stty intr; echo $?', "stty: missing argument to 'intr'\nTry 'stty --help' for more information.\n1\n"],
  ['stty rows x; echo $?', "stty: invalid integer argument: 'x'\n1\n"],
  ['mkdir /d; cd /d; >a; >bb; ls; ls -1; ls | cat; stty cols 4; ls', 'a  bb\na\nbb\na\nbb\na\nbb\n'],
  ['clear; clear -x', '\x1b[H\x1b[2J\x1b[3J\x1b[H\x1b[2J'],
])('%s', (command, said) => {
  expect(sh(command)).toBe(said)
})
