"""
A program on a pseudo-terminal of 24 by 80: argv is it. Orders come in, a line each: `w HEX` to type, `s ROWS COLS`
to resize, `m` to ask for the terminal's modes. What it prints goes out as `o HEX`, the modes as `m COOKED`, and its
end as `x STATUS COOKED`: 1 where lines are edited, echoed and interrupted.
"""
import fcntl, os, pty, select, struct, sys, termios

COOKED = termios.ICANON | termios.ECHO | termios.ISIG


def resize(fd, rows, cols):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


def cooked():
    return int(termios.tcgetattr(master)[3] & COOKED == COOKED)


def say(*words):
    print(*words, flush=True)


pid, master = pty.fork()
if pid == 0:
    resize(0, 24, 80)
    os.execvp(sys.argv[1], sys.argv[1:])
orders = b""
while True:
    readable, _, _ = select.select([master, 0], [], [])
    if master in readable:
        try:
            data = os.read(master, 65536)
        except OSError:
            data = b""
        if not data:
            break
        say("o", data.hex())
    if 0 in readable:
        data = os.read(0, 65536)
        if not data:
            os.close(master)
            sys.exit()
        orders += data
        *lines, orders = orders.split(b"\n")
        for line in lines:
            order, *args = line.decode().split(" ")
            if order == "w":
                os.write(master, bytes.fromhex(args[0]))
            elif order == "s":
                resize(master, int(args[0]), int(args[1]))
            else:
                say("m", cooked())
_, status = os.waitpid(pid, 0)
say("x", os.waitstatus_to_exitcode(status), cooked())
